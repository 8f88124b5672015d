"""``endi-like backup``: everything in one file, as it is at one moment."""

from __future__ import annotations

import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import make_url

from endi_like.clock import utcnow
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation
from endi_like.services.backups import BadBackup, Belongings, make_backup
from endi_like.services.files import StorageFault

USE_PG_DUMP = (
    "this is for SQLite; of PostgreSQL, pg_dump makes backups: see docs/operations.md"
)


def run(arguments: Namespace) -> int:
    """Write the backup; status 1 if there are files that could not be taken along."""
    installation = Installation.read(arguments.ini)
    what, target = belongings(installation), Path(arguments.file)
    if not what.database.is_file():
        raise Unusable(f"there is no database {what.database}")
    if not target.parent.is_dir():
        raise Unusable(f"there is no folder {target.parent}")
    numbered = version("endi_like")
    try:
        with interruptible():
            made = make_backup(what, target, version=numbered, now=utcnow(), say=say)
    except (BadBackup, StorageFault, OSError) as error:
        raise Unusable(f"no backup was made: {reason(error)}") from error
    say(f"{target}: {target.stat().st_size} bytes")
    if made.missing:
        say(f"{len(made.missing)} files are gone or damaged: run endi-like verify")
    return 1 if made.missing else 0


def belongings(installation: Installation) -> Belongings:
    """Return what the installation consists of, if its database is a file."""
    if not installation.embedded:
        raise Unusable(USE_PG_DUMP)
    place = make_url(installation.settings.database_url).database
    if not place or place.startswith((":", "file:")):
        raise Unusable("the database is not a plain file")
    folder = installation.settings.data_folder
    return Belongings(Path(place), folder, installation.vault)


@contextmanager
def interruptible() -> Iterator[None]:
    """Have SIGTERM do meanwhile what Ctrl-C does: what was begun is cleared away."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def reason(error: Exception) -> str:
    """Return what stood in the way, as a sentence of one line."""
    told = error.strerror if isinstance(error, OSError) else None
    return " ".join((told or str(error)).split())


def say(what: str) -> None:
    """Say how far it is, to whoever waits for it."""
    print(what, file=sys.stderr, flush=True)
