"""Posting a mail: a row and its job, in the transaction of whoever posts it.

What is rolled back sends nothing.  What a mail says is decided here, in the language
of its recipient; ``endi_like.jobs.mail`` brings it to the mail server later.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.orm import Session

from endi_like.i18n import LANGUAGES, _
from endi_like.models.mail import MailAttachment, OutgoingMail
from endi_like.models.people import Company
from endi_like.services import jobs
from endi_like.services.mail.catalog import ORGANISATION, TEMPLATES
from endi_like.services.mail.templates import Template, Wording, filled, wording
from endi_like.services.sales import organisation
from endi_like.text import LONGEST_EMAIL, is_email, shadow, without_controls

SEND = "send_mail"
LONGEST_NAME = 255
LONGEST_SEARCHED = 600
NO_ADDRESS = _("This is not an e-mail address.")


@dataclass(frozen=True)
class Recipient:
    """Whom a mail is for; without a language it is written in the organisation's."""

    address: str
    name: str = ""
    language: str = ""
    user_id: int | None = None


class Kept(Protocol):
    """A file that is in the vault already, such as a ``StoredFile``."""

    name: str
    media_type: str
    size: int
    sha256: str


class More(TypedDict, total=False):
    """What not every mail has: what it is about, what goes along, when it may leave.

    It leaves not before ``after``, and not once ``until`` is over.  It says ``words``,
    as they are, where somebody has written it for this once.
    """

    node_id: int | None
    company_id: int | None
    attachments: Iterable[Kept]
    after: datetime
    until: datetime
    mailing: str
    words: Wording


def post(
    db: Session,
    template: str,
    *,
    to: Recipient,
    values: Mapping[str, Any],
    dedupe_key: str,
    at: datetime,
    **more: Unpack[More],
) -> int | None:
    """Write a mail that leaves once this transaction is committed; return its id.

    Nothing is written, and nothing returned, if one of this ``dedupe_key`` was posted
    before.  A mail to what is no address is there, refused, for people to see.
    """
    kind, words = TEMPLATES[template], more.get("words")
    if missing := {key.name for key in kind.keys} - {*values, ORGANISATION.name}:
        raise ValueError(f"mail {template} lacks values: {', '.join(sorted(missing))}")
    due_at = more.get("after", at)
    row = {
        **written(db, kind, to, values, words),
        **sender(db, more.get("company_id")),
        "node_id": more.get("node_id"),
        "mailing": more.get("mailing", ""),
        "dedupe_key": dedupe_key,
        "message_id": secrets.token_hex(16),
        "created_at": at,
        "due_at": due_at,
        "valid_until": more.get("until"),
        "created_by_id": db.info["author"]() if "author" in db.info else None,
        "version": 1,
    }
    mail_id = add(db, row)
    if mail_id is None:
        return None
    for one in more.get("attachments", ()):
        attach(db, mail_id, one)
    if row["state"] == "waiting":
        ask(db, mail_id, due_at, at)
    return mail_id


def written(
    db: Session,
    kind: Template,
    to: Recipient,
    values: Mapping[str, Any],
    words: Wording | None = None,
) -> dict[str, Any]:
    """Return what a mail says and to whom, as columns."""
    own = organisation(db)
    language = to.language if to.language in LANGUAGES else own.language
    known = {ORGANISATION.name: own.name, **values}
    said = words or filled(wording(db, kind, language), known, language)
    address = without_controls(to.address)[:LONGEST_EMAIL]
    name = without_controls(to.name)[:LONGEST_NAME]
    is_one = is_email(to.address)
    return {
        "template": kind.key,
        "language": language,
        "user_id": to.user_id,
        "recipient": address,
        "recipient_name": name,
        "search_key": shadow(name, address)[:LONGEST_SEARCHED],
        "subject": said.subject,
        "text": said.text,
        "hidden": kind.hidden(values),
        "state": "waiting" if is_one else "refused",
        "error": "" if is_one else str(NO_ADDRESS),
    }


def sender(db: Session, company_id: int | None) -> dict[str, Any]:
    """Return whom a mail comes from, as columns: a company, or the organisation."""
    if company_id is None:
        return {"company_id": None, "sender_name": organisation(db).name}
    company = db.get_one(Company, company_id)
    return {
        "company_id": company_id,
        "sender": company.mail_sender,
        "sender_name": company.name,
        "reply_to": company.email,
    }


def add(db: Session, row: Mapping[str, Any]) -> int | None:
    """Store the row of a mail and return its id; nothing if it was posted before."""
    new = jobs.insert(db, OutgoingMail.__table__)
    once = new.on_conflict_do_nothing(index_elements=[OutgoingMail.dedupe_key])
    query = once.returning(OutgoingMail.id)
    found: int | None = db.connection().scalar(query, row)
    return found


def attach(db: Session, mail_id: int, kept: Kept) -> None:
    """Have a file that is in the vault go along with a mail."""
    names = ("name", "media_type", "size", "sha256")
    values = {name: getattr(kept, name) for name in names}
    db.execute(sa.insert(MailAttachment).values(mail_id=mail_id, **values))


def ask(db: Session, mail_id: int, due_at: datetime, now: datetime) -> None:
    """Ask for the job that sends a mail."""
    key, payload = job_key(mail_id, due_at), {"mail_id": mail_id}
    jobs.enqueue(db, SEND, payload, dedupe_key=key, at=due_at, now=now)


def job_key(mail_id: int, due_at: datetime) -> str:
    """Return what the job is known by that sends a mail as asked for at that time."""
    return f"{SEND}:{mail_id}:{due_at.isoformat()}"
