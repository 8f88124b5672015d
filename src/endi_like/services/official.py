"""What makes a sales document official: its number, its paper, what is to be paid."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from endi_like.clock import day_of
from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.models.organisation import Organisation
from endi_like.models.people import Company
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.services.jobs import enqueue
from endi_like.services.numbering import Numbering
from endi_like.services.papers import fix
from endi_like.services.payments import settle
from endi_like.services.sales import index, organisation
from endi_like.services.transitions import Effects, Transitions
from endi_like.workflow.core import Change
from endi_like.workflow.errors import Refused

DIGITS = re.compile(r"\d+")
LONGEST_NUMBER = 12
PRINT_JOB = "print_invoice"
OFFERS = "estimation"
FAMILIES = {"invoice_number_template": "", "estimation_number_template": OFFERS}
"""Whose numbers each template of the organisation makes."""
NUMBERED = (
    select(Task.__table__.c.id)
    .where(Task.__table__.c.official_number == bindparam("number"))
    .limit(1)
)


def number_key(number: str) -> str:
    """Return what sorts official numbers by their figures: 99 comes before 100."""
    return DIGITS.sub(lambda found: found[0].zfill(LONGEST_NUMBER), number)


def is_taken(db: Session, number: str) -> bool:
    """Tell whether a document has this number; nothing is flushed before."""
    return db.connection().scalar(NUMBERED, {"number": number}) is not None


def taken(number: str) -> str:
    """Return the sentence about a number that cannot be given again."""
    return _(
        "The number ${number} is taken already: an administrator has to change the "
        "template of the numbers.",
        mapping={"number": number},
    )


def make_official(task: Task, change: Change, transitions: Transitions) -> None:
    """Give a document its number, and fix what is printed of it with that number."""
    own = organisation(transitions.db)
    assign_number(transitions.db, task, own, change.at)
    fix(transitions.db, task, own, change.at)


def assign_number(db: Session, task: Task, own: Organisation, at: datetime) -> None:
    """Give the next official number; the counter stays locked until the commit.

    Refused when the document is dated after today, or before the last one that got a
    number of the same series: the order of numbers is the order of dates.  Refused
    as well when another template has given the same number already.
    """
    company = db.get_one(Company, task.company_id)
    template, family = series_of(task, own)
    if task.date > (today := day_of(at, own.time_zone)):
        raise Refused(
            _(
                "It is dated ${date}, after today, ${today}.",
                mapping={"date": task.date, "today": today},
            )
        )

    def check(number: str) -> None:
        if is_taken(db, number):
            raise Refused(taken(number))

    number = Numbering(db, family=family).draw(
        template,
        on=task.date,
        company_id=company.id,
        ana=company.code,
        check=check,
    )
    task.official_number, task.number_key = number, number_key(number)
    index(task)


def series_of(task: Task, own: Organisation) -> tuple[str, str]:
    """Return the template of a document's number, and the family that counts it."""
    family = family_of(task.type_)
    return templates(own)[family], family


def family_of(kind: str) -> str:
    """Return which family counts documents of a ``type_``.

    Invoices and credit notes are one family (reference §1.9), estimations another.
    """
    return OFFERS if kind == Estimation.__mapper__.polymorphic_identity else ""


def templates(own: Organisation) -> dict[str, str]:
    """Return the template of the numbers of each family."""
    return {family: getattr(own, name) for name, family in FAMILIES.items()}


def settle_credited(
    credit_note: CancelInvoice, _change: Change, transitions: Transitions
) -> None:
    """Have the invoice count what a validated credit note takes back."""
    settle(credit_note.invoice, transitions)


def settle_at_once(invoice: Invoice, _change: Change, transitions: Transitions) -> None:
    """Settle an invoice that asks for nothing; closing and reopening settle too."""
    settle(invoice, transitions)


def print_soon(task: Task, change: Change, transitions: Transitions) -> None:
    """Have the worker store the official printout."""
    enqueue(
        transitions.db,
        PRINT_JOB,
        {"task_id": task.id},
        dedupe_key=f"{PRINT_JOB}:{task.id}",
        at=change.at,
    )


EFFECTS: Effects = {
    (Task, "validate"): (make_official, print_soon),
    (Invoice, "validate"): (settle_at_once,),
    (CancelInvoice, "validate"): (settle_credited,),
    (Invoice, "close"): (settle_at_once,),
    (Invoice, "undo_close"): (settle_at_once,),
}
