"""To collect, by age: what customers owe, and for how long it has been late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from endi_like.grids.sales.invoices import AWAITS_PAYMENT
from endi_like.i18n import _
from endi_like.models.sales import Task

TASK = Task.__table__.c
LABELS = (
    _("Not due yet"),
    _("Up to 30 days late"),
    _("31 to 60 days late"),
    _("61 to 90 days late"),
    _("More than 90 days late"),
)
BOUNDS = (0, 30, 60, 90)
"""After so many days past the due date begins the next age."""


@dataclass(frozen=True)
class Age:
    """What is owed of one age: how many invoices, what they come to."""

    label: str
    count: int
    amount: Decimal
    is_late: bool


@dataclass(frozen=True)
class Ages:
    """What is owed in all, and of each age."""

    ages: Sequence[Age]

    @property
    def total(self) -> Decimal:
        """Return what is owed in all."""
        return sum((age.amount for age in self.ages), Decimal(0))

    @property
    def count(self) -> int:
        """Return how many invoices are unpaid."""
        return sum(age.count for age in self.ages)

    def share(self, age: Age) -> float:
        """Return how much of the total an age is, in percent."""
        return float(age.amount * 100 / self.total) if self.total > 0 else 0


def ages(db: Session, companies: Sequence[int] | None, today: dt.date) -> Ages:
    """Return what is owed to some companies; ``None`` stands for all of them."""
    age = age_of(today).label("age")
    query = (
        select(age, func.count(), func.sum(TASK.awaited))
        .select_from(Task.__table__)
        .where(AWAITS_PAYMENT, TASK.deleted_at.is_(None))
        .group_by(age)
    )
    if companies is not None:
        query = query.where(TASK.company_id.in_(companies))
    found = {n: (count, amount) for n, count, amount in db.connection().execute(query)}
    return Ages(
        [
            Age(label, *found.get(number, (0, Decimal(0))), is_late=number > 0)
            for number, label in enumerate(LABELS)
        ]
    )


def age_of(today: dt.date) -> ColumnElement[int]:
    """Return the number of the age of an invoice, counted from the youngest."""
    since: Any = TASK.due_date
    whens = [
        (since >= today - dt.timedelta(days=days), number)
        for number, days in enumerate(BOUNDS)
    ]
    return case((since.is_(None), 0), *whens, else_=len(BOUNDS))
