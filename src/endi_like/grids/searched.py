"""Lists of the directory: the fields of the search, and the way that is fast.

There may be a million entities, and what is asked may fit all of them or none.  So
first it is looked how many each field finds, as far as an index knows.  If one finds
few, these are looked at and sorted.  Else the list is gone through in its order: what
is frequent soon fills a page.  Where it does not, because what is found is elsewhere in
the order, or meets the other fields rarely, the field that finds the fewest leads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, func, select, true, tuple_
from sqlalchemy.orm import Session

from endi_like.grids.core import Grid
from endi_like.grids.counting import COUNTED, KEPT_QUERIES, Asked, in_full
from endi_like.grids.page import Cursor
from endi_like.grids.queries import Window, asked, cut
from endi_like.services.contacts.search.fields import FIELDS, Field, criteria, own
from endi_like.services.contacts.search.sources import ENTITY, Criterion

FAR = 10_000
FAR_IN_ROW = 25_000
FAR_IN_TEXTS = 1_000
"""So far candidates are counted, and so many are looked at and sorted: more, where no
other table leads to them; fewer, where to count them is to read them."""

SAMPLE = 2 * COUNTED
LOOKED_AT = 160
LOOKED_BESIDE = 100
"""So many rows of a list are looked at for each that is to be shown; fewer, where
other tables are asked of each."""


@dataclass(frozen=True)
class Lookup:
    """A field of the search as a filter of a list; the page knows its choices."""

    of: Field
    choices: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        """Return what the parameter is called."""
        return self.of.name

    @property
    def label(self) -> str:
        """Return how the field is called."""
        return self.of.label

    @property
    def kind(self) -> str:
        """Return which kind of field the page shows."""
        return self.of.kind

    @property
    def told(self) -> str:
        """Return how the field matches, in words."""
        return self.of.told

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Tell whether something is asked; what, only all fields together say."""
        return None if self.of.criterion(raw) is None else true()


class SearchedGrid(Grid):
    """A list with a row for each entity, or for each of something entities have."""

    rows: ClassVar[Any] = ENTITY
    """The table with a row for each row of the list, joined to that of entities."""

    filters: tuple[Any, ...] = tuple(Lookup(one) for one in FIELDS)
    size = 50

    @cached_property
    def counted_already(self) -> dict[Asked, int]:
        """Return how many rows there are, where the query of a page has told it."""
        return {}

    @cached_property
    def sizes_known(self) -> dict[Asked, Mapping[str, int]]:
        """Return how many rows each criterion finds, as far as that was asked."""
        return {}

    def criteria(self, params: Mapping[str, str]) -> list[Criterion]:
        """Return all that is asked, and what leads to all that one may see."""
        return [*criteria(params), *own(self.sight)]

    def conditions(
        self, params: Mapping[str, str], lead: str
    ) -> list[ColumnElement[bool]]:
        """Return the conditions of the rows one may see that meet what is asked.

        What the lead asks, its candidates meet.
        """
        asked_for = (one for one in criteria(params) if one.name != lead)
        found = (one.condition(ENTITY.c.id, self.sight) for one in asked_for)
        return [self.scope, ENTITY.c.deleted_at.is_(None), *found]

    def listed(self, lead: Any = None) -> Any:
        """Return the tables the rows are found in; ``lead`` are ids to begin with."""
        if lead is None:
            return ENTITY
        return lead.join(ENTITY, ENTITY.c.id == lead.c.id)

    def found(
        self, params: Mapping[str, str], window: Window, *what: Any
    ) -> Select[Any]:
        """Return the query of the rows that meet what is asked, in no order."""
        lead = self.ids(params, window) if window.lead else None
        query = select(*what).select_from(self.listed(lead))
        return query.where(*self.conditions(params, window.lead))

    def ids(self, params: Mapping[str, str], window: Window) -> Any:
        """Return the ids of the entities that one criterion finds, each once."""
        leading = next(c for c in self.criteria(params) if c.name == window.lead)
        found = leading.candidates(self.sight, window.dialect).subquery()
        ids = found
        if window.within:
            ids = select(found.c.id).limit(in_full(window.within)).subquery()
        once = select(ids.c.id) if leading.single else select(ids.c.id).distinct()
        return once.subquery("lead")

    def query(self, params: Mapping[str, str], window: Window) -> Select[Any]:
        """Return the query of one window: its ids first, then what is shown of them."""
        key, descending = self.order(params)
        query = self.found(params, window, self.key.label("id"), key.label("place"))
        order = (key, self.key)
        if window.lead:
            # all of them, whatever the database believes: they are few
            counted = query.add_columns(func.count().over().label("found"))
            few = counted.offset(in_full(0)).subquery()
            query, order = select(few), (few.c.place, few.c.id)
        elif window.within and window.dialect == "sqlite":
            query = query.where(self.near(order, window, descending=descending))
        elif window.within:
            next_rows = self.next_rows(order, window, descending=descending)
            query = query.join(next_rows, next_rows.c.id == self.key)
            order = (next_rows.c.place, next_rows.c.id)
        query = cut(query, order, window, descending=descending)
        if window.ids_only:
            return query
        page = query.subquery("page")
        found = (page.c.found,) if window.lead else ()
        whole = self.joined(select(*self.selected, *found, page.c.place))
        whole = whole.join(page, page.c.id == self.key)
        again = Window(0, back=window.back)
        return cut(whole, (page.c.place, page.c.id), again, descending=descending)

    def near(
        self, order: tuple[Any, Any], window: Window, *, descending: bool
    ) -> ColumnElement[bool]:
        """Return the condition of being among the next rows.

        SQLite goes through them and stops when the page is full.
        """
        beyond = select(*order).select_from(self.rows)
        ahead = Window(1, window.placed, window.back, skip=window.within)
        last = cut(beyond, order, ahead, descending=descending).scalar_subquery()
        here = tuple_(*order)
        return here >= last if descending != window.back else here <= last

    def next_rows(
        self, order: tuple[Any, Any], window: Window, *, descending: bool
    ) -> Any:
        """Return the next rows, by id and place.

        That they are so few keeps PostgreSQL from looking for whatever meets what is
        asked first; it stops as well when the page is full.
        """
        place, key = order
        query = select(key.label("id"), place.label("place")).select_from(self.rows)
        ahead = window._replace(size=window.within, skip=0)
        return cut(query, order, ahead, descending=descending).subquery("next_rows")

    def lead(self, session: Session, params: Mapping[str, str]) -> str:
        """Return what finds the fewest; nothing where that is not few, or unknown."""
        sizes, dialect = self.sizes(session, params), dialect_of(session)
        most = {one.name: far(one, dialect) for one in self.criteria(params)}
        few = [name for name, size in sizes.items() if size <= most[name]]
        return min(few, key=lambda one: sizes[one], default="")

    def fewest(self, session: Session, params: Mapping[str, str]) -> str:
        """Return what finds the fewest, be they many, as far as that is known."""
        known, sizes = self.criteria(params), self.sizes(session, params)
        slow = (one.name for one in known if one.leads)
        # of many, those in other tables: what is left to ask is in the row itself
        in_row = {one.name for one in known if one.single}
        order = {one: (sizes[one], one in in_row) for one in sizes}
        return min(sizes, key=lambda one: order[one], default=next(slow, ""))

    def sizes(self, session: Session, params: Mapping[str, str]) -> Mapping[str, int]:
        """Return how many each criterion finds that an index knows, no further."""
        known, key = self.sizes_known, asked(self, params)
        if key not in known:
            names, query = sizes_query(self, key, dialect_of(session))
            counts = session.connection().execute(query).one() if names else ()
            known[key] = dict(zip(names, counts, strict=True))
        return known[key]

    def _window(
        self,
        session: Session,
        params: Mapping[str, str],
        window: Window,
        cursor: Cursor | None,
    ) -> list[Any]:
        def rows(**how: Any) -> list[Any]:
            chosen = window._replace(dialect=dialect_of(session), **how)
            found = super(SearchedGrid, self)._window(session, params, chosen, cursor)
            if chosen.lead and found and not chosen.ids_only:
                self.counted_already[asked(self, params)] = found[0].found
            return found

        known = self.criteria(params)
        if not known:
            return rows()
        if few := self.lead(session, params):
            return rows(lead=few)
        each = LOOKED_AT if all(one.single for one in known) else LOOKED_BESIDE
        found = rows(within=each * (window.skip + window.size))
        if len(found) == window.size:
            return found
        return rows(lead=self.fewest(session, params))

    def whole(self, session: Session, params: Mapping[str, str]) -> Window:
        """Return the window of all rows, led by what finds few."""
        lead = self.lead(session, params)
        return Window(0, lead=lead, dialect=dialect_of(session))

    def counted(self, session: Session, params: Mapping[str, str]) -> tuple[int, None]:
        """Count no further than ``COUNTED`` + 1 rows."""
        if (found := self.counted_already.get(asked(self, params))) is not None:
            return min(found, COUNTED + 1), None
        lead = self.fewest(session, params)
        whole = Window(0, lead=lead, dialect=dialect_of(session))
        some = whole._replace(within=SAMPLE)
        often = self.sizes(session, params).get(lead, COUNTED) > COUNTED
        found = 0
        for window in (some, whole) if lead and often else (whole,):
            query = searched_count_query(self, asked(self, params), window)
            found = session.connection().execute(query).scalar_one()
            if found > COUNTED:
                break
        return found, None


def far(criterion: Criterion, dialect: str) -> int:
    """Return how far the candidates of a criterion are counted.

    To count what a text is in, PostgreSQL reads each row.
    """
    if dialect == "postgresql" and criterion.of_texts:
        return FAR_IN_TEXTS
    return FAR_IN_ROW if criterion.single else FAR


def dialect_of(session: Session) -> str:
    """Return which database it is."""
    return session.get_bind().dialect.name


@lru_cache(KEPT_QUERIES)
def sizes_query(
    grid: SearchedGrid, params: Asked, dialect: str
) -> tuple[tuple[str, ...], Any]:
    """Return the names of the criteria that an index knows, and what counts them."""
    known = [one for one in grid.criteria(dict(params)) if one.fast]
    rows = ((one.about(grid.sight, dialect).subquery(), one) for one in known)
    some = (
        select(found.c.id).limit(in_full(far(one, dialect) + 1)).subquery()
        for found, one in rows
    )
    counts = (select(func.count()).select_from(one).scalar_subquery() for one in some)
    return tuple(one.name for one in known), select(*counts)


@lru_cache(KEPT_QUERIES)
def searched_count_query(
    grid: SearchedGrid, params: Asked, window: Window
) -> Select[Any]:
    """Return the query that counts what is found."""
    rows = grid.found(dict(params), window, grid.key)
    some = rows.limit(in_full(COUNTED + 1)).subquery()
    return select(func.count()).select_from(some)
