"""The parts of a grid: columns and filters, as data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, and_, literal, select, true

from endi_like.i18n import _
from endi_like.models.searching import holding
from endi_like.workflow.core import ActionManager, State

EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2200, 1, 1)
LARGEST = Decimal(10) ** 11
LONGEST_ID = 10


@dataclass(frozen=True)
class Column:
    """One column: what it reads, how it is ordered and shown.

    ``needs`` are the expressions the query selects; ``show`` makes one value of them,
    and is left out where there is one expression that needs no making.  ``kind`` is
    text, money, day, moment, states, flag, count or percent; ``under`` names a second,
    smaller text in the same cell, ``under_label`` its heading in files; ``brief`` says
    how much of it a page shows.  A ``wide`` column is left out on a phone.
    """

    name: str
    label: str
    needs: tuple[Any, ...]
    show: Callable[..., Any] | None = None
    kind: str = "text"
    sort: Any = None
    link: bool = False
    wide: bool = False
    total: bool = False
    under: Any = None
    under_label: str = ""
    brief: Callable[[str], str] = str

    def read(self, values: tuple[Any, ...]) -> Any:
        """Return the column's value from the values of its expressions."""
        return self.show(*values) if self.show else values[0]


@dataclass(frozen=True)
class Search:
    """A text box: every word typed must begin a word of the searched text."""

    name: str
    label: str
    over: Any
    kind: str = "search"

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Match rows whose shadow text holds all the words."""
        conditions = holding(self.over, raw)
        return and_(*conditions) if conditions else None


@dataclass(frozen=True)
class Choice:
    """A select box; what was not offered matches nothing."""

    name: str
    label: str
    choices: Mapping[str, str]
    conditions: Callable[[str], ColumnElement[bool]]
    kind: str = "choice"

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Match rows that are as chosen; an unknown choice is no filter."""
        return self.conditions(raw) if raw in self.choices else None


@dataclass(frozen=True)
class Reference:
    """Rows that point at one other row; the page offers it by searching."""

    name: str
    label: str
    column: Any
    options: str
    kind: str = "reference"

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Match rows pointing at the id."""
        key = self.key(raw)
        return None if key is None else self.pointing(key)

    def pointing(self, key: int) -> ColumnElement[bool]:
        """Return the condition that a row points at the id."""
        found: ColumnElement[bool] = self.column == key
        return found

    def key(self, raw: str) -> int | None:
        """Return the id that was meant; nothing for what cannot be one."""
        if not (raw.isascii() and raw.isdecimal() and len(raw) < LONGEST_ID):
            return None
        return int(raw)


@dataclass(frozen=True)
class Linked(Reference):
    """Rows that other rows lead from, by ``own``, to one that ``column`` points at.

    Only those lead that are ``there``.
    """

    own: Any = None
    id: Any = None
    there: ColumnElement[bool] = field(default_factory=true)

    def pointing(self, key: int) -> ColumnElement[bool]:
        """Return the condition that a row leads to the id."""
        leading = select(self.own).where(self.column == key, self.there)
        found: ColumnElement[bool] = self.id.in_(leading)
        return found


@dataclass(frozen=True)
class Bound:
    """One end of a range, of days or amounts; ``least`` is the lower end."""

    name: str
    label: str
    column: Any
    kind: str
    least: bool

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Match rows on the right side of the bound; nonsense is no filter."""
        bound = self.bound(raw)
        if bound is None:
            return None
        found: ColumnElement[bool] = (
            self.column >= bound if self.least else self.column <= bound
        )
        return found

    def bound(self, raw: str) -> Any:
        """Return the day or amount that was meant; nothing for nonsense."""
        return day(raw) if self.kind == "day" else number(raw)


@dataclass(frozen=True)
class Tick:
    """A box that leaves some rows."""

    name: str
    label: str
    condition: Callable[[], ColumnElement[bool]]
    kind: str = "tick"

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Match the rows meant, when ticked."""
        return self.condition() if raw == "1" else None


Filter = Search | Choice | Reference | Bound | Tick


def day(raw: str) -> dt.date | None:
    """Return the day of an ISO date that a calendar of people may hold."""
    try:
        found = dt.date.fromisoformat(raw)
    except ValueError:
        return None
    return found if EARLIEST < found < LATEST else None


def number(raw: str) -> Decimal | None:
    """Return the amount of a text in machine or comma notation."""
    try:
        found = Decimal(raw.replace(",", ".").replace("\u202f", "").replace(" ", ""))
    except InvalidOperation:
        return None
    if not found.is_finite() or abs(found) > LARGEST:
        return None
    return round(found, 5)


def status_choice(manager: ActionManager, model: Any) -> Choice:
    """Choose among the states of a manager; rows it sleeps on are in none of them."""
    column = getattr(model, manager.key)
    return Choice(
        manager.key,
        manager.label,
        {state.name: state.label for state in manager.states.values()},
        lambda name: and_(manager.awake(model), column == in_full(name)),
    )


def active_column(model: Any, yes: State, no: State) -> Column:
    """Return the column that says whether a record is in use, in one of two states."""
    return Column(
        "active",
        _("State"),
        (model.active,),
        show=lambda active: [yes if active else no],
        kind="states",
    )


def in_full(name: str) -> ColumnElement[str]:
    """Return one of a few known names as part of the statement it is used in.

    As a parameter it would hide from PostgreSQL how many rows there are of it.
    """
    return literal(name, literal_execute=True)


def rate(value: Decimal) -> Decimal:
    """Return the rate that is charged: named zero rates are stored below zero."""
    return max(value, Decimal(0))


def plain_number(value: Decimal) -> str:
    """Return "5.5", without the zeros at the end."""
    return f"{value.normalize():f}"
