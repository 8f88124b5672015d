"""From the values of a form to a document's parts, and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from endi_like import totals
from endi_like.models.contacts import CreditAccount
from endi_like.models.estimations import Estimation
from endi_like.models.options import Mention, PaymentConditions, VatRate
from endi_like.models.projects import Phase, Project
from endi_like.models.sales import (
    CancelInvoice,
    DiscountLine,
    Invoice,
    LineGroup,
    PostTaxLine,
    Task,
    TaskLine,
)
from endi_like.services import origins
from endi_like.services.estimations import schedule, schedule_of
from endi_like.services.naming import register
from endi_like.services.parts import merge, put_plain, read
from endi_like.services.sales import compute, rate, set_due_date
from endi_like.services.siblings import move

COMMON = (
    "date",
    "name",
    "workplace",
    "address",
    "mode",
    "display_units",
    "expenses_ht",
    "expenses_vat_id",
    "notes",
)
OWN: Mapping[type[Task], tuple[str, ...]] = {
    Invoice: ("payment_conditions_id", "due_date"),
    CancelInvoice: (),
    Estimation: ("payment_conditions_id", "valid_until", "deposit", "payment_display"),
}
"""What is written as it is: of all documents, and of each kind."""
GROUP = ("title", "description")
LINE = ("description", "cost", "quantity", "unit", "vat_id", "product")
DISCOUNT = ("description", "amount", "vat_id")
POST_TAX = ("label", "amount")


def values(task: Task) -> dict[str, Any]:
    """Return what a form on the document opens with."""
    scheduled = schedule_of(task) if isinstance(task, Estimation) else {}
    return {
        **{name: getattr(task, name) for name in (*COMMON, *OWN[type(task)])},
        **scheduled,
        "account_id": task.account_id,
        "project_id": task.project_id,
        "phase_id": task.phase_id,
        "groups": [
            {**read(group, GROUP), "lines": [read(line, LINE) for line in group.lines]}
            for group in task.groups
        ],
        "discounts": [read(one, DISCOUNT) for one in task.discounts],
        "post_tax_lines": [read(one, POST_TAX) for one in task.post_tax_lines],
        "mentions": [mention.id for mention in task.mentions],
    }


def write(db: Session, task: Task, data: Mapping[str, Any]) -> None:
    """Write the values of a form into a document, and compute it.

    A part keeps its row when its id is one of the document's own; what is not among
    the values goes.  An id of somewhere else makes a new row, and touches nothing.
    Raises ``WrongValues`` for what does not fit that of which the document was made.
    """
    origins.check(task, data)
    with db.no_autoflush:
        fill(db, task, data)


def fill(db: Session, task: Task, data: Mapping[str, Any]) -> None:
    """Write the values; nothing is flushed before the document is whole."""
    derived = derived_due_date(task)
    for name in (*COMMON, *OWN[type(task)]):
        setattr(task, name, data[name])
    task.account = db.get_one(CreditAccount, data["account_id"])
    place(db, task, data)
    register(db, task)
    task.groups = merge(task.groups, data["groups"], LineGroup, put_group)
    task.discounts = merge(
        task.discounts, discounts(db, data), DiscountLine, put_plain(DISCOUNT)
    )
    task.post_tax_lines = merge(
        task.post_tax_lines, data["post_tax_lines"], PostTaxLine, put_plain(POST_TAX)
    )
    wanted = list(data["mentions"])
    found = (
        db.scalars(sa.select(Mention).where(Mention.id.in_(wanted))) if wanted else ()
    )
    task.mentions = sorted(found, key=lambda mention: mention.position)
    load_rates(db, task)
    follow_conditions(db, task, derived)
    compute(task)
    if isinstance(task, Estimation):
        schedule(task, data["equal_parts"], data["instalments"])


def place(db: Session, task: Task, data: Mapping[str, Any]) -> None:
    """Put a document into the project and phase that were chosen, or leave it there."""
    if "project_id" not in data:
        return
    kept_in = data["project_id"], data["phase_id"]
    if kept_in == (task.project_id, task.phase_id):
        return
    project = db.get(Project, kept_in[0]) if kept_in[0] else None
    phase = db.get(Phase, kept_in[1]) if kept_in[1] else None
    move(db, task, project, phase)


def as_kept(db: Session, data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a form with what a document keeps worked out.

    That is the due date that follows from the conditions, and percentages as amounts.
    """
    kept = {**data, "discounts": discounts(db, data)}
    conditions_id = data.get("payment_conditions_id")
    if kept.get("due_date", data) is None and conditions_id is not None:
        conditions = db.get_one(PaymentConditions, conditions_id)
        kept["due_date"] = conditions.due_date(data["date"])
    return kept


def put_group(group: LineGroup, data: Mapping[str, Any]) -> None:
    """Write a group and its lines."""
    put_plain(GROUP)(group, data)
    group.lines = merge(group.lines, data["lines"], TaskLine, put_plain(LINE))


def load_rates(db: Session, task: Task) -> None:
    """Point every part at its rate, so that it can be computed."""
    parts: list[TaskLine | DiscountLine] = [*task.lines, *task.discounts]
    rates = find_rates(db, [*(part.vat_id for part in parts), task.expenses_vat_id])
    for part in parts:
        part.vat = rates.get(part.vat_id)
    task.expenses_vat = rates.get(task.expenses_vat_id)


def find_rates(db: Session, keys: Iterable[int | None]) -> dict[int | None, VatRate]:
    """Return the rates by id; those the form has offered are read already."""
    found = {key: db.get(VatRate, key) for key in set(keys) if key is not None}
    return {key: rate for key, rate in found.items() if rate}


def discounts(db: Session, data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the discounts with each percentage as one amount per rate."""
    priced = [line for group in data["groups"] for line in group["lines"]]
    rates = find_rates(db, [line["vat_id"] for line in priced])
    lines = [
        totals.Line(line["cost"], line["quantity"], rate(rates[line["vat_id"]]))
        for line in priced
        if line["vat_id"] in rates
    ]
    found: list[Mapping[str, Any]] = []
    for one in data["discounts"]:
        found += [one] if one["percent"] is None else shares(one, lines)
    return found


def shares(
    discount: Mapping[str, Any], lines: Sequence[totals.Line]
) -> list[Mapping[str, Any]]:
    """Return a percentage of the lines as amounts; nothing of nothing is left out."""
    found = totals.percent_discount([lines], discount["percent"])
    return [
        {
            "id": None,
            "description": discount["description"],
            "amount": share.amount,
            "vat_id": share.vat.key,
        }
        for share in found
        if share.amount != Decimal(0)
    ]


def derived_due_date(task: Task) -> dt.date | None:
    """Return the due date if it is what the conditions make of the date."""
    conditions = task.payment_conditions
    if conditions is None or conditions.due_date(task.date) != task.due_date:
        return None
    return task.due_date


def follow_conditions(db: Session, task: Task, derived: dt.date | None) -> None:
    """Move a due date that nobody agreed along with the conditions and the date."""
    if task.due_date == derived:
        task.due_date = None
    task.payment_conditions = (
        db.get(PaymentConditions, task.payment_conditions_id)
        if task.payment_conditions_id
        else None
    )
    if isinstance(task, Invoice):
        set_due_date(task)


def parts_of(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the values of every part."""
    yield from data["groups"]
    for group in data["groups"]:
        yield from group["lines"]
    yield from data["discounts"]
    yield from data["post_tax_lines"]
    yield from data.get("instalments", ())
