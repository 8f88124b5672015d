"""Declarative lists: columns, filters, sorting, paging by key, totals and export.

A grid is data.  ``Grid.run`` turns request parameters into one page of rows;
templates, exports, JSON and tests all read the same columns.  It selects columns,
not entities, and reads at most one page and the first thousand of what it counts, so
that a page costs the same whatever the table holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from itertools import count
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from endi_like.grids.counting import COUNTED, count_query
from endi_like.grids.page import Beside, Cursor, Page, Row, decode, edge, numbered, sums
from endi_like.grids.parts import Column, Filter, Reference
from endi_like.grids.queries import Window, asked, cut, known, page_query
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import Action

BATCH = 500
FIRST_NEED = 2  # after id and version


class Grid:
    """A list of one mapped class; subclass it and fill in the class variables.

    A list of several kinds of records names the expression that says of which
    ``kind`` a row is, and the class whose collection it is the list ``of``; what has
    to be read with rows that are picked is its ``loading``.  Its rows are ``printed``
    where they are documents.

    Grids of the same class, scope, sight and day are equal: they ask the same.
    """

    model: ClassVar[Any]
    of: ClassVar[Any] = None
    kind: ClassVar[Any] = None
    loading: ClassVar[tuple[Any, ...]] = ()
    title: ClassVar[str]
    columns: tuple[Column, ...] = ()
    filters: tuple[Filter, ...] = ()
    default_sort: ClassVar[str]
    bulk: ClassVar[tuple[Action, ...]] = ()
    printed: ClassVar[bool] = False
    views: ClassVar[tuple[tuple[str, dict[str, str]], ...]] = ()
    size: int = 80

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        self.scope = scope
        self.today = today
        self.sight = sight

    def __eq__(self, other: object) -> bool:
        """Tell whether another grid asks the same."""
        if type(self) is not type(other) or not isinstance(other, Grid):
            return False
        same = self.scope is other.scope and self.today == other.today
        return same and self.sight == other.sight

    def __hash__(self) -> int:
        """Return what equal grids have in common."""
        return hash((type(self), id(self.scope), self.today, self.sight))

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Return the query with the tables the columns read; override to join.

        A join neither adds nor removes rows, and no filter reads what it joins: what
        is counted goes without.
        """
        return query.select_from(self.model)

    @property
    def counted_in(self) -> Any:
        """Return the tables that are read to count; override where fewer will do."""
        return self.model

    @property
    def key(self) -> Any:
        """Return the id that breaks ties; from the same table as the usual order."""
        return self.model.id

    @property
    def limits(self) -> tuple[ColumnElement[bool], ...]:
        """Return what every row meets, whatever is filtered: the user may see it."""
        return (self.scope,)

    @property
    def turn(self) -> tuple[Any, ...]:
        """Return in which order picked rows come, for what is done to one by one."""
        return (self.model.id,)

    def counted_by(self, params: Mapping[str, str]) -> tuple[ColumnElement[Any], ...]:
        """Return the order of an index in which the first thousand are found at once.

        Without, a database may look for them where there are none.
        """
        return ()

    @cached_property
    def selected(self) -> list[Any]:
        """Return every expression a row needs, in order."""
        needs = [need for column in self.columns for need in column.needs]
        unders = [column.under for column in self.columns if column.under is not None]
        version = getattr(self.model, "version", None)
        first = [self.model.id, 0 if version is None else version]
        return [*first, *needs, *unders, *self.telling]

    @property
    def telling(self) -> list[Any]:
        """Return what says of which kind a row is, in a list of several."""
        return [] if self.kind is None else [self.kind]

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
        query = query.where(*self.limits)
        for one in self.filters:
            condition = one.where(params.get(one.name, "").strip())
            if condition is not None:
                query = query.where(condition)
        return query

    def query(self, params: Mapping[str, str], window: Window) -> Select[Any]:
        """Return the query of one window, with its sort key as last column."""
        key, descending = self.order(params)
        ids = [self.model.id, *self.telling]
        what = ids if window.ids_only else self.selected
        query = self.matching(params, self.joined(select(*what, key)))
        return cut(query, (key, self.key), window, descending=descending)

    def run(self, session: Session, params: Mapping[str, str]) -> Page:
        """Return the page the parameters ask for; nonsense means the first page."""
        params = known(self, params)
        cursor = decode(
            params.get("after") or params.get("before") or "", self.order(params)[0]
        )
        back = bool(params.get("before")) and cursor is not None
        skip = 0 if cursor else (numbered(params.get("page", "")) - 1) * self.size
        window = Window(self.size + 1, cursor is not None, back, skip=skip)
        rows = self._window(session, params, window, cursor)
        more = len(rows) > self.size
        rows = rows[: self.size]
        if back:
            rows.reverse()
        shown = [self._row(row) for row in rows]
        elsewhere = cursor or skip
        if more or elsewhere:
            found, totals = self.counted(session, params)
        else:
            found, totals = len(shown), sums(self.columns, shown)
        return Page(
            self,
            shown,
            found,
            totals,
            before=edge(rows[:1]) if (more if back else elsewhere) and rows else None,
            after=edge(rows[-1:]) if (back or more) and rows else None,
            params=params,
        )

    def first(self, session: Session, params: Mapping[str, str], size: int) -> Page:
        """Return the first rows alone: nothing is counted, and no page follows."""
        rows = self._window(session, params, Window(size), None)
        found = [self._row(row) for row in rows]
        return Page(self, found, len(found), None, None, None, known(self, params))

    def every(self, session: Session, params: Mapping[str, str]) -> Iterator[Row]:
        """Yield every matching row, a batch at a time: what an export writes.

        Close it, and the database's cursor is closed with it.
        """
        window = self.whole(session, params)
        query = page_query(self, asked(self, params), window)
        with session.execute(query.execution_options(yield_per=BATCH)) as rows:
            for row in rows:
                yield self._row(row)

    def whole(self, session: Session, params: Mapping[str, str]) -> Window:
        """Return the window of all rows; override where there are ways to choose."""
        return Window(0)

    def pick(self, session: Session, ids: Sequence[int]) -> Sequence[Any]:
        """Return the entities of these ids, as far as the user may view them."""
        query = select(self.model).where(*self.limits, self.model.id.in_(ids))
        query = query.options(*self.loading)
        return session.scalars(query.order_by(*self.turn)).unique().all()

    def within(self, session: Session, ids: Sequence[int]) -> Sequence[int]:
        """Return which of these ids the user may view, without loading anything."""
        query = select(self.model.id).where(*self.limits, self.model.id.in_(ids))
        return session.scalars(query.order_by(self.model.id)).unique().all()

    def pointing_at(self, reference: Reference, key: int) -> ColumnElement[bool]:
        """Return the condition that a row the user may view points at a record."""
        query = select(self.model.id).where(*self.limits, reference.pointing(key))
        return query.exists()

    def neighbours(
        self, session: Session, params: Mapping[str, str], node_id: int
    ) -> tuple[int | None, int | None]:
        """Return the ids before and after a record in the filtered, sorted list."""
        before, after = self.beside(session, params, node_id)
        return before and before.id, after and after.id

    def beside(
        self, session: Session, params: Mapping[str, str], node_id: int
    ) -> tuple[Beside | None, Beside | None]:
        """Return the records before and after one in the filtered, sorted list."""
        params = known(self, params)
        key, _descending = self.order(params)
        query = self.joined(select(key)).where(self.model.id == node_id)
        here = session.execute(query).first()
        if here is None:
            return None, None
        cursor = (here[0], node_id)
        found = (
            self._window(session, params, Window(1, True, back, True), cursor)
            for back in (True, False)
        )
        before, after = (self._named(rows[0]) if rows else None for rows in found)
        return before, after

    def _named(self, row: Any) -> Beside:
        return Beside(row[0], "" if self.kind is None else row[1])

    def counted(
        self, session: Session, params: Mapping[str, str]
    ) -> tuple[int, dict[str, Decimal] | None]:
        """Count and add up in one statement, no further than ``COUNTED`` + 1 rows."""
        query = count_query(self, asked(self, params))
        found, *totals = session.connection().execute(query).one()
        if found > COUNTED:
            return found, None
        names = (column.name for column in self.columns if column.total)
        return found, dict(zip(names, totals, strict=True))

    def order(self, params: Mapping[str, str]) -> tuple[Any, bool]:
        """Return what the rows are sorted by, and whether downwards."""
        wish = params.get("sort", "")
        sortable = {c.name: c.sort for c in self.columns if c.sort is not None}
        name = wish if wish.removeprefix("-") in sortable else self.default_sort
        return sortable[name.removeprefix("-")], name.startswith("-")

    def _window(
        self,
        session: Session,
        params: Mapping[str, str],
        window: Window,
        cursor: Cursor | None,
    ) -> list[Any]:
        query = page_query(self, asked(self, params), window)
        place = {"place": cursor[0], "place_id": cursor[1]} if cursor else {}
        return list(session.connection().execute(query, place).all())

    def _row(self, row: Any) -> Row:
        values = [
            row[start] if show is None else show(*row[start:end])
            for show, start, end in self.reading
        ]
        under = [None if at is None else row[at] for at in self.reading_under]
        kind = "" if self.kind is None else row[-2]
        return Row(row[0], row[1], values, under, kind=kind)
