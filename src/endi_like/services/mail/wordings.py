"""What administrators do with the words of templates: change them, try them out."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from endi_like.models.mail import MailWording
from endi_like.models.people import User
from endi_like.models.sales import Task
from endi_like.services import choices, finding
from endi_like.services.administration import note
from endi_like.services.mail.catalog import ORGANISATION, TEMPLATES
from endi_like.services.mail.posting import Recipient, post
from endi_like.services.mail.templates import Template, Wording, filled
from endi_like.services.sales import organisation
from endi_like.text import is_email


def changed(db: Session) -> set[tuple[str, str]]:
    """Return template and language of all words that administrators have changed."""
    query = select(MailWording.template, MailWording.language)
    own = query.where(MailWording.subject.is_not(None))
    return {(row.template, row.language) for row in db.execute(own)}


def present(wording: MailWording) -> Wording:
    """Return what a template says now in a language."""
    if wording.subject is None or wording.text is None:
        return TEMPLATES[wording.template].default(wording.language)
    return Wording(wording.subject, wording.text)


def save(db: Session, wording: MailWording, words: Wording | None) -> None:
    """Write the words of a template; without any it has its own again."""
    wording.subject, wording.text = words or (None, None)
    db.add(wording)
    db.flush()
    note(db, "saved", wording, [wording.template, wording.language])


def of_use(model: Any, scope: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition on the records of a scope that a mail can be about.

    A document is mailed once it is validated.
    """
    return and_(scope, choices.written(model)) if issubclass(model, Task) else scope


def likely(
    db: Session, model: Any, scope: ColumnElement[bool]
) -> list[tuple[int, str]]:
    """Return the records offered before anything is typed."""
    return [
        (row.id, f"{row.title} ({hint})")
        for row, hint in finding.found(db, model, scope, "", {})
    ]


def tried(
    db: Session, template: Template, words: Wording, language: str, record: Any
) -> Wording:
    """Return what words come to: for a record, or with examples; no secret is in it."""
    values = {**template.examples(), ORGANISATION.name: organisation(db).name}
    if record is not None:
        values |= template.values(db, record, language)
    return filled(words, values, language)


def send_test(
    db: Session, template: Template, language: str, *, user_id: int, at: datetime
) -> int | None:
    """Post a mail of examples to a user; nothing without an address to send it to."""
    user = db.get_one(User, user_id)
    if not is_email(user.email):
        return None
    return post(
        db,
        template.key,
        to=Recipient(user.email, user.name, language, user.id),
        values=template.examples(),
        dedupe_key=f"test:{secrets.token_hex(16)}",
        at=at,
    )
