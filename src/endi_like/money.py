"""Exact arithmetic of amounts: one way to round, one way to share out.

Amounts are ``Decimal`` euros (or another unit of currency), never floats.  Rounding
is half up, away from zero.  Whatever is shared out adds up to the cent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import (
    ROUND_DOWN,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    localcontext,
)
from fractions import Fraction
from functools import wraps
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
AMOUNT_EXPONENT = Decimal("0.00001")
"""The smallest part of an amount that is stored."""

MAX_AMOUNT = Decimal("99999999999.99")
"""The largest amount that may be entered."""

MAX_TOTAL = Decimal("9999999999.99")
"""The largest total of a document: a thousand of them fit the databases' sums."""

EXACT = Context(
    prec=80,
    rounding=ROUND_HALF_UP,
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""Wide enough for amount x quantity x rate; the default 28 digits are not."""


def exactly(
    function: Callable[Arguments, Result],
) -> Callable[Arguments, Result]:
    """Make a function compute with all digits, whatever the caller's context is."""

    @wraps(function)
    def compute(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        with localcontext(EXACT):
            return function(*args, **kwargs)

    return compute


def round_to(amount: Decimal, exponent: Decimal) -> Decimal:
    """Return the amount rounded half up, away from zero, to a unit like 0.01."""
    return _unsigned_zero(amount.quantize(exponent, ROUND_HALF_UP, EXACT))


def to_cents(amount: Decimal) -> Decimal:
    """Return the amount in whole cents, half a cent going away from zero."""
    return round_to(amount, CENT)


def truncate(amount: Decimal, exponent: Decimal) -> Decimal:
    """Return the amount cut, towards zero, to a unit like 0.01."""
    return _unsigned_zero(amount.quantize(exponent, ROUND_DOWN, EXACT))


def to_integer(amount: Decimal, decimals: int = 2) -> int:
    """Return the amount as a whole number of 10⁻ⁿ, rounded: 192.655 is 19266."""
    return int(round_to(amount.scaleb(decimals, EXACT), Decimal(1)))


@exactly
def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """Return that percentage of the amount, not rounded."""
    return amount * percent.scaleb(-2)


@exactly
def percent_of_total(
    part: Decimal, total: Decimal, decimals: int = 2, default: Decimal = ZERO
) -> Decimal:
    """Return what percentage of the total a part is, or the default of nothing."""
    if not total:
        return default
    return round_to(part * 100 / total, Decimal(1).scaleb(-decimals))


def allocate(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Share a total out in proportion to weights; the shares add up to it.

    Each share is within a cent of its exact value; the cents left over go to the
    largest remainders, the first of equals.  Raises ``ValueError`` when the total
    is not in whole cents, or when something has to be shared out among nobody.
    """
    whole = sum(map(Fraction, weights), Fraction())
    if whole:
        exact = [Fraction(total) * Fraction(weight) / whole for weight in weights]
    elif total:
        raise ValueError("nobody to share the total out to")
    else:
        exact = [Fraction()] * len(weights)
    return round_together(exact, total)


def round_together(
    parts: Sequence[Decimal | Fraction], total: Decimal
) -> list[Decimal]:
    """Round parts to cents so that they add up to their total, itself in cents.

    The opposite parts of the opposite total give the opposite result, so a credit
    note takes back what its invoice asked for, rate by rate.
    """
    exact = [Fraction(part) * 100 for part in parts]
    cents = [_nearest(part) for part in exact]
    missing = _whole_cents(total) - sum(cents)
    if abs(missing) > len(parts):
        raise ValueError("the total is not that of the parts")
    step = 1 if missing > 0 else -1
    for index in _neediest(exact, cents, step)[: abs(missing)]:
        cents[index] += step
    return [Decimal(cent).scaleb(-2, EXACT) for cent in cents]


def _neediest(exact: list[Fraction], cents: list[int], step: int) -> list[int]:
    """Order the parts by how much a step would correct them.

    Of equals, the first is enlarged and the last diminished, whatever their sign.
    """

    def need(index: int) -> tuple[Fraction, int]:
        part = exact[index]
        return step * (cents[index] - part), index if step * part > 0 else -index

    return sorted(range(len(exact)), key=need)


def _nearest(value: Fraction) -> int:
    """Return the nearest whole number, a half going away from zero."""
    size = int(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


def _whole_cents(total: Decimal) -> int:
    cents = Fraction(total) * 100
    if cents.denominator != 1:
        raise ValueError(f"{total} is not in whole cents")
    return cents.numerator


def _unsigned_zero(amount: Decimal) -> Decimal:
    """Return 0 for -0: nobody wants to read "-0.00"."""
    return amount if amount else amount.copy_abs()
