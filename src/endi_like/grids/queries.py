"""The queries of a list: made once, and kept by what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, bindparam, select, tuple_

from endi_like.grids.counting import Asked, in_full
from endi_like.grids.page import PLACE

if TYPE_CHECKING:
    from endi_like.grids.core import Grid

KEPT_QUERIES = 200


class Window(NamedTuple):
    """Which rows of a list: how many, from its start or from a cursor, which way.

    ``skip`` rows are left out first.  ``lead`` is what the rows are found by, where a
    list knows more ways than to go through it in its order; ``within`` so many rows in
    its order something has to be found.
    """

    size: int
    placed: bool = False
    back: bool = False
    ids_only: bool = False
    skip: int = 0
    lead: str = ""
    within: int = 0
    dialect: str = ""


def known(grid: Grid, params: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters a grid understands, those that say something."""
    names = {"sort", *PLACE, *(one.name for one in grid.filters)}
    return {k: v for k, v in params.items() if k in names and v.strip()}


def asked(grid: Grid, params: Mapping[str, str]) -> Asked:
    """Return filters and order without the place: what a query is kept by."""
    found = known(grid, params).items()
    return tuple(sorted((k, v) for k, v in found if k not in PLACE))


@lru_cache(KEPT_QUERIES)
def page_query(grid: Grid, params: Asked, window: Window) -> Select[Any]:
    """Return the query of one window of a list, with its sort key as last column.

    To build it and to compute its key takes SQLAlchemy longer than the database needs
    to answer it, and the same few are asked all day: they are kept.
    """
    return grid.query(dict(params), window)


def cut(
    query: Select[Any], order: Sequence[Any], window: Window, *, descending: bool
) -> Select[Any]:
    """Return the query of one window: by sort key and id, from where one is."""
    downwards = descending != window.back
    if window.placed:
        here = tuple_(*order)
        names = ("place", "place_id")
        place = tuple_(*map(unseen, names, order))
        query = query.where(here < place if downwards else here > place)
    query = query.order_by(*(o.desc() if downwards else o.asc() for o in order))
    if window.skip:
        query = query.offset(in_full(window.skip))
    return query.limit(in_full(window.size)) if window.size else query


def unseen(name: str, column: Any) -> Any:
    """Return a parameter for a column that no plan is made for the value of.

    Where most rows are alike, PostgreSQL would believe that nothing comes behind any
    of them, and read them all to find a page.
    """
    return select(bindparam(name, type_=column.type)).scalar_subquery()
