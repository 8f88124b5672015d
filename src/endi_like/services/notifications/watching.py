"""Telling administrators what goes wrong in the background."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from endi_like.i18n import ngettext
from endi_like.models.jobs import Job, ScheduledRun
from endi_like.models.mail import OutgoingMail
from endi_like.models.notifications import Notification
from endi_like.services.jobs import last_line
from endi_like.services.mail.catalog import NOTICE, NOTICES
from endi_like.services.notifications import events
from endi_like.services.notifications.telling import News, happened, tell
from endi_like.services.rights.asking import insiders
from endi_like.services.schedules import PLANS

GRACE = timedelta(hours=1)
"""How late scheduled work may end before somebody is told."""

OPEN = ("waiting", "running")


def tell_administrators(db: Session, news: News) -> list[int]:
    """Tell those an event of the administration is for."""
    people = insiders(db, None)
    found = [one for one in people if news.event.is_for(one, news.node, frozenset())]
    return tell(db, news, found)


def job_failed(db: Session, job_id: int, at: datetime) -> None:
    """Tell that a job was given up; of scheduled work its run is told of."""
    job = db.get_one(Job, job_id)
    run = run_of(db, job_id)
    error = last_line(job.error)
    if run:
        run_failed(db, run, error, at)
    else:
        news = happened(events.JOB_FAILED, job, at, record=job.title, error=error)
        tell_administrators(db, news)


def run_failed(db: Session, run: ScheduledRun, error: str, at: datetime) -> None:
    """Tell that a run was given up, or has ended with errors."""
    name = label_of(run)
    news = happened(events.RUN_FAILED, run, at, record=name, error=error)
    tell_administrators(db, news)


def errors_in(db: Session, run_id: int, number: int, at: datetime) -> None:
    """Tell that a run has ended with errors."""
    run = db.get_one(ScheduledRun, run_id)
    said = ngettext("${n} error, see its page", "${n} errors, see its page", number)
    run_failed(db, run, said, at)


def run_of(db: Session, job_id: int) -> ScheduledRun | None:
    """Return the run a job was asked for, if it is scheduled work."""
    query = select(ScheduledRun).where(ScheduledRun.job_id == job_id)
    return db.scalars(query.options(joinedload(ScheduledRun.schedule))).first()


def label_of(run: ScheduledRun) -> str:
    """Return how the job of a run is called, to be said in the reader's language."""
    plan = PLANS.get(run.schedule.name)
    return plan.label if plan else run.schedule.name


def late_runs(db: Session, now: datetime) -> list[ScheduledRun]:
    """Return the runs that should have ended long ago, which nobody was told of."""
    told = exists().where(
        Notification.collection == "runs",
        Notification.record_id == ScheduledRun.id,
        Notification.event == events.RUN_MISSED,
    )
    query = select(ScheduledRun).where(
        ScheduledRun.state.in_(OPEN),
        ScheduledRun.dry.is_(False),
        ScheduledRun.period < now - GRACE,
        ~told,
    )
    return list(db.scalars(query.options(joinedload(ScheduledRun.schedule))))


def run_missed(db: Session, run: ScheduledRun, at: datetime) -> list[int]:
    """Tell that scheduled work did not run in time, once for each run."""
    news = happened(events.RUN_MISSED, run, at, record=label_of(run))
    return tell_administrators(db, replace(news, key=f"{events.RUN_MISSED}:{run.id}"))


def mail_refused(db: Session, mail_id: int, error: str, at: datetime) -> None:
    """Tell that a mail was not delivered: of a mailing, once for all of it.

    Of the mails by which people are told something nobody is told: that would go on
    for ever.
    """
    mail = db.get_one(OutgoingMail, mail_id)
    if mail.template in (NOTICE, NOTICES):
        return
    news = happened(
        events.MAIL_REFUSED,
        mail,
        at,
        record=mail.subject,
        recipient=mail.recipient,
        error=error,
    )
    if mail.mailing:
        news = replace(news, key=f"{events.MAIL_REFUSED}:{mail.mailing}")
    tell_administrators(db, news)
