"""What is done with jobs nobody is at: given up, begun anew, and forgotten."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, update
from sqlalchemy.orm import Session, aliased

from endi_like.models.jobs import Job, ScheduledRun
from endi_like.services.administration import note
from endi_like.services.jobs import DEADLY, JOB
from endi_like.services.mail import outbox
from endi_like.workflow.errors import Stale

AT_REST = ("waiting", "failed")
"""The states in which nobody is at a job, and somebody may be."""
WORKER_DIED = "its worker ended, or took longer than its lease, each time it was tried"


def give_up_deadly(db: Session, now: datetime) -> list[int]:
    """Mark as failed what has killed its worker as often as a job may fail.

    Returns the ids of the jobs.
    """
    deadly = JOB.c.state == "running", JOB.c.leased_until <= now, DEADLY
    ended = {"leased_until": None, "begun_at": None, "ended_at": now}
    failed = {"state": "failed", "error": WORKER_DIED, **ended}
    given_up = update(JOB).where(*deadly).values(**failed).returning(JOB.c.id)
    return list(db.connection().scalars(given_up))


def try_again(db: Session, job: Job, now: datetime) -> None:
    """Have a job that was given up, or waits, begin anew; so with the mail it sends.

    Raises ``Stale`` when it is not as it was read any more: a worker may have taken
    it meanwhile.
    """
    as_read = Job.id == job.id, Job.attempts == job.attempts, Job.state.in_(AT_REST)
    anew = {"state": "waiting", "failures": 0, "run_after": now, "ended_at": None}
    changed = update(Job).where(*as_read).values(**anew).returning(Job.id)
    if db.scalar(changed) is None:
        raise Stale
    if mail_id := outbox.mail_of(job):
        outbox.mark_waiting(db, mail_id)
    note(db, "tried again", job, [job.name])


def forget_done(db: Session, *, before: datetime) -> int:
    """Delete the jobs that were done before a moment; return how many."""
    old = delete(Job).where(Job.state == "done", Job.ended_at < before)
    return len(db.execute(old.returning(Job.id)).all())


def forget_runs(db: Session, *, before: datetime, now: datetime) -> int:
    """Delete the runs that ended well before a moment; return how many.

    The last of each schedule stays: it says what is settled.
    """
    newer = aliased(ScheduledRun)
    later = (
        newer.schedule_id == ScheduledRun.schedule_id,
        newer.dry.is_(False),
        newer.period > ScheduledRun.period,
        newer.period <= now,
    )
    old = ScheduledRun.state == "done", ScheduledRun.ended_at < before
    forgotten = delete(ScheduledRun).where(*old, exists().where(*later))
    rows = db.execute(
        forgotten.returning(ScheduledRun.id),
        execution_options={"synchronize_session": False},
    )
    return len(rows.all())
