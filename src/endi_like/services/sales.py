"""What a sales document comes to, and what is derived from it at every save."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from sqlalchemy.orm import Session

from endi_like import totals
from endi_like.i18n import _
from endi_like.models.options import VatRate
from endi_like.models.organisation import Organisation
from endi_like.models.sales import Invoice, Task, VatTotal
from endi_like.money import MAX_TOTAL
from endi_like.naming import without_company
from endi_like.text import shadow
from endi_like.totals.compute import PRICES
from endi_like.workflow.errors import Refused

ZERO = Decimal(0)


def rate(vat: VatRate) -> totals.VatRate:
    """Return a stored rate as the arithmetic knows it."""
    return totals.VatRate(vat.id, vat.value)


def document(task: Task) -> totals.Document:
    """Return a task as the arithmetic knows it; lines without a rate do not count."""
    return totals.Document(
        mode="ttc" if task.mode == "ttc" else "ht",
        groups=tuple(
            tuple(
                totals.Line(line.cost, line.quantity, rate(line.vat))
                for line in group.lines
                if line.vat
            )
            for group in task.groups
        ),
        discounts=tuple(
            totals.Discount(one.amount, rate(one.vat)) for one in task.discounts
        ),
        expenses=(
            totals.Expenses(task.expenses_ht, rate(task.expenses_vat))
            if task.expenses_ht and task.expenses_vat
            else None
        ),
        post_tax=tuple(line.amount for line in task.post_tax_lines),
        deductions=tuple(
            totals.Deduction(rate(one.vat), one.ht, one.tva, one.ttc)
            for one in task.deductions
        ),
    )


def compute(task: Task) -> None:
    """Write the totals of a task, and what lists search and sort it by.

    Raises ``Refused`` for a total no database of ours could hold.
    """
    found = totals.compute(document(task))
    check_size(task, found)
    task.ht, task.tva, task.ttc, task.due = found.ht, found.tva, found.ttc, found.due
    stored = {total.vat_id: total for total in task.vat_totals}
    task.vat_totals = [
        put(stored.get(key(one)) or VatTotal(vat_id=key(one)), position, one)
        for position, one in enumerate(found.by_rate)
    ]
    if isinstance(task, Invoice):
        task.to_pay = task.due
    index(task)


def breakdown(task: Task) -> list[totals.RateTotal]:
    """Return the stored breakdown of a task, as the arithmetic knows it."""
    return [
        totals.RateTotal(rate(one.vat), one.ht, one.tva, one.ttc)
        for one in task.vat_totals
    ]


def check_size(task: Task, found: totals.Totals) -> None:
    """Refuse amounts that no list could add up; large ones may cancel each other."""
    amounts = [found.ttc, found.due, *(one.amount for one in task.discounts)]
    amounts += [amount for one in found.by_rate for amount in (one.ht, one.ttc)]
    if max(map(abs, amounts)) > MAX_TOTAL:
        raise Refused(_("The total is too large: look at prices and quantities."))


def line_by_line(task: Task) -> Decimal | None:
    """Return the total with tax that rounding each line would give, if it differs."""
    found = totals.compute(document(task))
    other = found.line_by_line.ttc
    return None if other == found.ttc else other


def amounts_of_lines(task: Task) -> list[list[totals.Amounts]]:
    """Return the amounts of each line, by group, as the page and printout show them."""
    price = PRICES["ttc" if task.mode == "ttc" else "ht"]
    return [
        [
            price(line.cost, line.quantity, line.vat.percent if line.vat else ZERO)
            for line in group.lines
        ]
        for group in task.groups
    ]


def key(total: totals.RateTotal) -> int:
    """Return the id of the stored rate, which the arithmetic only carries along."""
    return cast(int, total.vat.key)


def put(total: VatTotal, position: int, one: totals.RateTotal) -> VatTotal:
    """Write what a document comes to at one rate."""
    total.position = position
    total.ht, total.tva, total.ttc = one.ht, one.tva, one.ttc
    return total


def index(task: Task) -> None:
    """Write the text a list searches: numbers, subject and customer.

    Of the internal number the company is left out: it would find all of its documents.
    """
    internal = without_company(task.internal_number or "")
    task.search_key = shadow(
        task.official_number, task.name, task.account.name, internal
    )


def set_due_date(task: Task) -> None:
    """Follow the payment conditions, unless a due date was agreed."""
    if task.due_date is None and task.payment_conditions:
        task.due_date = task.payment_conditions.due_date(task.date)


def organisation(db: Session) -> Organisation:
    """Return the organisation that runs this installation."""
    return db.get_one(Organisation, 1)
