"""To collect, by age: what customers owe, and for how long it has been late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union_all
from sqlalchemy.orm import Session

from endi_like.grids.counting import in_full
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


MOST = 1000
"""Of each age so many are added up: who owes more invoices wants a list, not a sum."""


@dataclass(frozen=True)
class Age:
    """What is owed of one age: how many invoices, what they come to.

    ``more`` says that there are more than were counted; what they come to is not known.
    """

    label: str
    count: int
    amount: Decimal
    is_late: bool
    more: bool


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

    @property
    def more(self) -> bool:
        """Tell whether there are more than were counted."""
        return any(age.more for age in self.ages)

    def share(self, age: Age) -> float:
        """Return how much of the total an age is, in percent."""
        return float(age.amount * 100 / self.total) if self.total > 0 else 0


def ages(db: Session, companies: Sequence[int] | None, today: dt.date) -> Ages:
    """Return what is owed to some companies; ``None`` stands for all of them."""
    conditions = enumerate(spans(today))
    queries = [of_age(number, between, companies) for number, between in conditions]
    rows = db.connection().execute(union_all(*queries).order_by("age")).all()
    return Ages(
        [
            Age(label, min(row.n, MOST), row.amount, row.age > 0, row.n > MOST)
            for label, row in zip(LABELS, rows, strict=True)
        ]
    )


def spans(today: dt.date) -> list[ColumnElement[bool]]:
    """Return the condition of each age: the youngest first."""
    ends = [today - dt.timedelta(days=days) for days in BOUNDS]
    later = [
        and_(TASK.due_date >= end, TASK.due_date < end_before)
        for end_before, end in pairwise(ends)
    ]
    return [TASK.due_date >= ends[0], *later, TASK.due_date < ends[-1]]


def of_age(
    number: int, between: ColumnElement[bool], companies: Sequence[int] | None
) -> Select[Any]:
    """Return the query of what is owed of one age."""
    query = select(TASK.awaited).where(
        AWAITS_PAYMENT, TASK.deleted_at.is_(None), between
    )
    if companies is not None:
        query = query.where(TASK.company_id.in_(companies))
    rows = query.order_by(TASK.due_date).limit(in_full(MOST + 1)).subquery()
    amount = func.coalesce(func.sum(rows.c.awaited), 0, type_=TASK.awaited.type)
    return select(
        in_full(number).label("age"), func.count().label("n"), amount.label("amount")
    ).select_from(rows)
