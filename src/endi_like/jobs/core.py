"""Jobs: a name, a function, and for daily ones the hour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.services.files import Vault
from endi_like.settings import Settings


@dataclass(frozen=True)
class Work:
    """What a job works with; its transaction commits when the job returns.

    ``db`` begins to write, and keeps others who write waiting, with its first
    statement; ``look()`` gives a session for what takes long and only reads.
    """

    db: Session
    look: Callable[[], Session]
    settings: Settings
    clock: Clock
    afterwards: list[Callable[[Session], None]] = field(default_factory=list)

    def after_commit(self, what: Callable[[Session], None]) -> None:
        """Have something done, with a session of its own, once the job is committed."""
        self.afterwards.append(what)

    @property
    def vault(self) -> Vault:
        """Return the files of the installation."""
        return Vault(self.settings.data_folder / "files")


Function: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Registered:
    """A job as it is known; ``hour`` (UTC) is that of a daily one."""

    name: str
    run: Function
    hour: int | None = None

    def due_key(self, now: datetime) -> str | None:
        """Return the name of today's run, once its hour has come."""
        if self.hour is None or now.hour < self.hour:
            return None
        return f"{self.name}:{now.date().isoformat()}"


JOBS: dict[str, Registered] = {}


def job(name: str, *, hour: int | None = None) -> Callable[[Function], Function]:
    """Register a function ``(work, **payload)`` under the name jobs are asked for by.

    It may be run again after it was interrupted: what it does outside the database
    must bear that.  With ``hour`` it is asked for each day, once.
    """

    def register(run: Function) -> Function:
        JOBS[name] = Registered(name, run, hour)
        return run

    return register
