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
    """What a document asks for at one rate, in whole cents of its currency."""

    vat: VatRate
    ht: Decimal
    tva: Decimal
    ttc: Decimal

    @property
    def amounts(self) -> Amounts:
        """Return the three amounts without their rate."""
        return Amounts(self.ht, self.tva, self.ttc)


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
class Deduction(RateTotal):
    """What of a document is settled elsewhere at one rate, in whole cents.

    Positive amounts take off: an earlier invoice of the same estimation, a payment
    that a credit note leaves alone; negative ones give back, like an earlier credit
    note.  Raises ``ValueError`` when the amounts are not in whole cents, or when
    before tax and tax do not make the whole.
    """

    def __post_init__(self) -> None:
        """Refuse what would move a total by less than a cent, or tear it apart."""
        for amount in (self.ht, self.tva, self.ttc):
            if amount != to_cents(amount):
                raise ValueError(f"{amount} is not in whole cents")
        if self.ht + self.tva != self.ttc:
            raise ValueError(f"{self.ht} and {self.tva} do not make {self.ttc}")

    @classmethod
    def of(cls, total: RateTotal) -> Deduction:
        """Return what another document asks for at a rate, as settled by it."""
        return cls(total.vat, total.ht, total.tva, total.ttc)


@dataclass(frozen=True, slots=True)
class Document:
    """What was typed: groups of lines and what is taken off or added.

    ``cost``, ``amount`` and ``post_tax`` are euros to 10⁻⁵, quantities to 10⁻⁵.
    """

    mode: Mode
    groups: tuple[tuple[Line, ...], ...]
    discounts: tuple[Discount, ...] = ()
    expenses: Expenses | None = None
    post_tax: tuple[Decimal, ...] = ()
    deductions: tuple[Deduction, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """Every figure of a document.

    ``by_rate`` is in whole cents and adds up to the totals: the breakdown to store.
    What is deducted is taken off there, after rounding, and adds up to ``deducted``.
    ``lines``, ``groups`` and ``discount`` are not rounded, nor is ``unrounded``, the
    sum in the document's mode before its one rounding; they know no deduction.
    ``line_by_line`` is what rounding each line by itself would have given, less what
    is deducted: to show where it differs from the totals.
    """

    mode: Mode
    lines: tuple[tuple[Amounts, ...], ...]
    groups: tuple[Amounts, ...]
    discount: Amounts
    by_rate: tuple[RateTotal, ...]
    unrounded: Decimal
    line_by_line: Amounts
    post_tax: Decimal
    deducted: Amounts = Amounts()

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
