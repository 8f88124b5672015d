"""What lists of projects, businesses and customers ask of the documents of each row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select

from endi_like.grids.core import Grid
from endi_like.grids.parts import Bound, Filter, Tick
from endi_like.i18n import _
from endi_like.models.sales import Task
from endi_like.models.types import Money

HELD = Task.__table__.alias("held")
NOTHING = literal(Decimal(0), Money)


class OfDocument(Bound):
    """One end of a range in which a document of the row has to be.

    All that is asked for holds of one document: ``HoldingGrid`` puts it together.
    """

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Leave it to the list, which knows what else is asked for."""
        return None

    def of_one(self, raw: str) -> ColumnElement[bool] | None:
        """Match documents on the right side of the bound."""
        return super().where(raw)


BOUNDS = (
    OfDocument("from", _("Documents from"), HELD.c.date, "day", least=True),
    OfDocument("to", _("Documents until"), HELD.c.date, "day", least=False),
    OfDocument("min", _("Total from"), HELD.c.ttc, "money", least=True),
    OfDocument("max", _("Total to"), HELD.c.ttc, "money", least=False),
)


class HoldingGrid(Grid):
    """A list whose rows are found by documents: of a period, an amount, unpaid, late.

    ``kept_in`` is the column of a document that says whose it is, such as
    ``business_id``; ``owner`` the id it holds.
    """

    kept_in: ClassVar[str]
    owner: ClassVar[Any]

    def by_documents(self) -> tuple[Filter, ...]:
        """Return the filters."""
        late = HELD.c.due_date < self.today
        return (
            *BOUNDS,
            Tick("unpaid", _("To be paid only"), self.unpaid),
            Tick("late", _("Late only"), lambda: self.unpaid(late)),
        )

    def matching(self, params: Mapping[str, str], query: Select[Any]) -> Select[Any]:
        """Leave rows of which one document is as asked."""
        query = super().matching(params, query)
        found = [one.of_one(params.get(one.name, "").strip()) for one in BOUNDS]
        asked = [condition for condition in found if condition is not None]
        return query.where(self.having(*asked)) if asked else query

    def having(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """Return the condition that a row has such a document."""
        there = HELD.c[self.kept_in] == self.owner, HELD.c.deleted_at.is_(None)
        found: Select[Any] = select(literal_column("1")).where(*there, *conditions)
        return found.correlate(self.owner.table).exists()

    def unpaid(self, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        """Match rows of which a document is to be paid: those are few, and first."""
        awaited = HELD.c.awaited > NOTHING, HELD.c.deleted_at.is_(None)
        rows = select(HELD.c[self.kept_in]).where(*awaited, *conditions)
        found: ColumnElement[bool] = self.owner.in_(rows)
        return found


def listed(named: Select[Any]) -> Any:
    """Return the names a query finds as one text."""
    names = named.subquery("named")
    text = func.aggregate_strings(names.c.name, ", ")
    return select(func.coalesce(text, "")).scalar_subquery()
