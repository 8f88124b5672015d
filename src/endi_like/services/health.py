"""Whether the installation can do its work, as is asked every few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import ScalarSelect, and_, func, literal, or_, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from endi_like import migrations
from endi_like.models.jobs import Job
from endi_like.services.pulses import recent

PATIENCE = text("SET LOCAL statement_timeout = '2s'")
VERSION = text("SELECT version_num FROM alembic_version")

NO_TABLE = "42P01"
"""What PostgreSQL calls a table that is not there."""

OK, OUTDATED, UNREACHABLE = "ok", "outdated", "unreachable"
UNKNOWN, MISSING, LATE, NOT_NEEDED = "unknown", "missing", "late", "not needed"
READY, DEGRADED, UNAVAILABLE = "ready", "degraded", "unavailable"

NOT_TAKEN = timedelta(minutes=2)
"""So long after it was due, a job that nobody takes shows that nobody works."""

TOO_LATE = timedelta(minutes=15)
"""So long after it was due, a job that waits is late, whoever says to be there."""


@dataclass(frozen=True)
class Health:
    """What was found out; what was not looked at is not known."""

    database: str = OK
    schema: str = UNKNOWN
    worker: str = UNKNOWN

    @property
    def status(self) -> str:
        """Return how it is altogether: without a worker, pages go on."""
        if self.database != OK or self.schema != OK:
            return UNAVAILABLE
        return DEGRADED if self.worker in (MISSING, LATE) else READY


AWAY = Health(database=UNREACHABLE)
current = cache(migrations.head)
"""Return the version of the tables that this version of the programs needs."""


def health(db: Session, now: datetime) -> Health:
    """Find out how it is, by two statements and without waiting long for an answer."""
    try:
        be_quick(db)
        if list(db.scalars(VERSION)) != [current()]:
            return Health(schema=OUTDATED)
        return Health(schema=OK, worker=worker(db, now))
    except SQLAlchemyError as error:
        return Health(schema=OUTDATED) if lacks_table(error) else AWAY


def be_quick(db: Session) -> None:
    """Have the database give up, rather than have whoever asks wait."""
    if db.get_bind().dialect.name == "postgresql":
        db.execute(PATIENCE)


def lacks_table(error: SQLAlchemyError) -> bool:
    """Tell a database that has no tables of ours from one that is away."""
    said = getattr(error, "orig", None)
    return getattr(said, "sqlstate", "") == NO_TABLE or "no such table" in str(said)


def worker(db: Session, now: datetime) -> str:
    """Tell whether there is a worker that gets on, or nothing is left for want of one.

    One that is there and does nothing, or too little, shows in what waits too long.
    """
    answers = db.execute(
        select(
            select(func.max(literal(1))).where(recent(now)).scalar_subquery(),
            left_since(now - NOT_TAKEN),
            left_since(now - TOO_LATE),
        )
    )
    alive, lying, late = answers.one()
    if alive:
        return LATE if late else OK
    return MISSING if lying else NOT_NEEDED


def left_since(before: datetime) -> ScalarSelect[int]:
    """Return the question whether a job is left lying that was due before a moment."""
    left = or_(
        and_(Job.state == "waiting", Job.run_after < before),
        and_(Job.state == "running", Job.leased_until < before),
    )
    return select(literal(1)).where(left).limit(1).scalar_subquery()
