"""Mail on its way out."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import NamedTuple

from endi_like.jobs.core import Postpone, Work, job
from endi_like.services.mail import outbox
from endi_like.services.mail.message import compose
from endi_like.services.mail.posting import SEND
from endi_like.services.mail.smtp import Answer


class Ready(NamedTuple):
    """A mail that can go: the message, from and to which address, and its age."""

    message: EmailMessage
    sender: str
    recipient: str
    age: timedelta


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
        work.mailer.send(*ready[:3])
    except Answer as answer:
        if ready.age < answer.patience:
            pause = answer.pause or outbox.pause(ready.age)
            raise Postpone(str(answer), pause) from answer
        outbox.mark_ended(work.db, mail_id, answer.end, str(answer))
    else:
        outbox.mark_sent(work.db, mail_id, ready.sender, work.clock())


def prepared(work: Work, mail_id: int) -> Ready | None:
    """Return a mail as it goes out; nothing if it does not wait any more."""
    with work.look() as db:
        mail = outbox.waiting(db, mail_id)
        if mail is None:
            return None
        sender = mail.sender or work.settings.mail_from
        files = [work.vault.get(one.sha256) for one in mail.attachments]
        message = compose(mail, sender, files)
        return Ready(message, sender, mail.recipient, work.clock() - mail.due_at)
