"""What follows when a job is given up, however that came about."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from endi_like.services import schedules
from endi_like.services.notifications import watching


def given_up(db: Session, job_id: int, name: str, why: str, now: datetime) -> None:
    """Close the run the job was asked for, if any, and tell administrators."""
    if run := watching.run_of(db, job_id):
        close_run(db, run.id, name, why, now, "failed")
    watching.job_failed(db, job_id, now)


def close_run(
    db: Session, run_id: int, name: str, why: str, now: datetime, state: str
) -> None:
    """Write down that a run has failed, and that it is tried again or not."""
    report = schedules.Report()
    report.error(name, why)
    schedules.close(db, run_id, report, now, state)
