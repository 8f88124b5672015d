"""What an ini file says: where the database is, how to serve, what to log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from configparser import Error as IniError
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import plaster
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.db import make_engine, reading, take_time
from endi_like.faults import trouble
from endi_like.logs import written_as
from endi_like.scripts.errors import Unusable
from endi_like.services.files import Vault, open_vault
from endi_like.services.journal import sign
from endi_like.settings import BadSettings, Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Installation:
    """One installation: its settings, as read from the ini file."""

    ini: str
    raw: dict[str, Any]
    server: dict[str, Any]
    settings: Settings

    @classmethod
    def read(cls, ini: str) -> Installation:
        """Read an ini file and begin to log as it says, or raise ``Unusable``."""
        if not Path(ini).is_file():
            raise Unusable(f"there is no file {ini}")
        try:
            loader = plaster.get_loader(ini, protocols=["wsgi"])
            raw = dict(loader.get_wsgi_app_settings())
            server = dict(loader.get_settings("server:main"))
            with written_as(raw.get("endi.log_format")):
                loader.setup_logging()
            settings = Settings.from_ini(raw)
            make_url(settings.database_url)
        except BadSettings as error:
            raise Unusable(f"{ini}: {error}") from error
        except ArgumentError as error:
            raise Unusable(f"{ini}: endi.database_url is no address") from error
        except (IniError, ImportError, LookupError, ValueError) as error:
            first = str(error).splitlines()[0]
            raise Unusable(f"{ini} cannot be read: {first}") from error
        return cls(ini, raw, server, settings)

    def tell(self, *lines: str) -> None:
        """Say something to whoever has started the command, or in the log."""
        if self.settings.log_format == "text":
            print("\n".join(lines), flush=True)
            return
        for line in lines:
            log.info(line)

    @property
    def embedded(self) -> bool:
        """Tell whether the database is a file beside the application."""
        return self.settings.database_url.startswith("sqlite")

    @property
    def vault(self) -> Vault:
        """Return the stored files."""
        return open_vault(self.settings)

    @cached_property
    def engine(self) -> Engine:
        """Return what connects to the database; the folder of a file is made."""
        url = make_url(self.settings.database_url)
        if self.embedded and url.database:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        return make_engine(
            self.settings.database_url, pool_size=self.settings.pool_size
        )

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session that commits at the end, signed by the system itself."""
        with Session(self.engine) as session, session.begin():
            sign(session, author=lambda: None, clock=utcnow)
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Give a session that sees the data of one moment and keeps nobody waiting."""
        with Session(reading(self.engine)) as session:
            take_time(session.connection())
            yield session


@contextmanager
def answering(installation: Installation) -> Iterator[None]:
    """Turn a database that does not answer into one clear line."""
    try:
        yield
    except DBAPIError as error:
        first = str(error.orig).splitlines()[0]
        raise Unusable(f"{trouble(error)}: {first}") from error
    except SQLAlchemyError as error:
        raise Unusable(f"the database cannot be used: {error}") from error
    finally:
        installation.engine.dispose()
