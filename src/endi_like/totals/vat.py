"""Rates of tax, and one amount with, without and of its tax."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from endi_like.money import (
    AMOUNT_EXPONENT,
    ZERO,
    exactly,
    percent_of,
    round_to,
    truncate,
)

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class VatRate:
    """A rate of tax, told from others by its key: there are several of zero."""

    key: Hashable
    value: Decimal

    @property
    def percent(self) -> Decimal:
        """Return the percentage charged: a negative value names a zero rate."""
        return max(self.value, ZERO)


def no_vat(vats: Iterable[VatRate]) -> bool:
    """Tell whether there are rates and all of them are named zero rates."""
    values = [vat.value for vat in vats]
    return bool(values) and all(value < 0 for value in values)


def tva_of_ht(ht: Decimal, percent: Decimal) -> Decimal:
    """Return the tax on an amount before tax, unrounded."""
    return percent_of(ht, max(percent, ZERO))


@exactly
def ht_of_ttc(ttc: Decimal, percent: Decimal) -> Decimal:
    """Return what is left without tax: the plain division, to 10⁻⁵."""
    return round_to(ttc * HUNDRED / (HUNDRED + max(percent, ZERO)), AMOUNT_EXPONENT)


@exactly
def tva_of_ttc(ttc: Decimal, percent: Decimal) -> Decimal:
    """Return the tax an amount contains: what the plain division leaves."""
    return ttc - ht_of_ttc(ttc, percent)


@exactly
def unit_ht(ttc: Decimal, percent: Decimal) -> Decimal:
    """Return a unit price before tax by the tax doctrine, to 10⁻⁵.

    The plain division when it gives the price back exactly; else the price times a
    coefficient cut to five digits (0.83333 at 20 %).
    """
    if percent <= 0:
        return ttc
    rate = HUNDRED + percent
    plain = ht_of_ttc(ttc, percent)
    if plain * rate == ttc * HUNDRED:
        return plain
    return round_to(ttc * truncate(HUNDRED / rate, AMOUNT_EXPONENT), AMOUNT_EXPONENT)
