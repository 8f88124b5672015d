"""The queue of work: rows that are asked for, taken, done or tried again.

``enqueue`` belongs to the transaction of whoever asks: what is rolled back asks for
nothing.  The other functions are the worker's (``endi_like.jobs.worker``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from endi_like.models.jobs import Job

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_ERROR = 4000
WORKER_DIED = "its worker ended, or took longer than its lease, each time it was tried"

INSERTS: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


class LostLease(Exception):
    """The work took longer than its lease and belongs to another worker now."""


@dataclass(frozen=True)
class Claim:
    """A job a worker has taken: what to do, and which attempt at it this is."""

    id: int
    name: str
    payload: dict[str, Any]
    attempt: int


def enqueue(
    db: Session, name: str, payload: Mapping[str, Any], *, dedupe_key: str, at: datetime
) -> None:
    """Ask for a job to be run from ``at`` on, unless this was asked for before."""
    insert = INSERTS[db.get_bind().dialect.name](Job)
    db.connection().execute(
        insert.values(
            name=name,
            payload=json.dumps(payload, sort_keys=True),
            dedupe_key=dedupe_key,
            state="waiting",
            attempts=0,
            run_after=at,
            error="",
            created_at=at,
        ).on_conflict_do_nothing(index_elements=[Job.dedupe_key])
    )


def is_due(now: datetime) -> Any:
    """Return the condition that a job may be taken: it waits, or its worker died."""
    waits = and_(Job.state == "waiting", Job.run_after <= now)
    died = and_(Job.state == "running", Job.leased_until <= now)
    return or_(waits, died)


def anything_due(db: Session, now: datetime) -> bool:
    """Tell whether there is work; asking locks nothing."""
    return db.scalar(select(Job.id).where(is_due(now)).limit(1)) is not None


def claim(db: Session, now: datetime) -> Claim | None:
    """Take the job that has waited longest; nobody else can take it meanwhile.

    Commit at once: from then on the lease protects it.  SQLite has no row locks to
    skip; there the transaction holds the only write lock.
    """
    give_up_deadly(db, now)
    job = db.scalars(
        select(Job)
        .where(is_due(now))
        .order_by(Job.run_after, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if job is None:
        return None
    job.state = "running"
    job.attempts += 1
    job.leased_until = now + LEASE
    db.flush()
    return Claim(job.id, job.name, json.loads(job.payload), job.attempts)


def give_up_deadly(db: Session, now: datetime) -> None:
    """Mark as failed what has killed its worker as often as a job may be tried."""
    deadly = (
        Job.state == "running",
        Job.leased_until <= now,
        Job.attempts >= MOST_ATTEMPTS,
    )
    failed = {"state": "failed", "leased_until": None, "error": WORKER_DIED}
    db.execute(update(Job).where(*deadly).values(**failed))


def finish(db: Session, taken: Claim) -> None:
    """Mark the job done, in the transaction of what it did.

    Raises ``LostLease`` when another worker has taken it over: then what was done
    here must be rolled back.
    """
    _end(db, taken, state="done", error="", leased_until=None)


def fail(db: Session, taken: Claim, error: str, now: datetime) -> None:
    """Have the job tried again later, each time twice as late; at last give up."""
    state = "failed" if taken.attempt >= MOST_ATTEMPTS else "waiting"
    pause = FIRST_PAUSE * 2 ** (taken.attempt - 1)
    _end(
        db,
        taken,
        state=state,
        error=error[:LONGEST_ERROR],
        leased_until=None,
        run_after=now + pause,
    )


def _end(db: Session, taken: Claim, **columns: Any) -> None:
    mine = (
        Job.id == taken.id,
        Job.state == "running",
        Job.attempts == taken.attempt,
    )
    ended = update(Job).where(*mine).values(**columns).returning(Job.id)
    if db.execute(ended).first() is None:
        raise LostLease(f"job {taken.id}, attempt {taken.attempt}")
