"""How many rows a list has, no further than the first thousand."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import ColumnElement, Select, Subquery, func, literal_column, select
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from endi_like.grids.core import Grid

COUNTED = 1000
KEPT_QUERIES = 200
Asked: TypeAlias = tuple[tuple[str, str], ...]
"""Filters and order of a list: what its queries are kept by."""


@lru_cache(KEPT_QUERIES)
def count_query(grid: Grid, params: Asked) -> Select[Any]:
    """Return the query that counts and adds up what a list holds."""
    summed = [column for column in grid.columns if column.total]
    what = [column.needs[0].label(column.name) for column in summed]
    rows = some(grid, params, *what)
    sums = [func.coalesce(func.sum(rows.c[column.name]), 0) for column in summed]
    return select(func.count(), *sums).select_from(rows)


def counts(
    session: Session, lists: Sequence[tuple[Grid, Asked]], most: int = COUNTED
) -> Sequence[int]:
    """Return how many rows each of several lists has, in one statement.

    Of a list that has more than ``most``, it is one more.
    """
    if not lists:
        return ()
    found: Sequence[int] = (
        session.connection().execute(counts_query(tuple(lists), most)).one()
    )
    return found


@lru_cache(KEPT_QUERIES)
def counts_query(lists: tuple[tuple[Grid, Asked], ...], most: int) -> Select[Any]:
    """Return the query that counts several lists."""
    rows = (some(grid, params, most=most) for grid, params in lists)
    counted = (select(func.count()).select_from(one) for one in rows)
    return select(*(one.scalar_subquery() for one in counted))


def some(grid: Grid, params: Asked, *what: Any, most: int = COUNTED) -> Subquery:
    """Return the first rows of a list, and one more than ``most``."""
    values = dict(params)
    rows = select(*(what or [grid.key])).select_from(grid.counted_in)
    query = grid.matching(values, rows)
    query = query.order_by(*grid.counted_by(values))
    return query.limit(in_full(most + 1)).subquery()


def in_full(number: int) -> ColumnElement[int]:
    """Return a number as part of the statement, not as a parameter of it.

    PostgreSQL keeps a plan only if it is good for any parameter, and would plan a page
    of an unknown number of rows anew each time, which takes longer than to run it.
    """
    return literal_column(str(number))
