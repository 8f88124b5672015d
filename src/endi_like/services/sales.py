"""What happens to sales documents beyond a change of state."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like import totals
from endi_like.clock import day_of
from endi_like.i18n import _
from endi_like.models.options import VatRate
from endi_like.models.organisation import Organisation
from endi_like.models.people import Company
from endi_like.models.sales import Invoice, Task, VatTotal
from endi_like.money import MAX_TOTAL
from endi_like.services.jobs import enqueue
from endi_like.services.numbering import Numbering
from endi_like.services.payments import settle
from endi_like.services.transitions import Effects, Transitions
from endi_like.text import shadow
from endi_like.totals.compute import PRICES
from endi_like.workflow.core import Change
from endi_like.workflow.errors import Refused

DIGITS = re.compile(r"\d+")
LONGEST_NUMBER = 12
PRINT_JOB = "print_invoice"
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
    """Write the text a list searches: number, subject and customer."""
    task.search_key = shadow(task.official_number, task.name, task.account.sort_name)


def set_due_date(task: Task) -> None:
    """Follow the payment conditions, unless a due date was agreed."""
    if task.due_date is None and task.payment_conditions:
        task.due_date = task.payment_conditions.due_date(task.date)


def organisation(db: Session) -> Organisation:
    """Return the organisation that runs this installation."""
    return db.get_one(Organisation, 1)


def number_key(number: str) -> str:
    """Return what sorts official numbers by their figures: 99 comes before 100."""
    return DIGITS.sub(lambda found: found[0].zfill(LONGEST_NUMBER), number)


def is_taken(db: Session, number: str) -> bool:
    """Tell whether a document has this number; nothing is flushed before."""
    asked = select(Task.__table__.c.id).where(
        Task.__table__.c.official_number == number
    )
    return db.connection().execute(asked.limit(1)).first() is not None


def taken(number: str) -> str:
    """Return the sentence about a number that cannot be given again."""
    return _(
        "The number ${number} is taken already: an administrator has to change the "
        "template of the numbers.",
        mapping={"number": number},
    )


def assign_number(task: Task, change: Change, transitions: Transitions) -> None:
    """Give the next official number; the counter stays locked until the commit.

    Refused when the document is dated after today, or before the last one that got a
    number of the same series: the order of numbers is the order of dates.  Refused
    as well when another template has given the same number already.
    """
    own = organisation(transitions.db)
    company = transitions.db.get_one(Company, task.company_id)
    if task.date > (today := day_of(change.at, own.time_zone)):
        raise Refused(
            _(
                "It is dated ${date}, after today, ${today}.",
                mapping={"date": task.date, "today": today},
            )
        )

    def check(number: str) -> None:
        if is_taken(transitions.db, number):
            raise Refused(taken(number))

    number = Numbering(transitions.db).draw(
        own.invoice_number_template,
        on=task.date,
        company_id=company.id,
        ana=company.code,
        check=check,
    )
    task.official_number, task.number_key = number, number_key(number)
    index(task)


def freeze(task: Task, _change: Change, _transitions: Transitions) -> None:
    """Fix what would otherwise follow other records: the address, the due date."""
    set_due_date(task)
    if not task.address:
        task.address = "\n".join(task.account.entity.postal_lines)


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
    (Invoice, "validate"): (freeze, assign_number, print_soon, settle_at_once),
    (Invoice, "close"): (settle_at_once,),
    (Invoice, "undo_close"): (settle_at_once,),
}
