"""What lists of projects, businesses and customers ask of the documents of each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select

from endi_like.grids.parts import Bound, Filter, Tick
from endi_like.i18n import _
from endi_like.models.sales import Task
from endi_like.models.types import Money

HELD = Task.__table__.alias("held")
NOTHING = literal(Decimal(0), Money)


@dataclass(frozen=True)
class HeldBound(Bound):
    """One end of a period: rows that have a document on that side of it.

    Both ends together leave what has begun before the period ends, and ends after it
    begins.  ``having`` says of which rows a document is.
    """

    having: Callable[[ColumnElement[bool]], ColumnElement[bool]] | None = None

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Match rows with a document on the right side of the bound."""
        found = super().where(raw)
        return None if found is None or self.having is None else self.having(found)


def filters_of_held(kept_in: str, owner: Any, today: dt.date) -> tuple[Filter, ...]:
    """Return the filters by documents: of a period, unpaid, late.

    ``kept_in`` is the column that says whose they are: ``business_id``; ``owner`` the
    id it holds.
    """

    def having(condition: ColumnElement[bool]) -> ColumnElement[bool]:
        there = HELD.c[kept_in] == owner, HELD.c.deleted_at.is_(None)
        found: Select[Any] = select(literal_column("1")).where(*there, condition)
        return found.correlate(owner.table).exists()

    def unpaid(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        awaited = HELD.c.awaited > NOTHING, HELD.c.deleted_at.is_(None)
        found: ColumnElement[bool] = owner.in_(
            select(HELD.c[kept_in]).where(*awaited, *conditions)
        )
        return found

    date = HELD.c.date
    return (
        HeldBound("from", _("Documents from"), date, "day", least=True, having=having),
        HeldBound("to", _("Documents until"), date, "day", least=False, having=having),
        Tick("unpaid", _("To be paid only"), unpaid),
        Tick("late", _("Late only"), lambda: unpaid(HELD.c.due_date < today)),
    )


def listed(named: Select[Any]) -> Any:
    """Return the names a query finds as one text."""
    names = named.subquery("named")
    text = func.aggregate_strings(names.c.name, ", ")
    return select(func.coalesce(text, "")).scalar_subquery()
