"""Which workers are there: each says so every few seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from endi_like.models.jobs import WorkerPulse
from endi_like.services.jobs import insert

SILENT = timedelta(minutes=2)
FORGOTTEN = timedelta(days=1)


def beat(db: Session, name: str, now: datetime) -> None:
    """Say that a worker is there; forget those that have long said nothing."""
    row = insert(db, WorkerPulse).values(name=name, started_at=now, seen_at=now)
    once_more = row.on_conflict_do_update(
        index_elements=[WorkerPulse.name], set_={"seen_at": now}
    )
    db.execute(once_more)
    db.execute(delete(WorkerPulse).where(WorkerPulse.seen_at < now - FORGOTTEN))


def end(db: Session, name: str) -> None:
    """Say that a worker has ended as it should."""
    db.execute(delete(WorkerPulse).where(WorkerPulse.name == name))


def recent(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a worker is there: it has just said so.

    What was said by a clock that was ahead says nothing of now.
    """
    return WorkerPulse.seen_at.between(now - SILENT, now + SILENT)


def alive(db: Session, now: datetime) -> int:
    """Return how many workers are there."""
    there = select(func.count()).select_from(WorkerPulse).where(recent(now))
    found = db.scalar(there)
    return found or 0
