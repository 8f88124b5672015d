"""A sales document as figures: what was typed, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias

from endi_like.money import ZERO, exactly, to_cents
from endi_like.totals.vat import VatRate

Mode: TypeAlias = Literal["ht", "ttc"]


@dataclass(frozen=True, slots=True)
class Line:
    """So many of something, at a unit price in the document's mode."""

    cost: Decimal
    quantity: Decimal
    vat: VatRate


@dataclass(frozen=True, slots=True)
class Discount:
    """A positive amount to take off at one rate, in the document's mode."""

    amount: Decimal
    vat: VatRate


@dataclass(frozen=True, slots=True)
class Expenses:
    """Flat expenses, always before tax, and their rate."""

    amount: Decimal
    vat: VatRate


@dataclass(frozen=True, slots=True)
class Document:
    """What was typed: groups of lines and what is taken off or added."""

    mode: Mode
    groups: tuple[tuple[Line, ...], ...]
    discounts: tuple[Discount, ...] = ()
    expenses: Expenses | None = None
    post_tax: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount before tax, its tax, and both together."""

    ht: Decimal = ZERO
    tva: Decimal = ZERO
    ttc: Decimal = ZERO

    def __neg__(self) -> Amounts:
        """Turn a charge into a discount."""
        return Amounts(ZERO - self.ht, ZERO - self.tva, ZERO - self.ttc)

    def in_cents(self) -> Amounts:
        """Round before tax and tax; both together stay their sum."""
        ht, tva = to_cents(self.ht), to_cents(self.tva)
        return Amounts(ht, tva, ht + tva)


@dataclass(frozen=True, slots=True)
class RateTotal:
    """What a document asks for at one rate, in whole cents."""

    vat: VatRate
    ht: Decimal
    tva: Decimal
    ttc: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Every figure of a document.

    ``by_rate`` is in whole cents and adds up to the totals: the breakdown to store.
    ``lines``, ``groups`` and ``discount`` are not rounded, nor is ``unrounded``, the
    sum in the document's mode before its one rounding.  ``line_by_line`` is what
    rounding each line by itself would have given, to show where the two differ.
    """

    mode: Mode
    lines: tuple[tuple[Amounts, ...], ...]
    groups: tuple[Amounts, ...]
    discount: Amounts
    by_rate: tuple[RateTotal, ...]
    unrounded: Decimal
    line_by_line: Amounts
    post_tax: Decimal

    @property
    @exactly
    def groups_ht(self) -> Decimal:
        """Return the sum of the lines before tax, unrounded."""
        return add(self.groups).ht

    @property
    def discount_ht(self) -> Decimal:
        """Return the sum of the discounts before tax, unrounded."""
        return self.discount.ht

    @property
    def ht(self) -> Decimal:
        """Return the total before tax."""
        return sum((rate.ht for rate in self.by_rate), ZERO)

    @property
    def tva(self) -> Decimal:
        """Return the tax."""
        return sum((rate.tva for rate in self.by_rate), ZERO)

    @property
    def ttc(self) -> Decimal:
        """Return the total with tax."""
        return sum((rate.ttc for rate in self.by_rate), ZERO)

    @property
    def due(self) -> Decimal:
        """Return what the customer owes: the total and the lines after tax."""
        return self.ttc + self.post_tax


def add(several: Iterable[Amounts]) -> Amounts:
    """Return the sum of several amounts, before tax with before tax."""
    found = list(several)
    return Amounts(
        sum((one.ht for one in found), ZERO),
        sum((one.tva for one in found), ZERO),
        sum((one.ttc for one in found), ZERO),
    )
