"""Jobs: a name, a function, and for scheduled ones when, how and with what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.services.files import Vault, open_vault
from endi_like.services.mail.smtp import Mailer
from endi_like.services.schedules import PLANS, Plan, Report
from endi_like.settings import Settings

TRANSIENT = timedelta(minutes=1)


class Postpone(Exception):
    """The job cannot be done now and shall run again later: this is no failure."""

    def __init__(self, why: str, pause: timedelta = TRANSIENT) -> None:
        super().__init__(why)
        self.pause = pause


@dataclass(frozen=True)
class Work:
    """What a job works with; its transaction commits when the job returns.

    ``db`` begins to write, and keeps others who write waiting, with its first
    statement; ``look()`` gives a session for what takes long and only reads.  What a
    scheduled job has done it says to ``report``.  When it only pretends
    (``dry_run``), all it wrote is rolled back: only what it would do outside the
    database has to be left out.
    """

    db: Session
    look: Callable[[], Session]
    settings: Settings
    clock: Clock
    mailer: Mailer
    report: Report = field(default_factory=Report)
    dry_run: bool = False
    afterwards: list[Callable[[Session], None]] = field(default_factory=list)

    def after_commit(self, what: Callable[[Session], None]) -> None:
        """Have something done, with a session of its own, once the job is committed.

        A job that only pretends has nothing done.
        """
        self.afterwards.append(what)

    @property
    def vault(self) -> Vault:
        """Return the files of the installation."""
        return open_vault(self.settings)


Function: TypeAlias = Callable[..., Any]


@dataclass(frozen=True)
class Registered:
    """A job as it is known."""

    name: str
    run: Function
    plan: Plan | None = None


JOBS: dict[str, Registered] = {}


def job(name: str) -> Callable[[Function], Function]:
    """Register a function ``(work, **payload)`` under the name jobs are asked for by.

    It may be run again after it was interrupted: what it does outside the database
    must bear that.
    """

    def register(run: Function) -> Function:
        JOBS[name] = Registered(name, run)
        return run

    return register


def scheduled(
    name: str, cron: str, *, label: str, help: str, parameters: Any = None
) -> Callable[[Function], Function]:
    """Register a function ``(work, **parameters)`` that is run at its times.

    For each time it runs once; what was missed is caught up once.  It never runs twice
    at the same time, and says to ``work.report`` what it has done.
    """

    def register(run: Function) -> Function:
        PLANS[name] = Plan(cron, label, help, parameters)
        JOBS[name] = Registered(name, run, PLANS[name])
        return run

    return register
