"""The queue of work: rows that are asked for, taken, done or tried again.

``enqueue`` belongs to the transaction of whoever asks: what is rolled back asks for
nothing.  The other functions are the worker's (``endi_like.jobs``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from endi_like.models.jobs import Job

LEASE = timedelta(minutes=5)
MOST_FAILURES = 8
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


def insert(db: Session, model: Any) -> Any:
    """Return an INSERT that can be told what to do about a row that is there."""
    return INSERTS[db.get_bind().dialect.name](model)


def enqueue(
    db: Session,
    name: str,
    payload: Mapping[str, Any],
    *,
    dedupe_key: str,
    at: datetime,
    alone: str | None = None,
) -> int | None:
    """Ask for a job to be run from ``at`` on, unless this was asked for before.

    Returns the id of the new job; nothing if there was one with this key.
    """
    asked = insert(db, Job).values(
        name=name,
        payload=json.dumps(payload, sort_keys=True),
        dedupe_key=dedupe_key,
        alone=alone,
        state="waiting",
        attempts=0,
        failures=0,
        run_after=at,
        error="",
        created_at=at,
    )
    once = asked.on_conflict_do_nothing(index_elements=[Job.dedupe_key])
    found: int | None = db.connection().scalar(once.returning(Job.id))
    return found


def is_due(now: datetime) -> Any:
    """Return the condition that a job may be taken: it waits, or its worker died."""
    waits = and_(Job.state == "waiting", Job.run_after <= now)
    died = and_(Job.state == "running", Job.leased_until <= now)
    return and_(or_(waits, died), or_(Job.alone.is_(None), ~others_run()))


def others_run() -> Any:
    """Return the condition that a job has to wait for another one to end."""
    other = aliased(Job)
    same = other.alone == Job.alone, other.state == "running", other.id != Job.id
    return exists().where(*same)


def anything_due(db: Session, now: datetime) -> bool:
    """Tell whether there is work; asking locks nothing."""
    return db.scalar(select(Job.id).where(is_due(now)).limit(1)) is not None


def claim(db: Session, now: datetime) -> Claim | None:
    """Take the job that has waited longest; nobody else can take it meanwhile.

    Commit at once: from then on the lease protects it.  SQLite has no row locks to
    skip; there the transaction holds the only write lock.  Raises ``IntegrityError``
    when another worker has in this very moment begun what must run alone.
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
    job.failures += job.state == "running"
    job.state = "running"
    job.attempts += 1
    job.leased_until = now + LEASE
    db.flush()
    return Claim(job.id, job.name, json.loads(job.payload), job.attempts)


def give_up_deadly(db: Session, now: datetime) -> None:
    """Mark as failed what has killed its worker as often as a job may fail."""
    deadly = (
        Job.state == "running",
        Job.leased_until <= now,
        Job.failures >= MOST_FAILURES - 1,
    )
    failed = {
        "state": "failed",
        "leased_until": None,
        "error": WORKER_DIED,
        "ended_at": now,
    }
    db.execute(update(Job).where(*deadly).values(**failed))


def keep_lease(db: Session, taken: Claim, now: datetime) -> None:
    """Extend the lease of a job that is being done: nobody else shall take it."""
    db.execute(update(Job).where(*mine(taken)).values(leased_until=now + LEASE))


def finish(db: Session, taken: Claim, now: datetime) -> None:
    """Mark the job done, in the transaction of what it did.

    Raises ``LostLease`` when another worker has taken it over: then what was done
    here must be rolled back.
    """
    _end(db, taken, state="done", error="", ended_at=now)


def fail(db: Session, taken: Claim, error: str, now: datetime) -> bool:
    """Have the job tried again later, each time twice as late; at last give up.

    Returns whether it was given up.
    """
    failures = 1 + (db.scalar(select(Job.failures).where(Job.id == taken.id)) or 0)
    pause = FIRST_PAUSE * 2 ** (failures - 1)
    given_up = failures >= MOST_FAILURES
    _end(
        db,
        taken,
        state="failed" if given_up else "waiting",
        failures=failures,
        error=error[:LONGEST_ERROR],
        ended_at=now if given_up else None,
        run_after=now + pause,
    )
    return given_up


def postpone(db: Session, taken: Claim, until: datetime, why: str) -> None:
    """Have the job run again later; that it could not be done now is no failure."""
    _end(db, taken, state="waiting", error=why[:LONGEST_ERROR], run_after=until)


def try_again(db: Session, job: Job, now: datetime) -> None:
    """Have a job that was given up begin anew."""
    job.state, job.failures, job.run_after, job.ended_at = "waiting", 0, now, None


def forget_done(db: Session, *, before: datetime) -> int:
    """Delete the jobs that were done before a moment; return how many."""
    old = delete(Job).where(Job.state == "done", Job.ended_at < before)
    return len(db.execute(old.returning(Job.id)).all())


def mine(taken: Claim) -> tuple[Any, ...]:
    """Return the condition that a job is still that of whoever took it."""
    return Job.id == taken.id, Job.state == "running", Job.attempts == taken.attempt


def _end(db: Session, taken: Claim, **columns: Any) -> None:
    ended = update(Job).where(*mine(taken)).values(leased_until=None, **columns)
    if db.execute(ended.returning(Job.id)).first() is None:
        raise LostLease(f"job {taken.id}, attempt {taken.attempt}")
