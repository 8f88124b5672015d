"""One page of a grid, and the cursors that lead to the next one."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from endi_like.grids.counting import COUNTED
from endi_like.grids.parts import Column, number
from endi_like.text import has_control_characters

if TYPE_CHECKING:
    from endi_like.grids.core import Grid

PLACE = ("after", "before", "page")
"""Parameters that say where in a list one is."""

LARGEST_ID = 2**31
LONGEST_NUMBER = 6
Cursor: TypeAlias = tuple[Any, int]


class Row(NamedTuple):
    """One row of a page: which record, and a value for each column.

    ``record`` is the id of the record it leads to, where that is another one; ``kind``
    of which kind it is, in a list of several.
    """

    id: int
    version: int
    values: list[Any]
    under: list[Any]
    record: int = 0
    kind: str = ""


class Beside(NamedTuple):
    """The record before or after another one in a list, and of which kind it is."""

    id: int
    kind: str = ""


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
        return sums(self.grid.columns, self.rows)

    def query(self, **changes: str) -> dict[str, str]:
        """Return the URL parameters of this page with some changed, from its start."""
        kept = {k: v for k, v in self.params.items() if k not in PLACE}
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


def numbered(text: str) -> int:
    """Return the number of a page; nonsense is the first."""
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return max(int(text), 1) if plain else 1


def sums(columns: Sequence[Column], rows: Sequence[Row]) -> dict[str, Decimal]:
    """Return the sums of some rows, of each column that is added up."""
    return {
        column.name: sum((row.values[at] or Decimal(0) for row in rows), Decimal(0))
        for at, column in enumerate(columns)
        if column.total
    }


def edge(rows: Sequence[Any]) -> str:
    """Return the cursor of a row: its sort key, which was selected last, and id."""
    key = rows[0][-1]
    plain = str(key) if isinstance(key, Decimal | dt.date) else key
    raw = json.dumps([plain, rows[0][0]]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str, key: Any) -> Cursor | None:
    """Return sort key and id of a cursor; nothing for what is none."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        value, node_id = json.loads(raw)
        if type(node_id) is not int or not 0 < node_id < LARGEST_ID:
            return None
        if not isinstance(value, str | int | bool):
            return None
        kind = key.type.python_type
        if kind in (dt.date, dt.datetime):
            value = kind.fromisoformat(str(value))
            if kind is dt.datetime and value.tzinfo is None:
                return None
        elif kind is Decimal:
            value = number(str(value))
        elif kind is str and has_control_characters(str(value)):
            return None
        return (value, node_id) if isinstance(value, kind) else None
    except (ValueError, TypeError, ArithmeticError):
        return None
