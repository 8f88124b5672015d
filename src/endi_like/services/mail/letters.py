"""A sales document on its way to the customer: what the mail says, what goes along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from endi_like.i18n import LANGUAGES, _
from endi_like.models.contacts import CreditAccount
from endi_like.models.contacts.reaching import EMAIL
from endi_like.models.files import StoredFile
from endi_like.models.sales import Task
from endi_like.services import printouts
from endi_like.services.files import Vault
from endi_like.services.mail.catalog import (
    CREDIT_NOTE,
    ESTIMATION,
    INVOICE,
    ORGANISATION,
    TEMPLATES,
)
from endi_like.services.mail.posting import Recipient, post
from endi_like.services.mail.templates import Wording, filled, wording
from endi_like.services.mail.values import of_document
from endi_like.services.sales import organisation
from endi_like.text import is_email
from endi_like.translation import translator

OF_KIND = {"invoice": INVOICE, "estimation": ESTIMATION, "cancelinvoice": CREDIT_NOTE}


class Letter(NamedTuple):
    """What somebody has written: to which address, and in which words."""

    recipient: str
    subject: str
    text: str


def unsendable(task: Task) -> str | None:
    """Return why a document cannot be sent, if it cannot: a draft has no number yet."""
    if task.validation_status == "valid":
        return None
    return _("Only what is validated is sent to the customer: it has its number then.")


def known_addresses(account: CreditAccount) -> list[tuple[str, str]]:
    """Return the mailboxes of a customer and what they are called, the best first.

    Those of the account come before those of the contact as a whole.
    """
    fitting = [
        one
        for one in account.entity.elements
        if one.kind == EMAIL
        and one.account_id in (None, account.id)
        and is_email(one.value)
    ]
    fitting.sort(key=lambda one: (one.account_id is None, one.position))
    return list({one.value: one.label for one in reversed(fitting)}.items())[::-1]


def language_of(db: Session, task: Task) -> str:
    """Return the language a customer is written to."""
    spoken = task.account.entity.language
    known = spoken if spoken in LANGUAGES else organisation(db).language
    return translator(known).locale


def values_of(db: Session, task: Task, language: str) -> Mapping[str, Any]:
    """Return what the mail of a validated document may say."""
    name = organisation(db).name
    return {ORGANISATION.name: name, **of_document(db, task, language)}


def suggested(db: Session, task: Task) -> Wording:
    """Return what the mail says unless somebody writes something else."""
    language = language_of(db, task)
    words = wording(db, TEMPLATES[OF_KIND[task.type_]], language)
    return filled(words, values_of(db, task, language), language)


def official(db: Session, vault: Vault, task_id: int, at: datetime) -> StoredFile:
    """Return the kept PDF of a validated document, which is whole.

    It is there once the form was shown; a program may ask before it was ever needed.
    Raises ``Damaged`` when it is not what it was.
    """
    if printouts.kept(db, vault, task_id) is None:
        printouts.keep(db, vault, printouts.made(db, task_id), at)
    found = printouts.stored(db, task_id)
    assert found is not None  # it has just been kept
    return found


def send(
    db: Session,
    task: Task,
    letter: Letter,
    *,
    printout: StoredFile,
    dedupe_key: str,
    at: datetime,
) -> int | None:
    """Post a document to its customer as it was written, the PDF along with it."""
    language = language_of(db, task)
    return post(
        db,
        OF_KIND[task.type_],
        to=Recipient(letter.recipient, task.account.name, language),
        values=values_of(db, task, language),
        words=Wording(letter.subject, letter.text),
        dedupe_key=dedupe_key,
        at=at,
        node_id=task.id,
        company_id=task.company_id,
        attachments=[printout],
    )
