"""What the invoices of an estimation say: a part of it, or all less what was before."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from endi_like import totals
from endi_like.formats import percent
from endi_like.i18n import _
from endi_like.models.estimations import DEPOSIT, Estimation, PaymentDeadline
from endi_like.models.options import VatRate
from endi_like.models.sales import Invoice, LineGroup, Task, TaskLine
from endi_like.services.deductions import asked_by, in_order
from endi_like.services.documents import parts_of, values, write
from endi_like.services.estimations import beyond_taxed
from endi_like.services.naming import own_name, register
from endi_like.services.payments import credits_of
from endi_like.services.sales import breakdown, compute, document, set_due_date
from endi_like.translation import translator
from endi_like.workflow.errors import Refused

ZERO = Decimal(0)
KEPT = ("account", "address", "workplace", "notes", "project", "phase")
BEYOND = _(
    "With what was attached by hand, more than all of it would be invoiced: detach "
    "something first."
)


def fill_balance(
    db: Session,
    invoice: Invoice,
    estimation: Estimation,
    today: dt.date,
    *,
    makes_good: bool = False,
) -> None:
    """Write the content of the estimation, less what was invoiced of it.

    What was granted after all was invoiced is asked for by nothing that is invoiced
    again, but by a balance that ``makes_good`` whatever was taken back.
    """
    data = content(estimation, today)
    if estimation.is_invoiced:
        data["name"] = ""
    granted = [] if makes_good else estimation.granted
    counting = [task for task in invoiced(estimation) if task not in granted]
    settled = (row for task in counting for row in asked_by(task))
    invoice.deductions = in_order(settled)
    data["post_tax_lines"] = untaxed(data["post_tax_lines"], counting)
    write(db, invoice, data)


def untaxed(
    lines: list[dict[str, Any]], counting: Iterable[Task]
) -> list[dict[str, Any]]:
    """Return what is left of lines after tax, which no deduction of a rate holds.

    What was asked for under a label the estimation does not have is taken back.
    """
    asked: dict[str, Decimal] = defaultdict(Decimal)
    for task in counting:
        for one in task.post_tax_lines:
            asked[one.label] += one.amount
    left = [
        {**one, "amount": one["amount"] - asked.pop(one["label"], ZERO)}
        for one in lines
    ]
    left += [
        {"id": None, "label": label, "amount": -amount}
        for label, amount in asked.items()
    ]
    return [one for one in left if one["amount"]]


def content(estimation: Estimation, today: dt.date) -> dict[str, Any]:
    """Return what an invoice of today says that asks for all of an estimation."""
    data = values(estimation)
    for part in parts_of(data):
        part["id"] = None
    data["discounts"] = [{**one, "percent": None} for one in data["discounts"]]
    return data | {"name": own_name(estimation), "date": today, "due_date": None}


def fill_part(
    db: Session,
    invoice: Invoice,
    estimation: Estimation,
    deadline: PaymentDeadline,
    today: dt.date,
) -> None:
    """Write one line for each rate, which come to the amount of the deadline.

    It is no more than what is left; beside what was attached by hand, it is refused.
    """
    already = [one for task in invoiced(estimation) for one in breakdown(task)]
    by_hand = any(one.is_by_hand for one in estimation.living_invoices)
    if by_hand and estimation.exceeds(deadline.amount):
        raise Refused(BEYOND)
    amount = estimation.within(deadline.amount)
    whole = document(estimation)
    left = totals.compute(totals.balance(whole, already)).by_rate
    if more := beyond_taxed(amount, [one.ttc for one in left], estimation.way):
        raise Refused(
            _(
                "It would ask for ${amount} more than what is taxed. Invoice the "
                "estimation by progress if nothing of it is invoiced yet, or write it "
                "again with another schedule.",
                mapping={"amount": more},
            )
        )
    found = totals.part(whole, amount, already)
    description = deadline.label or described(estimation, deadline.kind)
    rates = {one.vat_id: one.vat for one in estimation.vat_totals}
    invoice.name, invoice.date, invoice.mode = deadline.label, today, found.mode
    invoice.display_units = False
    invoice.payment_conditions = estimation.payment_conditions
    invoice.payment_conditions_id = estimation.payment_conditions_id
    invoice.mentions = list(estimation.mentions)
    for name in KEPT:
        setattr(invoice, name, getattr(estimation, name))
    register(db, invoice)
    lines = [
        line(at, description, one, rates)
        for at, one in enumerate(part for group in found.groups for part in group)
    ]
    invoice.groups = [LineGroup(position=0, lines=lines)]
    set_due_date(invoice)
    compute(invoice)


def line(
    position: int, description: str, part: totals.Line, rates: dict[int, VatRate]
) -> TaskLine:
    """Return the line of one rate."""
    vat: Any = part.vat.key
    return TaskLine(
        position=position,
        description=description,
        cost=part.cost,
        quantity=part.quantity,
        vat_id=vat,
        vat=rates[vat],
    )


def described(estimation: Estimation, kind: str) -> str:
    """Return what the line of a part says, in the language of the customer."""
    translate = translator(estimation.account.entity.language)
    said = {"number": estimation.official_number}
    if kind == DEPOSIT:
        said["percent"] = percent(estimation.deposit, translate.locale)
        sentence = _("Deposit of ${percent} on estimation ${number}", mapping=said)
    else:
        sentence = _("Instalment of estimation ${number}", mapping=said)
    return translate(sentence)


def invoiced(estimation: Estimation) -> Iterator[Task]:
    """Yield the invoices of an estimation, each with its credit notes that count."""
    for invoice in estimation.living_invoices:
        yield invoice
        yield from credits_of(invoice)
