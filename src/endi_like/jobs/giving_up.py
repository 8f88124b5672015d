"""What follows when a job is given up, however that came about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from endi_like.models.jobs import Job
from endi_like.services import schedules
from endi_like.services.mail import outbox
from endi_like.services.notifications import watching


def given_up(db: Session, job_id: int, why: str, now: datetime) -> None:
    """Say so where people look for it, and tell administrators.

    Where they look is the run the job was asked for, or the mail it was to send.
    """
    job = db.get_one(Job, job_id)
    if run := watching.run_of(db, job_id):
        close_run(db, run.id, job.name, why, now, "failed")
    if mail_id := outbox.mail_of(job):
        outbox.mark_ended(db, mail_id, "failed", why)
    watching.job_failed(db, job_id, now)


def close_run(
    db: Session, run_id: int, name: str, why: str, now: datetime, state: str
) -> None:
    """Write down that a run has failed, and that it is tried again or not."""
    report = schedules.Report()
    report.error(name, why)
    schedules.close(db, run_id, report, now, state)
