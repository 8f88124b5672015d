"""Credit notes: what they take back of an invoice, and how they are begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

from sqlalchemy import select, union_all
from sqlalchemy.orm import Session

from endi_like import totals
from endi_like.models.options import VatRate
from endi_like.models.sales import (
    CancelInvoice,
    Deduction,
    Invoice,
    LineGroup,
    PostTaxLine,
    TaskLine,
)
from endi_like.services.deductions import asked_by, deduction, in_order
from endi_like.services.naming import own_name, register
from endi_like.services.payments import credits_of
from endi_like.services.sales import compute, document, key, rate
from endi_like.workflow.errors import Refused
from endi_like.workflow.payment import is_creditable

COPIED = (
    "account",
    "address",
    "workplace",
    "mode",
    "display_units",
    "expenses_vat",
    "project",
    "phase",
    "business",
)


def concerned(db: Session, keys: Iterable[int]) -> dict[int, int | None]:
    """Return invoices by their ids, each with the id of its estimation.

    They are those among documents, and those that credit notes among these take back.
    """
    wanted = list(keys)
    own, notes = Invoice.__table__.c, CancelInvoice.__table__.c
    query = select(own.id, own.estimation_id)
    # one after the other: of both at once PostgreSQL would look at every invoice
    found = db.execute(
        union_all(
            query.where(own.id.in_(wanted)),
            query.where(own.id == notes.invoice_id, notes.id.in_(wanted)),
        )
    )
    return {one.id: one.estimation_id for one in found}


def credit_note_of(
    db: Session, invoice: Invoice, today: dt.date, *, whole: bool
) -> CancelInvoice:
    """Return the draft of a credit note of today for an invoice; it is not added yet.

    The ``whole`` of it takes back what is left to pay: what was paid or credited is
    deducted, so that invoice, payments and credit notes come to nothing.  Otherwise
    its lines are those of the invoice, to be taken out or made smaller.  Raises
    ``Refused`` when nothing is left (reference §3, gencinv).
    """
    if reason := is_creditable(invoice):
        raise Refused(reason)
    note = CancelInvoice(company_id=invoice.company_id, date=max(today, invoice.date))
    with db.no_autoflush:
        for name in COPIED:
            setattr(note, name, getattr(invoice, name))
        note.invoice, note.name = invoice, own_name(invoice)
        register(db, note)
        note.expenses_ht = -invoice.expenses_ht
        note.groups = list(opposite_groups(invoice))
        note.post_tax_lines = [
            PostTaxLine(position=at, label=one.label, amount=-one.amount)
            for at, one in enumerate(invoice.post_tax_lines)
        ]
        note.deductions = deducted(invoice) if whole else []
        compute(note)
    return note


def opposite_groups(invoice: Invoice) -> Iterator[LineGroup]:
    """Yield the groups of an invoice with the other sign, then what was taken off."""
    for at, group in enumerate(invoice.groups):
        lines = [
            line_of(n, line.description, -line.cost, line.vat, line)
            for n, line in enumerate(group.lines)
        ]
        yield LineGroup(
            position=at, title=group.title, description=group.description, lines=lines
        )
    if invoice.discounts:
        lines = [
            line_of(n, one.description, one.amount, one.vat)
            for n, one in enumerate(invoice.discounts)
        ]
        yield LineGroup(position=len(invoice.groups), title="", lines=lines)


def line_of(
    position: int,
    description: str,
    cost: Decimal,
    vat: VatRate | None,
    of: TaskLine | None = None,
) -> TaskLine:
    """Return a line of the credit note, of as much as the one of the invoice."""
    return TaskLine(
        position=position,
        description=description or "–",
        cost=cost,
        quantity=of.quantity if of else Decimal(1),
        unit=of.unit if of else "",
        vat=vat,
        vat_id=vat.id if vat else None,
        product=of.product if of else "",
    )


def deducted(invoice: Invoice) -> list[Deduction]:
    """Return what of an invoice is not taken back, as it is paid or credited.

    What was invoiced before it was not asked for by it either.
    """
    parts = [
        (payment, rate(part.vat), part.amount)
        for payment in invoice.payments
        for part in payment.parts
    ]
    note = totals.credit_note(document(invoice), [part[1:] for part in parts])
    of_invoice = note.deductions[: len(invoice.deductions)]
    of_payments = note.deductions[len(invoice.deductions) :]
    rates = {one.vat_id: one.vat for one in invoice.vat_totals}
    found = [
        deduction(one, was.vat, was.caption, was.date, was.source)
        for was, one in zip(invoice.deductions, of_invoice, strict=True)
    ]
    found += [
        deduction(one, rates[key(one)], payment.mode.label, payment.date)
        for (payment, *_part), one in zip(parts, of_payments, strict=True)
    ]
    for credit in credits_of(invoice):
        found += asked_by(credit)
    return in_order(found)
