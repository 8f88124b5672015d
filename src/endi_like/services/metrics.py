"""Metrics of what waits to be done, for the machine that watches over this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.orm import Session

from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.services.health import be_quick
from endi_like.services.pulses import recent

LOST = ("refused", "failed")
"""How mails are that somebody has to look at."""


@dataclass(frozen=True)
class Metrics:
    """How much there is of what, at one moment."""

    jobs_due: int
    jobs_failed: int
    oldest_due_seconds: float
    workers: int
    mails_waiting: int
    mails_failed: int


def metrics(db: Session, now: datetime) -> Metrics:
    """Count, by two statements that indexes answer."""
    be_quick(db)
    due = (Job.state == "waiting") & (Job.run_after <= now)
    wanted = (
        how_many(due),
        how_many(Job.state == "failed"),
        how_many(recent(now)),
        how_many(OutgoingMail.state == "waiting"),
        how_many(OutgoingMail.state.in_(LOST)),
    )
    jobs, failed, workers, mails, lost = db.execute(select(*wanted)).one()
    oldest = db.scalar(select(func.min(Job.run_after)).where(due))
    age = (now - oldest).total_seconds() if oldest else 0.0
    return Metrics(jobs, failed, age, workers, mails, lost)


def how_many(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    """Return the question how many rows there are like that."""
    return select(func.count()).where(condition).scalar_subquery()
