"""What a clock that was ahead has left behind: moments that lie in the future.

Left as they are, they would hold up what is to be done until the clock gets there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from endi_like.models.jobs import Job, Schedule, WorkerPulse
from endi_like.services.jobs import LEASE

DIFFER = timedelta(minutes=2)
"""How much the clocks of several machines may differ."""

NO_LEASE = timedelta(days=1)
NO_PAUSE = timedelta(days=30)
"""So long after now no lease ends, and nothing is put off to."""

ROWS: dict[str, Any] = {"synchronize_session": False}


def ahead(db: Session, now: datetime) -> bool:
    """Tell whether there are moments that only a clock that was ahead has written."""
    found = (exists().where(condition) for condition in conditions(now))
    return bool(db.scalar(select(or_(*found))))


def conditions(now: datetime) -> Sequence[ColumnElement[bool]]:
    """Return what is wrong: with schedules, jobs that wait or run, and pulses."""
    asked = or_(Job.created_at > now + DIFFER, Job.run_after > now + NO_PAUSE)
    return (
        Schedule.counts_from > now + DIFFER,
        (Job.state == "waiting") & (Job.run_after > now) & asked,
        (Job.state == "running") & (Job.leased_until > now + NO_LEASE),
        WorkerPulse.seen_at > now + DIFFER,
    )


def put_right(db: Session, now: datetime) -> None:
    """Have what was asked for be due now, and let go of what nobody holds any more.

    Workers who are there hold their jobs again, and show it, within seconds: that is
    long before an ordinary lease is over.
    """
    counted, waiting, running, seen = conditions(now)
    at_once = {"run_after": now, "created_at": now}
    for change in (
        update(Schedule).where(counted).values(counts_from=now),
        update(Job).where(waiting).values(**at_once),
        update(Job).where(running).values(leased_until=now + LEASE),
        delete(WorkerPulse).where(seen),
    ):
        db.execute(change, execution_options=ROWS)
