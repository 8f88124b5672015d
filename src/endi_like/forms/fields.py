"""The fields our schemas are made of, under one roof.

Every one has a table of good and bad values in ``tests/unit/forms/test_fields.py``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, ClassVar

from endi_like.forms.choices import Choice, Choices, Flag, Picked, Search
from endi_like.forms.entry import (
    Cards,
    Entry,
    Mapping,
    OneValue,
    Parts,
    Schema,
    Sequence,
    Several,
    quoted,
    refuse,
    wrong,
)
from endi_like.forms.numbers import Amount, Count, Number, PercentField, QuantityField
from endi_like.forms.texts import Bic, Email, Iban, Line, Secret, Text
from endi_like.i18n import _

__all__ = [
    "Amount",
    "Bic",
    "Cards",
    "Choice",
    "Choices",
    "Count",
    "Day",
    "Email",
    "Entry",
    "Flag",
    "Iban",
    "Line",
    "Mapping",
    "Number",
    "Parts",
    "PercentField",
    "Picked",
    "QuantityField",
    "Schema",
    "Search",
    "Secret",
    "Sequence",
    "Several",
    "Text",
    "quoted",
    "refuse",
    "wrong",
]

FIRST_YEAR, LAST_YEAR = 1990, 2100
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class IsoDay(OneValue):
    """The type of a day as browsers send it: ``2026-11-20``."""

    def __init__(self, first: int) -> None:
        self.first = first

    def read(self, node: Any, text: str) -> date:
        """Return the day, one that exists and is near enough to be meant."""
        try:
            if not ISO_DAY.fullmatch(text):
                raise ValueError(text)
            day = date.fromisoformat(text)
        except ValueError as error:
            sentence = _(
                "“${value}” is not a date: write year-month-day, as 2026-11-20.",
                mapping={"value": quoted(text)},
            )
            raise refuse(node, sentence) from error
        if not self.first <= day.year <= LAST_YEAR:
            sentence = _(
                "The year ${year} cannot be meant: it must be from ${low} to ${high}.",
                mapping={"year": day.year, "low": self.first, "high": LAST_YEAR},
            )
            raise refuse(node, sentence)
        return day

    def write(self, _node: Any, value: date) -> str:
        """Return the day as the control wants it."""
        return value.isoformat()


class Day(Entry):
    """A day to 2100, from 1990 on, unless ``first`` names another year."""

    span = "f3"
    hints: ClassVar[dict[str, str]] = {"type": "date"}

    def __init__(self, *, first: int = FIRST_YEAR, **settings: Any) -> None:
        super().__init__(IsoDay(first), **settings)
