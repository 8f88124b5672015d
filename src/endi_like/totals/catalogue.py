"""What things of a catalogue cost: from the supplier's cost, of parts, with tax or not.

A price stays unrounded, to the 10⁻⁵ that are stored, until a line multiplies it; what
parts come to is a total, in whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from endi_like.money import AMOUNT_EXPONENT, ZERO, exactly, round_to, to_cents
from endi_like.totals.document import Mode
from endi_like.totals.vat import HUNDRED, unit_ht


@dataclass(frozen=True, slots=True)
class Rates:
    """What is put on a cost, and what of the price goes elsewhere, in per cent."""

    overhead: Decimal = ZERO
    margin: Decimal = ZERO
    contribution: Decimal = ZERO
    insurance: Decimal = ZERO

    @property
    def shares(self) -> tuple[Decimal, ...]:
        """Return the parts of the price that are not the cost: each below 100 %."""
        return self.margin, self.contribution, self.insurance


@exactly
def price_of_cost(cost: Decimal, rates: Rates) -> Decimal:
    """Return the price before tax that a supplier's cost makes.

    cost × (1 + overhead) / (1 − margin) / (1 − contribution) / (1 − insurance).
    """
    over, under = cost * (HUNDRED + rates.overhead), HUNDRED
    for share in rates.shares:
        over, under = over * HUNDRED, under * (HUNDRED - share)
    return round_to(over / under, AMOUNT_EXPONENT)


@exactly
def with_tax(price: Decimal, percent: Decimal) -> Decimal:
    """Return a unit price with its tax."""
    charged = HUNDRED + max(percent, ZERO)
    return round_to(price * charged / HUNDRED, AMOUNT_EXPONENT)


def in_mode(price: Decimal, said: Mode, wanted: Mode, percent: Decimal) -> Decimal:
    """Return a unit price as a document of that mode writes it.

    Without its tax it is by the tax doctrine, as everywhere.
    """
    if said == wanted:
        return price
    return with_tax(price, percent) if wanted == "ttc" else unit_ht(price, percent)


@exactly
def per_unit(parts: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Return what parts, each a price and a quantity, come to: rounded once."""
    return to_cents(sum((price * quantity for price, quantity in parts), ZERO))
