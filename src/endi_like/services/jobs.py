"""The queue of work: rows that are asked for, taken, done or tried again.

``enqueue`` belongs to the transaction of whoever asks: what is rolled back asks for
nothing.  The other functions are the worker's (``endi_like.jobs``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import takewhile
from typing import Any, TypedDict, Unpack

from sqlalchemy import (
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from endi_like.models.jobs import Job
from endi_like.models.types import Instant

LEASE = timedelta(minutes=5)
MOST_FAILURES = 8
FIRST_PAUSE = timedelta(seconds=10)
LONGEST_ERROR = 4000

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


class More(TypedDict, total=False):
    """What not every job has: what it must not run beside, and when it was asked for.

    A job that is due at once was asked for then.
    """

    alone: str | None
    now: datetime


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
    **more: Unpack[More],
) -> int | None:
    """Ask for a job to be run from ``at`` on, unless this was asked for before.

    Returns the id of the new job; nothing if there was one with this key.
    """
    values = {
        "name": name,
        "payload": json.dumps(payload, sort_keys=True),
        "dedupe_key": dedupe_key,
        "alone": more.get("alone"),
        "state": "waiting",
        "attempts": 0,
        "failures": 0,
        "run_after": at,
        "error": "",
        "created_at": more.get("now", at),
    }
    asked = asking(db.get_bind().dialect.name)
    found: int | None = db.connection().scalar(asked, values)
    return found


@cache
def asking(dialect: str) -> Any:
    """Return the statement that asks for a job once; made once."""
    asked = INSERTS[dialect](Job.__table__)
    once = asked.on_conflict_do_nothing(index_elements=[Job.dedupe_key])
    return once.returning(Job.id)


# Made once: to build them takes longer than to run them.
JOB: Any = Job.__table__
NOW = bindparam("now", type_=Instant)


def next_due(state: str, *conditions: Any) -> Any:
    """Return the query for the jobs of a state that are next, except if alike run.

    A state that is written out finds its indexes on both databases.
    """
    other = JOB.alias()
    running: Any = literal_column("'running'")
    like_it = other.c.alone == JOB.c.alone, other.c.state == running
    others_run = exists().where(*like_it, other.c.id != JOB.c.id)
    return (
        select(JOB.c.id, JOB.c.attempts, JOB.c.alone)
        .where(JOB.c.state == literal_column(f"'{state}'"), *conditions)
        .where(or_(JOB.c.alone.is_(None), ~others_run))
        .order_by(JOB.c.run_after, JOB.c.id)
        .limit(bindparam("most"))
    )


# Two statements: of what waits, however much that is, an index then gives the first.
DEADLY = and_(JOB.c.begun_at.is_not(None), JOB.c.failures >= MOST_FAILURES - 1)
"""As often as it may fail, its workers have died of it, the last one included."""
DIED = next_due("running", JOB.c.leased_until <= NOW, ~DEADLY)
WAITS = next_due("waiting", JOB.c.run_after <= NOW)
TAKEABLE = [one.with_for_update(skip_locked=True) for one in (DIED, WAITS)]
TAKE = (
    update(JOB)
    .where(JOB.c.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="running",
        failures=case(
            (JOB.c.begun_at.is_(None), JOB.c.failures), else_=JOB.c.failures + 1
        ),
        attempts=JOB.c.attempts + 1,
        begun_at=bindparam("begun", type_=Instant),
        leased_until=bindparam("until", type_=Instant),
    )
    .returning(JOB.c.id, JOB.c.name, JOB.c.payload, JOB.c.attempts)
)
MINE = update(JOB).where(
    JOB.c.id == bindparam("mine"),
    JOB.c.state == "running",
    JOB.c.attempts == bindparam("attempt"),
)
FINISH = MINE.values(
    state="done", error="", leased_until=None, begun_at=None, ended_at=NOW
).returning(JOB.c.id)


def anything_due(db: Session, now: datetime) -> bool:
    """Tell whether there is work; asking locks nothing."""
    return any(first(db, query, now, 1) for query in (WAITS, DIED))


def claim(
    db: Session, now: datetime, lease: timedelta = LEASE, most: int = 1
) -> list[Claim]:
    """Take the jobs that have waited longest, nobody else can take them meanwhile.

    What another worker has left comes first: it is little, and late.
    Commit at once: from then on the leases protect them.  What was begun before, or
    must run alone, is taken by itself, and begins with this; of others up to ``most``
    are taken together: what kills its worker is found out the next time, and those
    taken along with it are not blamed.  SQLite has no row locks to skip; there the
    transaction holds the only write lock.  Raises ``IntegrityError`` when another
    worker has in this very moment begun what must run alone.
    """
    found = (first(db, query, now, most) for query in TAKEABLE)
    rows = next(filter(None, found), ())
    if not rows:
        return []
    by_itself = most == 1 or is_single(rows[0])
    taken = rows[:1] if by_itself else list(takewhile(lambda r: not is_single(r), rows))
    wanted = {
        "ids": [row.id for row in taken],
        "begun": now if by_itself else None,
        "until": now + lease,
    }
    changed = db.connection().execute(TAKE, wanted).all()
    order = {row.id: at for at, row in enumerate(taken)}
    return [
        Claim(row.id, row.name, json.loads(row.payload), row.attempts)
        for row in sorted(changed, key=lambda row: order[row.id])
    ]


def first(db: Session, query: Any, now: datetime, most: int) -> Sequence[Any]:
    """Return the first rows of a query of ours."""
    return db.connection().execute(query, {"now": now, "most": most}).all()


def is_single(row: Any) -> bool:
    """Tell whether a job is to be taken by itself."""
    return bool(row.attempts) or row.alone is not None


def hold(db: Session, taken: Claim, now: datetime, lease: timedelta = LEASE) -> Claim:
    """Take over and begin what somebody else has taken; return it as it is held now.

    It is an attempt of its own: whoever comes with the same claim once more is late,
    and gets ``LostLease``.
    """
    values = {"begun_at": now, "leased_until": now + lease}
    row = _change(db, taken, attempts=JOB.c.attempts + 1, **values)
    return replace(taken, attempt=row.attempts)


def keep_lease(
    db: Session, taken: Claim, now: datetime, lease: timedelta = LEASE
) -> bool:
    """Extend the lease of a job, so that nobody else takes it; tell if it is held."""
    try:
        _change(db, taken, leased_until=now + lease)
    except LostLease:
        return False
    return True


def running(db: Session) -> int:
    """Return how many jobs are taken and not ended."""
    found = select(func.count()).select_from(JOB).where(JOB.c.state == "running")
    return db.connection().scalar(found) or 0


def finish(db: Session, taken: Claim, now: datetime) -> None:
    """Mark the job done, in the transaction of what it did.

    Raises ``LostLease`` when another worker has taken it over: then what was done
    here must be rolled back.
    """
    _run(db, FINISH, taken, now=now)


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


def give_back(db: Session, taken: Claim) -> None:
    """Leave a job to others that was taken and not begun."""
    _end(db, taken, state="waiting")


def last_line(error: str) -> str:
    """Return the line of an error that says most: the last of what Python tells."""
    lines = error.strip().splitlines()
    return lines[-1] if lines else ""


def _end(db: Session, taken: Claim, **columns: Any) -> None:
    _change(db, taken, leased_until=None, begun_at=None, **columns)


def _change(db: Session, taken: Claim, **columns: Any) -> Any:
    return _run(db, MINE.values(**columns).returning(JOB.c.attempts), taken)


def _run(db: Session, change: Any, taken: Claim, **values: Any) -> Any:
    db.flush()
    wanted = {"mine": taken.id, "attempt": taken.attempt, **values}
    row = db.connection().execute(change, wanted).first()
    if row is None:
        raise LostLease(f"job {taken.id}, attempt {taken.attempt}")
    return row
