"""Columns of the files: how each is read, and what it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from endi_like.db import Base
from endi_like.i18n import _
from endi_like.services.contacts.importing import cells
from endi_like.services.contacts.importing.cells import Reader, Unreadable

NAMES = ("name", "legal_name", "first_name", "last_name")
UP_TO_100 = Decimal(100)


class WrongRow(ValueError):
    """A row cannot go in; the argument is a list of (column, sentence)."""


@dataclass(frozen=True)
class Column:
    """A column: how its cells are read, and what a row has that says nothing."""

    read: Reader
    blank: Any = ""
    needed: bool = False
    into: str = ""
    """The attribute it becomes."""
    optional: bool = False
    """Whether the file may do without the column."""


@dataclass(frozen=True)
class File:
    """A file of a known form; ``owner`` is the column of the contact its rows are of.

    Where there is none, ``owner`` and ``owner_key`` say whether a row is of a contact
    or of an account.
    """

    name: str
    kind: type[Base]
    columns: Mapping[str, Column] = field(repr=False)
    owner: str = ""
    refers: str = ""
    """The column that names another contact."""

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """Return the columns without which a row means nothing."""
        return tuple(name for name, one in self.columns.items() if one.needed)

    @cached_property
    def readers(self) -> Mapping[str, Reader]:
        """Return how each column is read."""
        return {name: column.read for name, column in self.columns.items()}

    @cached_property
    def blanks(self) -> Mapping[str, Any]:
        """Return the values of a row that says nothing."""
        return {name: column.blank for name, column in self.columns.items()}

    @cached_property
    def becoming(self) -> tuple[tuple[str, str], ...]:
        """Return the columns that become an attribute, and which."""
        found = ((name, column.into) for name, column in self.columns.items())
        return tuple((name, into) for name, into in found if into)

    def read(self, row: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of a row, by column; raise ``WrongRow``."""
        values, wrong = dict(self.blanks), []
        readers = self.readers
        for name, cell in row.items():
            if not cell or name not in readers:
                continue
            try:
                found = readers[name](cell)
            except Unreadable as error:
                wrong.append((name, error.args[0]))
            else:
                if found != "":
                    values[name] = found
        wrong += [
            (name, _("This is not given."))
            for name in self.needed
            if values[name] in ("", None) and name not in dict(wrong)
        ]
        if wrong:
            raise WrongRow(wrong)
        check_dates(values)
        return values

    def attributes(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a row becomes, by attribute; of what it says nothing, nothing."""
        return {
            into: values[name]
            for name, into in self.becoming
            if values[name] != self.blanks[name]
        }


def check_dates(values: Mapping[str, Any]) -> None:
    """Raise ``WrongRow`` if something ends before it starts."""
    start, end = values.get("start_date"), values.get("end_date")
    if start and end and end < start:
        raise WrongRow([("end_date", _("The end is before the start."))])


def key_in(row: Mapping[str, str], name: str) -> int | None:
    """Return the key in a row that may be wrong otherwise."""
    try:
        return int(cells.key(row.get(name, "")))
    except Unreadable:
        return None


def has_name(values: Mapping[str, Any]) -> bool:
    """Tell whether a contact is called anything."""
    return any(values[name] for name in NAMES)


def text(kind: type[Base], name: str, **how: Any) -> Column:
    """Return the column of a text that fits an attribute."""
    length = kind.__table__.c[name].type.length  # type: ignore[attr-defined]
    return Column(cells.text(length), into=name, **how)


def texts(kind: type[Base], *names: str) -> dict[str, Column]:
    """Return columns that are called as the attributes are."""
    return {name: text(kind, name) for name in names}


def day(into: str) -> Column:
    """Return the column of a date."""
    return Column(cells.day, None, into=into)


def truth(into: str) -> Column:
    """Return the column of something that is so or not."""
    return Column(cells.truth, blank=False, into=into)


def money(into: str) -> Column:
    """Return the column of an amount."""
    return Column(cells.amount(5, Decimal(0)), Decimal(0), into=into)


def percent(into: str) -> Column:
    """Return the column of a percentage."""
    return Column(cells.amount(2, Decimal(0), UP_TO_100), Decimal(0), into=into)


def days(into: str) -> Column:
    """Return the column of a number of days."""
    return Column(cells.days, 0, into=into)
