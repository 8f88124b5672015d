"""Internal documents: from one company of the organisation to another.

What is validated stays within the organisation if its customer is one of its companies.
That is fixed on the document, and the company it is for receives its side of it in the
same transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.people import Company
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.services.journal import chain
from endi_like.services.transitions import Effects, Transitions
from endi_like.workflow.core import Change
from endi_like.workflow.purchases import HANDOVER, STEPS

COPIED = ("number_key", "date", "due_date", "ht", "tva", "ttc", "due")
"""What both sides of an internal document say."""


def remember_recipient(task: Task, _change: Change, _transitions: Transitions) -> None:
    """Fix for which company of the organisation it is, before it is frozen."""
    task.internal_company_id = task.meant_for


def hand_over(
    task: Invoice | CancelInvoice, change: Change, transitions: Transitions
) -> None:
    """Have the company it is for receive its side of it."""
    if task.internal_company_id is None:
        return
    db = transitions.db
    recipient = db.get_one(Company, task.internal_company_id)
    issuer = db.get_one(Company, task.company_id)
    made = received_of(task, recipient, issuer)
    db.add(made)
    db.flush()
    note(db, task.id, "hand_over", change, recipient)
    note(db, made.id, "receive", change, issuer)


def received_of(task: Task, recipient: Company, issuer: Company) -> SupplierInvoice:
    """Return the other side of a document, not stored yet."""
    same: dict[str, Any] = {name: getattr(task, name) for name in COPIED}
    return SupplierInvoice(
        company=recipient,
        company_id=recipient.id,
        issuer=issuer,
        source=task,
        name=task.name,
        number=task.official_number,
        **same,
    )


def tell_issuer(
    received: SupplierInvoice, change: Change, transitions: Transitions
) -> None:
    """Have the history of the source say that the other company acknowledged it."""
    recipient = transitions.db.get_one(Company, received.company_id)
    note(transitions.db, received.source_id, "acknowledge", change, recipient)


def note(db: Session, node_id: int, what: str, change: Change, other: Company) -> None:
    """Log a step of the way on one side; of the other a company is named, nobody."""
    at: datetime = change.at
    chain(db, node_id, Change(HANDOVER, what, *STEPS[what], None, at, other.name))


def other_side(db: Session, task: Task) -> SupplierInvoice | None:
    """Return what the other company has received of a document, if it is internal."""
    if task.validation_status != "valid" or task.internal_company_id is None:
        return None
    query = select(SupplierInvoice).where(SupplierInvoice.source_id == task.id)
    return db.scalars(query).one_or_none()


def company_named(db: Session, company_id: int) -> str:
    """Return what a company is called."""
    return db.get_one(Company, company_id).name


FIXING: Effects = {(Task, "validate"): (remember_recipient,)}
EFFECTS: Effects = {
    (Invoice, "validate"): (hand_over,),
    (CancelInvoice, "validate"): (hand_over,),
    (SupplierInvoice, "acknowledge"): (tell_issuer,),
}
