"""What the arithmetic refuses: more than there is."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

Place: TypeAlias = tuple[int, int]
"""Where a line is: the index of its group, and its index in the group."""


class TooMuch(ValueError):
    """More is asked for than there is.

    ``amount`` is how much too much it is, never negative, in the unit of what was
    given: euros of a schedule, a quantity of a credit note, a percentage of a progress
    invoice.  ``place`` is the line, where it is about one.
    """

    def __init__(self, amount: Decimal, place: Place | None = None) -> None:
        super().__init__(f"{amount} too much" + (f" at {place}" if place else ""))
        self.amount = amount
        self.place = place
