"""What becomes of a mail that was posted: read, marked, tried again."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, literal, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from endi_like.i18n import _
from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.services.administration import note
from endi_like.services.mail.posting import SEND, ask, job_key
from endi_like.workflow.mail import AGAIN

LONGEST_ERROR = 1000
MINUTE = timedelta(minutes=1)
TOO_LATE = _(
    "It could not be sent in time: what it says does not hold any more, such as a link "
    "that works for half an hour."
)
SHORTEST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)


# Made once: it runs for every mail, and takes longer to build than to run.
WAITING = (
    select(OutgoingMail)
    .where(OutgoingMail.id == bindparam("mail_id"), OutgoingMail.state == "waiting")
    .options(joinedload(OutgoingMail.attachments))
)


def waiting(db: Session, mail_id: int) -> OutgoingMail | None:
    """Return a mail that waits to be sent, with its attachments."""
    return db.scalars(WAITING, {"mail_id": mail_id}).unique().one_or_none()


def mark(
    db: Session, mail_id: int, state: str, former: str = "waiting", **columns: Any
) -> None:
    """Say what has become of a mail that waited; another one is left as it is."""
    row: Any = OutgoingMail.__table__
    mine = row.c.id == mail_id, row.c.state == former
    new = {"state": state, "version": row.c.version + 1, **columns}
    db.connection().execute(update(row).where(*mine).values(new))


def mark_sent(db: Session, mail_id: int, sender: str, at: datetime) -> None:
    """Say that the server has taken a mail, and who it came from."""
    mark(db, mail_id, "sent", sender=sender, sent_at=at, error="")


def mark_ended(db: Session, mail_id: int, state: str, why: str = "") -> None:
    """Say that a mail will not be sent by itself any more, and why."""
    mark(db, mail_id, state, error=why[:LONGEST_ERROR])


def mark_waiting(db: Session, mail_id: int) -> None:
    """Say that a mail that could not be sent is tried again, by the job it had."""
    mark(db, mail_id, "waiting", former="failed", error="")


def mail_of(job: Job) -> int | None:
    """Return the id of the mail a job is there to send, if it is such a job."""
    found: int | None = json.loads(job.payload).get("mail_id")
    return found if job.name == SEND else None


def pause(age: timedelta) -> timedelta:
    """Return how long to wait with a mail that has been tried for so long already."""
    return max(SHORTEST_PAUSE, min(age, LONGEST_PAUSE))


def in_time(mail: OutgoingMail, now: datetime) -> bool:
    """Tell whether what a mail says still holds."""
    return mail.valid_until is None or now < mail.valid_until


def again(db: Session, mail: OutgoingMail, at: datetime) -> bool:
    """Have a mail sent now, whatever became of it; tell whether that is possible."""
    if mail.state not in AGAIN or not drop_job(db, mail):
        return False
    mail.state, mail.due_at, mail.error = "waiting", at, ""
    db.flush()
    ask(db, mail.id, at, at)
    note(db, "sent", mail, [mail.template])
    return True


def drop_job(db: Session, mail: OutgoingMail) -> bool:
    """Take back the job that would send a mail; tell whether nobody is at it."""
    job = job_of(db, mail)
    if job is None:
        return True
    db.refresh(job, with_for_update=True)
    if job.state == "running":
        return False
    if job.state == "waiting":
        db.delete(job)
    return True


def turn(db: Session, mail: OutgoingMail, rate: int, now: datetime) -> timedelta | None:
    """Return how long one of a mailing has to wait for its turn; nothing if not.

    The rate holds for what was sent in the last minute, by whomever: also when many
    are due at once because the server or all workers were away.
    """
    if not (mail.mailing and rate):
        return None
    lately = OutgoingMail.mailing != "", OutgoingMail.sent_at > now - MINUTE
    sent = select(func.count()).select_from(OutgoingMail).where(*lately)
    if (db.scalar(sent) or 0) < rate:
        return None
    before = (
        OutgoingMail.mailing == mail.mailing,
        OutgoingMail.state == literal("waiting", literal_execute=True),
        OutgoingMail.id < mail.id,
    )
    ahead = db.scalar(select(func.count()).select_from(OutgoingMail).where(*before))
    return MINUTE * (1 + (ahead or 0) / rate)


def job_of(db: Session, mail: OutgoingMail) -> Job | None:
    """Return the job by which a mail is, or was, to be sent."""
    key = job_key(mail.id, mail.due_at)
    return db.scalars(select(Job).where(Job.dedupe_key == key)).one_or_none()


def next_try(db: Session, mail: OutgoingMail) -> tuple[datetime, str] | None:
    """Return when a mail that waits is tried next, and what has kept it so far."""
    job = job_of(db, mail) if mail.state == "waiting" else None
    return (job.run_after, job.error) if job and job.state == "waiting" else None


def read(db: Session, mail_id: int) -> OutgoingMail | None:
    """Return a mail with what its page shows."""
    query = (
        select(OutgoingMail)
        .where(OutgoingMail.id == mail_id)
        .options(
            selectinload(OutgoingMail.attachments),
            joinedload(OutgoingMail.created_by),
            joinedload(OutgoingMail.company),
        )
    )
    return db.scalars(query).one_or_none()
