"""Whether the installation can do its work, as is asked every few seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import and_, func, literal, or_, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from endi_like import migrations
from endi_like.models.jobs import Job, WorkerPulse
from endi_like.services.pulses import SILENT

PATIENCE = text("SET LOCAL statement_timeout = '2s'")
VERSION = text("SELECT version_num FROM alembic_version")

NO_TABLE = "42P01"
"""What PostgreSQL calls a table that is not there."""

OK, OUTDATED, UNREACHABLE = "ok", "outdated", "unreachable"
UNKNOWN, MISSING, NOT_NEEDED = "unknown", "missing", "not needed"
READY, DEGRADED, UNAVAILABLE = "ready", "degraded", "unavailable"

NOT_TAKEN = timedelta(minutes=2)
"""So long after it was due, a job that nobody takes shows that nobody works."""


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
        return DEGRADED if self.worker == MISSING else READY


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
    """Tell whether there is a worker, or nothing is left lying for want of one."""
    there = WorkerPulse.seen_at >= now - SILENT
    before = now - NOT_TAKEN
    left = or_(
        and_(Job.state == "waiting", Job.run_after < before),
        and_(Job.state == "running", Job.leased_until < before),
    )
    answers = db.execute(
        select(
            select(func.max(literal(1))).where(there).scalar_subquery(),
            select(literal(1)).where(left).limit(1).scalar_subquery(),
        )
    )
    alive, lying = answers.one()
    if alive:
        return OK
    return MISSING if lying else NOT_NEEDED
