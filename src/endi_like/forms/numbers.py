"""Fields for numbers: amounts, quantities and percentages of money, counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from endi_like import formats
from endi_like.forms.entry import Entry, OneValue, locale_of, quoted, refuse
from endi_like.i18n import _
from endi_like.money import MAX_AMOUNT

MOST_DECIMALS = 5
# a number with more signs than this is none of ours; parsing it would only cost time
LONGEST = 40
# the bounds of the field say in their own words what is too much
ANY = Decimal(10) ** LONGEST
LARGEST_COUNT = 2**31 - 1


@dataclass(frozen=True)
class Bounds:
    """What a number may be: from ``low`` to ``high``, with so many decimals."""

    low: Decimal
    high: Decimal
    decimals: int = MOST_DECIMALS


class LocalNumber(OneValue):
    """The type of a decimal written the reader's way: ``1 848,00`` or ``1,848.00``.

    JSON may also send a number.
    """

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds

    def deserialize(self, node: Any, cstruct: Any) -> Any:
        """Return a decimal in bounds, ``null`` for an empty text."""
        if isinstance(cstruct, int | Decimal) and not isinstance(cstruct, bool):
            return self._bounded(node, Decimal(cstruct), str(Decimal(cstruct)))
        return super().deserialize(node, cstruct)

    def read(self, node: Any, text: str) -> Decimal:
        """Parse the text; its error quotes it."""
        try:
            if len(text) > LONGEST:
                raise ValueError(text)
            value = formats.parse_decimal(text, locale_of(node), LONGEST, ANY)
        except ValueError as error:
            sentence = _("“${value}” is not a number.", mapping={"value": quoted(text)})
            raise refuse(node, sentence) from error
        return self._bounded(node, value, text)

    def write(self, node: Any, value: Decimal) -> str:
        """Write the number with all its decimals, at least as many as are usual."""
        return formats.quantity(value, locale_of(node))

    def _bounded(self, node: Any, value: Decimal, text: str) -> Decimal:
        bounds = self.bounds
        locale = locale_of(node)
        if not value.is_finite():
            sentence = _("“${value}” is not a number.", mapping={"value": quoted(text)})
        elif value < bounds.low:
            low = formats.quantity(bounds.low, locale)
            sentence = _(
                "“${value}” is too small: ${low} is the least.",
                mapping={"value": quoted(text), "low": low},
            )
        elif value > bounds.high:
            high = formats.quantity(bounds.high, locale)
            sentence = _(
                "“${value}” is too large: ${high} is the most.",
                mapping={"value": quoted(text), "high": high},
            )
        elif decimals_of(value) > bounds.decimals:
            sentence = _(
                "“${value}” has more than ${n} decimals.",
                mapping={"value": quoted(text), "n": bounds.decimals},
            )
        else:
            return value
        raise refuse(node, sentence)


def decimals_of(value: Decimal) -> int:
    """Return how many decimals a number needs: 2 for ``1.50`` is 1."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


class LocalAmount(LocalNumber):
    """The type of a sum of money: at least two decimals are shown."""

    def write(self, node: Any, value: Decimal) -> str:
        """Write the amount with all its decimals."""
        return formats.unit_price(value, locale_of(node))


class Number(Entry):
    """A decimal; subclasses choose type, bounds and number of decimals."""

    span = "f3"
    control = "number"
    hints: ClassVar[dict[str, str]] = {"inputmode": "decimal"}
    number_type: ClassVar[type[LocalNumber]] = LocalNumber
    bounds = Bounds(-MAX_AMOUNT, MAX_AMOUNT)

    def __init__(
        self,
        *,
        low: Decimal | None = None,
        high: Decimal | None = None,
        decimals: int | None = None,
        **settings: Any,
    ) -> None:
        usual = self.bounds
        bounds = Bounds(
            usual.low if low is None else low,
            usual.high if high is None else high,
            usual.decimals if decimals is None else decimals,
        )
        super().__init__(self.number_type(bounds), **settings)


class Amount(Number):
    """A sum of money, negative ones included unless ``low`` says otherwise."""

    number_type = LocalAmount


class QuantityField(Number):
    """How many of a unit, to five decimals."""


class PercentField(Number):
    """A percentage from 0 to 100 with at most two decimals, without its sign."""

    bounds = Bounds(Decimal(0), Decimal(100), 2)


COUNT = re.compile(r"-?[0-9]{1,12}")


class WholeNumber(OneValue):
    """The type of a count: plain ASCII digits, no blanks, no underscores."""

    def __init__(self, low: int, high: int) -> None:
        self.low, self.high = low, high

    def deserialize(self, node: Any, cstruct: Any) -> Any:
        """Return an integer in range; JSON may send one."""
        if isinstance(cstruct, int) and not isinstance(cstruct, bool):
            return self._bounded(node, cstruct, quoted(hex(cstruct)))
        return super().deserialize(node, cstruct)

    def read(self, node: Any, text: str) -> int:
        """Parse the digits."""
        if not COUNT.fullmatch(text):
            sentence = _(
                "“${value}” is not a whole number.", mapping={"value": quoted(text)}
            )
            raise refuse(node, sentence)
        return self._bounded(node, int(text), text)

    def _bounded(self, node: Any, value: int, text: str) -> int:
        if not self.low <= value <= self.high:
            sentence = _(
                "“${value}” is not between ${low} and ${high}.",
                mapping={"value": text, "low": self.low, "high": self.high},
            )
            raise refuse(node, sentence)
        return value


class Count(Entry):
    """A whole number from ``low`` to ``high``, at most what both databases hold."""

    span = "f3"
    control = "number"
    hints: ClassVar[dict[str, str]] = {"inputmode": "numeric"}

    def __init__(
        self, *, low: int = 0, high: int = LARGEST_COUNT, **settings: Any
    ) -> None:
        super().__init__(WholeNumber(low, high), **settings)
