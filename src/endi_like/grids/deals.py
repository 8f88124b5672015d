"""What the documents of each business come to, for lists to read and to add up.

It is what ``services.businesses.figures`` says of one, in the language of databases.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)

from endi_like.grids.held import HELD, NOTHING
from endi_like.grids.parts import in_full
from endi_like.models.estimations import Estimation
from endi_like.models.node import Node
from endi_like.models.parts import Deduction
from endi_like.models.projects import Business
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.models.types import Money
from endi_like.services.businesses import INVOICED

BUSINESS = Business.__table__.c
KIND = Node.__table__.alias("kind")
MADE = Invoice.__table__.alias("made")
NOTE = CancelInvoice.__table__.alias("note")
OFFER = Estimation.__table__.alias("offer")
SIGNED = OFFER.c.signed_status


def sums_of_business(today: dt.date) -> dict[str, Any]:
    """Return what ``services.businesses.figures`` says, for lists to read."""
    offered = in_full("aborted") != SIGNED
    signed = in_full("signed") == SIGNED
    invoiced = KIND.c.type_.in_([in_full(one) for one in INVOICED])
    late = and_(
        invoiced, HELD.c.due_date < literal(today, Date), HELD.c.awaited > NOTHING
    )
    agreed = summed(HELD.c.due, OFFER, signed)
    return {
        "estimated": summed(HELD.c.due, OFFER, offered),
        "agreed": agreed,
        "invoiced": summed(HELD.c.due, KIND, invoiced),
        "to_invoice": type_coerce(agreed - asked(), Money),
        "to_pay": summed(HELD.c.awaited, KIND, invoiced),
        "late": summed(HELD.c.awaited, KIND, late),
    }


def asked() -> Any:
    """Return what is asked for of signed estimations, and what was granted of them.

    What credit notes took back is not asked for any more, but where nothing asks for it
    again.
    """
    credited = Task.__table__.alias()
    left = (
        select(left_of(credited))
        .where(credited.c.id == NOTE.c.invoice_id)
        .correlate(NOTE)
        .scalar_subquery()
    )
    is_whole = type_coerce(left, Money) == NOTHING
    taken_back = and_(is_signed(source_of_note()), or_(is_whole, ~lasts()))
    return summed(HELD.c.due, MADE, is_signed(MADE.c.estimation_id)) + summed(
        HELD.c.due, NOTE, taken_back
    )


def is_signed(key: Any) -> ColumnElement[bool]:
    """Return the condition that the estimation of an id is signed."""
    signed = in_full("signed") == SIGNED
    found: Select[Any] = select(literal_column("1")).where(OFFER.c.id == key, signed)
    return found.correlate(MADE, NOTE).exists()


def source_of_note() -> Any:
    """Return the id of the estimation that a credit note's invoice was made of."""
    source = Invoice.__table__.alias()
    made_of = select(source.c.estimation_id).where(source.c.id == NOTE.c.invoice_id)
    return made_of.correlate(NOTE).scalar_subquery()


def lasts() -> ColumnElement[bool]:
    """Return the condition that nothing asks again for what a credit note took back.

    It is what ``Estimation.granted`` says: no invoice deducts it, once one of them
    deducts something or they ask for all of it.
    """
    sibling, task = Invoice.__table__.alias(), Task.__table__.alias()
    row, estimation = Deduction.__table__.alias(), source_of_note()
    valid = task.c.validation_status == in_full("valid")
    siblings = (sibling.c.estimation_id == estimation, valid, left_of(task) != NOTHING)
    deducting: Select[Any] = (
        select(literal_column("1"))
        .join_from(row, sibling, sibling.c.id == row.c.task_id)
        .join(task, task.c.id == sibling.c.id)
        .where(*siblings)
    )
    is_deducted = deducting.where(row.c.source_id == NOTE.c.id).correlate(NOTE).exists()
    asked = (
        select(func.sum(task.c.due, type_=Money))
        .join_from(sibling, task, task.c.id == sibling.c.id)
        .where(*siblings)
    )
    whole = select(task.c.due).where(task.c.id == estimation)
    asks, agreed = (one.correlate(NOTE).scalar_subquery() for one in (asked, whole))
    is_all = case((agreed < NOTHING, asks <= agreed), else_=asks >= agreed)
    is_asked = or_(deducting.correlate(NOTE).exists(), is_all)
    return and_(is_asked, ~is_deducted)


def left_of(task: Any) -> Any:
    """Return what an invoice asks for after its credit notes."""
    note, credit = CancelInvoice.__table__.alias(), Task.__table__.alias()
    taken = (
        select(func.coalesce(func.sum(credit.c.due), NOTHING, type_=Money))
        .join_from(note, credit, credit.c.id == note.c.id)
        .where(
            note.c.invoice_id == task.c.id,
            credit.c.validation_status == in_full("valid"),
        )
        .correlate(task)
        .scalar_subquery()
    )
    return task.c.due + taken


def summed(amount: Any, table: Any, condition: ColumnElement[bool]) -> Any:
    """Return the sum of an amount of the documents of a business that count.

    ``table`` says what they are: its id is that of the document.
    """
    counting = (
        HELD.c.business_id == BUSINESS.id,
        HELD.c.deleted_at.is_(None),
        HELD.c.validation_status == in_full("valid"),
    )
    return (
        select(func.coalesce(func.sum(amount), NOTHING, type_=Money))
        .join_from(HELD, table, table.c.id == HELD.c.id)
        .where(*counting, condition)
        .correlate(Business.__table__)
        .scalar_subquery()
    )
