"""Declarative lists: columns, filters, sorting, paging by key, totals and export.

A grid is data.  ``Grid.run`` turns request parameters into one page of rows;
templates, exports, JSON and tests all read the same columns.  It selects columns,
not entities, and reads at most one page and the first thousand of what it counts, so
that a page costs the same whatever the table holds.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import count
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_
from sqlalchemy.orm import Session

from endi_like.grids.parts import Column, Filter
from endi_like.workflow.core import Action

COUNTED = 1000
BATCH = 500
FIRST_NEED = 2  # after id and version


class Row(NamedTuple):
    """One row of a page: which record, and a value for each column."""

    id: int
    version: int
    values: list[Any]
    under: list[Any]


@dataclass(frozen=True)
class Page:
    """One page of a grid, ready to render.

    ``count`` stops above ``COUNTED``; then ``totals`` of all rows are left out.
    """

    grid: Grid
    rows: list[Row]
    count: int
    totals: dict[str, Decimal] | None
    before: str | None
    after: str | None
    params: Mapping[str, str]

    @property
    def complete(self) -> bool:
        """Tell whether all matching rows were counted."""
        return self.count <= COUNTED

    def page_totals(self) -> dict[str, Decimal]:
        """Return the sums of the rows shown."""
        indexed = enumerate(self.grid.columns)
        return {
            column.name: sum((row.values[at] for row in self.rows), Decimal(0))
            for at, column in indexed
            if column.total
        }

    def query(self, **changes: str) -> dict[str, str]:
        """Return the URL parameters of this page with some changed, from its start."""
        kept = {k: v for k, v in self.params.items() if k not in ("after", "before")}
        return {k: v for k, v in {**kept, **changes}.items() if v}

    def sort_query(self, column: Column) -> dict[str, str]:
        """Return the parameters that sort by the column, or flip it."""
        current = self.params.get("sort") or self.grid.default_sort
        flip = current == column.name
        return self.query(sort=f"-{column.name}" if flip else column.name)

    def sorted_by(self, column: Column) -> str | None:
        """Return how the page is sorted by the column, as ARIA says it."""
        current = self.params.get("sort") or self.grid.default_sort
        directions = {column.name: "ascending", f"-{column.name}": "descending"}
        return directions.get(current)


class Grid:
    """A list of one mapped class; subclass it and fill in the class variables."""

    model: ClassVar[Any]
    title: ClassVar[str]
    columns: ClassVar[tuple[Column, ...]]
    filters: ClassVar[tuple[Filter, ...]] = ()
    default_sort: ClassVar[str]
    bulk: ClassVar[tuple[Action, ...]] = ()
    views: ClassVar[tuple[tuple[str, dict[str, str]], ...]] = ()
    size: int = 80

    def __init__(self, scope: ColumnElement[bool], today: dt.date) -> None:
        self.scope = scope
        self.today = today

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Return the query with the tables the columns read; override to join.

        A join neither adds nor removes rows: what is counted goes without.
        """
        return query.select_from(self.model)

    @property
    def key(self) -> Any:
        """Return the id that breaks ties; from the same table as the usual order."""
        return self.model.id

    @cached_property
    def selected(self) -> list[Any]:
        """Return every expression a row needs, in order."""
        needs = [need for column in self.columns for need in column.needs]
        unders = [column.under for column in self.columns if column.under is not None]
        version = getattr(self.model, "version", None)
        return [self.model.id, 0 if version is None else version, *needs, *unders]

    @cached_property
    def reading(self) -> list[tuple[Callable[..., Any] | None, int, int]]:
        """Return for each column how its value is made, and of which expressions."""
        found, at = [], FIRST_NEED
        for column in self.columns:
            found.append((column.show, at, at := at + len(column.needs)))
        return found

    @cached_property
    def reading_under(self) -> list[int | None]:
        """Return for each column where its second text is, if it has one."""
        places = count(FIRST_NEED + sum(len(column.needs) for column in self.columns))
        return [None if one.under is None else next(places) for one in self.columns]

    def matching(self, params: Mapping[str, str], query: Select[Any]) -> Select[Any]:
        """Return the query of the rows the user may see and the filters leave."""
        query = query.where(self.scope)
        for one in self.filters:
            condition = one.where(params.get(one.name, "").strip())
            if condition is not None:
                query = query.where(condition)
        return query

    def run(self, session: Session, params: Mapping[str, str]) -> Page:
        """Return the page the parameters ask for; nonsense means the first page."""
        params = known(self, params)
        key, descending = self._order(params)
        cursor = decode(params.get("after") or params.get("before") or "", key)
        back = bool(params.get("before")) and cursor is not None
        rows = self._window(session, params, cursor, back)
        more = len(rows) > self.size
        rows = rows[: self.size]
        if back:
            rows.reverse()
        found, totals = self.counted(session, params)
        return Page(
            self,
            [self._row(row) for row in rows],
            found,
            totals,
            before=edge(rows[:1]) if (more if back else cursor) and rows else None,
            after=edge(rows[-1:]) if (back or more) and rows else None,
            params=params,
        )

    def every(self, session: Session, params: Mapping[str, str]) -> Iterator[Row]:
        """Yield every matching row, a batch at a time: what an export writes."""
        key, descending = self._order(params)
        order = (
            (key.desc(), self.key.desc()) if descending else (key.asc(), self.key.asc())
        )
        asked = self.joined(select(*self.selected, key))
        query = self.matching(known(self, params), asked).order_by(*order)
        for row in session.execute(query.execution_options(yield_per=BATCH)):
            yield self._row(row)

    def pick(self, session: Session, ids: Sequence[int]) -> Sequence[Any]:
        """Return the entities of these ids, as far as the user may view them."""
        query = select(self.model).where(self.scope, self.model.id.in_(ids))
        return session.scalars(query.order_by(self.model.id)).unique().all()

    def neighbours(
        self, session: Session, params: Mapping[str, str], node_id: int
    ) -> tuple[int | None, int | None]:
        """Return the ids before and after a record in the filtered, sorted list."""
        params = known(self, params)
        key, descending = self._order(params)
        here = session.execute(
            self.joined(select(key)).where(self.model.id == node_id)
        ).first()
        if here is None:
            return None, None
        cursor = (here[0], node_id)
        found = (
            self._window(session, params, cursor, back, self.model.id, limit=1)
            for back in (True, False)
        )
        before, after = (rows[0][0] if rows else None for rows in found)
        return before, after

    def _window(
        self,
        session: Session,
        params: Mapping[str, str],
        cursor: tuple[Any, int] | None,
        back: bool,
        *what: Any,
        limit: int = 0,
    ) -> list[Any]:
        key, descending = self._order(params)
        query = self.matching(
            params, self.joined(select(*(what or self.selected), key))
        )
        downwards = descending != back
        if cursor:
            place = tuple_(key, self.key)
            bound = tuple_(literal(cursor[0], key.type), literal(cursor[1]))
            query = query.where(place < bound if downwards else place > bound)
        order = (key, self.key)
        query = query.order_by(*(o.desc() if downwards else o.asc() for o in order))
        return list(session.execute(query.limit(limit or self.size + 1)))

    def counted(
        self, session: Session, params: Mapping[str, str]
    ) -> tuple[int, dict[str, Decimal] | None]:
        """Count and add up in one statement, no further than ``COUNTED`` + 1 rows."""
        summed = [column for column in self.columns if column.total]
        what = [c.needs[0].label(c.name) for c in summed] or [self.model.id]
        asked = select(*what).select_from(self.model)
        some = self.matching(params, asked).limit(COUNTED + 1).subquery()
        sums = [func.coalesce(func.sum(some.c[column.name]), 0) for column in summed]
        query = select(func.count(), *sums).select_from(some)
        found, *totals = session.execute(query).one()
        if found > COUNTED:
            return found, None
        return found, {c.name: t for c, t in zip(summed, totals, strict=True)}

    def _row(self, row: Any) -> Row:
        values = [
            row[start] if show is None else show(*row[start:end])
            for show, start, end in self.reading
        ]
        under = [None if at is None else row[at] for at in self.reading_under]
        return Row(row[0], row[1], values, under)

    def _order(self, params: Mapping[str, str]) -> tuple[Any, bool]:
        asked = params.get("sort", "")
        sortable = {c.name: c.sort for c in self.columns if c.sort is not None}
        name = asked if asked.removeprefix("-") in sortable else self.default_sort
        return sortable[name.removeprefix("-")], name.startswith("-")


def known(grid: Grid, params: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters a grid understands, those that say something."""
    names = {"sort", "after", "before", *(one.name for one in grid.filters)}
    return {k: v for k, v in params.items() if k in names and v.strip()}


def edge(rows: Sequence[Any]) -> str:
    """Return the cursor of a row: its sort key, which was selected last, and id."""
    key = rows[0][-1]
    plain = str(key) if isinstance(key, Decimal | dt.date) else key
    raw = json.dumps([plain, rows[0][0]]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str, key: Any) -> tuple[Any, int] | None:
    """Return sort key and id of a cursor; nothing for what is none."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        value, node_id = json.loads(raw)
        if type(node_id) is not int or not isinstance(value, str | int | bool):
            return None
        kind = key.type.python_type
        if kind is dt.date:
            value = dt.date.fromisoformat(value)
        elif kind is Decimal:
            value = Decimal(value)
        return (value, node_id) if isinstance(value, kind) else None
    except (ValueError, TypeError, ArithmeticError):
        return None
