"""Totals follow from lines, what is left from payments; the paper says the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from endi_like import payments, totals
from endi_like.models.contacts import CreditAccount
from endi_like.models.payments import Payment
from endi_like.models.sales import (
    Deduction,
    DiscountLine,
    Invoice,
    LineGroup,
    Task,
    TaskLine,
    VatTotal,
)
from endi_like.services.invariants.papers import paper_objections
from endi_like.services.invariants.reading import some_at_once
from endi_like.services.invariants.status import kinds
from endi_like.services.papers import Stored, stored
from endi_like.services.payments import balance, credits_of
from endi_like.services.sales import document, organisation
from endi_like.workflow.payment import is_closed
from endi_like.workflow.validation import is_valid

ZERO = Decimal(0)
AMOUNTS = ("ht", "tva", "ttc", "due")


def wrong_documents(db: Session) -> Iterator[str]:
    """Yield a sentence for each thing a document says that does not follow."""
    own = organisation(db)
    for task, paper in documents(db):
        for sentence in (*objections(task), *paper_objections(task, paper, own)):
            yield f"{task.type_} {task.id}: {sentence}"


def documents(db: Session) -> Iterator[tuple[Task, Stored | None]]:
    """Yield every document and its paper as the database has them, some at once."""
    for kind in kinds():
        if issubclass(kind, Task):
            for tasks in read(db, kind):
                papers = stored(db, [task.id for task in tasks])
                yield from ((task, papers.get(task.id)) for task in tasks)


def read(db: Session, kind: type[Any]) -> Iterator[Sequence[Any]]:
    """Yield the documents of a kind, some at once."""
    own = kind.type_ == kind.__mapper__.polymorphic_identity
    query = select(kind).where(own).options(*eagerly(kind))
    yield from some_at_once(db, kind, query)


def eagerly(kind: type[Any]) -> list[Any]:
    """Return what is loaded along with documents of a kind."""
    lines = selectinload(kind.groups).selectinload(LineGroup.lines)
    account = joinedload(kind.account)
    parts = [
        lines.joinedload(TaskLine.vat),
        selectinload(kind.discounts).joinedload(DiscountLine.vat),
        selectinload(kind.post_tax_lines),
        selectinload(kind.vat_totals).joinedload(VatTotal.vat),
        selectinload(kind.deductions).joinedload(Deduction.vat),
        selectinload(kind.mentions),
        account.joinedload(CreditAccount.entity),
        account.joinedload(CreditAccount.company),
        joinedload(kind.expenses_vat),
        joinedload(kind.payment_conditions),
    ]
    if issubclass(kind, Invoice):
        parts.append(selectinload(kind.payments).selectinload(Payment.parts))
        parts.append(selectinload(kind.credit_notes))
    return parts


def objections(task: Task) -> Iterator[str]:
    """Yield what is wrong with the figures of a document."""
    found = totals.compute(document(task))
    if any(getattr(task, name) != getattr(found, name) for name in AMOUNTS):
        yield "its totals are not those of its lines"
    kept = [(one.vat_id, one.ht, one.tva, one.ttc) for one in task.vat_totals]
    if kept != [(one.vat.key, one.ht, one.tva, one.ttc) for one in found.by_rate]:
        yield "its amounts by rate of tax are not those of its lines"
    if any(
        sum((getattr(one, name) for one in task.vat_totals), ZERO)
        != getattr(task, name)
        for name in ("ht", "tva", "ttc")
    ):
        yield "its amounts by rate of tax do not add up to its totals"
    if isinstance(task, Invoice):
        yield from money_objections(task)


def money_objections(invoice: Invoice) -> Iterator[str]:
    """Yield what is wrong with what was paid and what is left."""
    for payment in invoice.payments:
        if sum((part.amount for part in payment.parts), ZERO) != payment.amount:
            yield f"the parts of payment {payment.id} do not add up to it"
    left = balance(invoice)
    if invoice.to_pay != left:
        yield "what is left to pay does not follow from its payments"
    if invoice.paid_status != expected_status(invoice, left):
        yield "its paid status does not follow from its payments"
    if invoice.awaited != awaited(invoice, left):
        yield "what lists say is to be paid is not what it awaits"


def awaited(invoice: Invoice, left: Decimal) -> Decimal:
    """Return what is asked for: nothing of a draft, or of what is settled or closed."""
    asks = is_valid(invoice) is None and invoice.paid_status != "resulted"
    return left if asks else ZERO


def expected_status(invoice: Invoice, left: Decimal) -> str:
    """Return the paid status the facts call for; before validation there is one."""
    if is_valid(invoice):
        return "waiting"
    return payments.paid_status(
        invoice.due,
        left,
        bool(invoice.payments or credits_of(invoice)),
        is_closed.holds(invoice),
    )
