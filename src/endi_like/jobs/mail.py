"""Mail on its way out."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple

from endi_like.i18n import _
from endi_like.jobs.core import Postpone, Work, job
from endi_like.models.mail import OutgoingMail
from endi_like.services.files import Damaged, StorageFault
from endi_like.services.mail import mailings, outbox, people
from endi_like.services.mail.message import compose
from endi_like.services.mail.posting import SEND
from endi_like.services.mail.smtp import Answer, NotNow
from endi_like.services.notifications import watching
from endi_like.services.users import find_user

TOO_SOON = timedelta(minutes=5)


class Ready(NamedTuple):
    """A mail that can go, from and to which address, its age, and if it is in time."""

    mail: OutgoingMail
    sender: str
    recipient: str
    age: timedelta
    in_time: bool


@job(SEND)
def send_mail(work: Work, mail_id: int) -> None:
    """Bring a mail to the server, unless that was done; without a server, keep it.

    What the server took in the moment this process died is sent once more, under the
    same Message-ID.
    """
    if not work.settings.sends_mail:
        outbox.mark_ended(work.db, mail_id, "kept")
        return
    ready = prepared(work, mail_id)
    if ready is None:
        return
    try:
        work.mailer.send(written(work, ready), ready.sender, ready.recipient)
    except Answer as answer:
        if ready.age < answer.patience:
            pause = answer.pause or outbox.pause(ready.age)
            raise Postpone(str(answer), pause) from answer
        outbox.mark_ended(work.db, mail_id, answer.end, str(answer))
        watching.mail_refused(work.db, mail_id, str(answer), work.clock())
    else:
        outbox.mark_sent(work.db, mail_id, ready.sender, work.clock())


def prepared(work: Work, mail_id: int) -> Ready | None:
    """Return a mail that goes out now; nothing if it does not wait any more."""
    with work.look() as db:
        mail = outbox.waiting(db, mail_id)
        if mail is None:
            return None
        now, settings = work.clock(), work.settings
        if wait := outbox.turn(db, mail, settings.mail_rate, now):
            raise Postpone(_("Others of this mailing leave first."), wait)
        sender = mail.sender or settings.mail_from
        age, in_time = now - mail.due_at, outbox.in_time(mail, now)
        return Ready(mail, sender, mail.recipient, age, in_time)


def written(work: Work, ready: Ready) -> EmailMessage:
    """Return a mail as it goes out, with its files, unless it is too late for it.

    A storage that is away is waited for like a mail server; of a file that is gone
    it is said at once that the mail cannot be sent.
    """
    if not ready.in_time:
        raise Answer(outbox.TOO_LATE)
    try:
        files = [work.vault.get(one.sha256) for one in ready.mail.attachments]
    except StorageFault as fault:
        raise NotNow(str(fault)) from fault
    except Damaged as damage:
        raise Answer(str(damage)) from damage
    return compose(ready.mail, ready.sender, files)


@job(people.FORGOTTEN)
def answer_forgetful(work: Work, login: str) -> None:
    """Send a link to choose a password to whoever has that login, if anybody.

    However often it is asked for, and by whomever: one mail in five minutes.
    """
    user, now = find_user(work.db, login), work.clock()
    if user and people.can_be_written_to(user):
        key = f"{people.FORGOTTEN}:{user.id}:{int(now.timestamp() // TOO_SOON.seconds)}"
        people.post_link(work.db, user, work.settings, dedupe_key=key, at=now)


@job(mailings.POST)
def post_mailing(work: Work, **payload: Any) -> None:
    """Write to the next people of a mailing, and go on with those after them."""
    mailing = mailings.Mailing.of(payload)
    mailings.post_portion(work.db, mailing, work.settings, work.clock())
