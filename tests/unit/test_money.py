"""Amounts are exact: one way to round, and sharing out never loses a cent."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.money import (
    AMOUNT_EXPONENT,
    CENT,
    MAX_AMOUNT,
    allocate,
    percent_of,
    percent_of_total,
    round_to,
    round_together,
    to_cents,
    to_integer,
    truncate,
)

AMOUNTS = st.decimals(-MAX_AMOUNT, MAX_AMOUNT, places=5)
CENTS = st.decimals(-MAX_AMOUNT, MAX_AMOUNT, places=2)
WEIGHTS = st.lists(st.decimals(0, 1000000, places=5), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.125", "0.13"),
        ("2.345", "2.35"),
        ("2.34499", "2.34"),
        ("-2.345", "-2.35"),
        ("99999999999.995", "100000000000.00"),
    ],
)
def test_half_a_cent_goes_away_from_zero(amount: str, cents: str) -> None:
    assert to_cents(Decimal(amount)) == Decimal(cents)


@pytest.mark.parametrize("cut", [to_cents, lambda amount: truncate(amount, CENT)])
def test_nothing_is_ever_minus_zero(cut: object) -> None:
    assert str(cut(Decimal("-0.001"))) == "0.00"


def test_truncating_goes_towards_zero() -> None:
    assert truncate(Decimal("-2.349"), CENT) == Decimal("-2.34")


def test_rounding_goes_to_any_unit() -> None:
    assert round_to(Decimal("1.234565"), AMOUNT_EXPONENT) == Decimal("1.23457")
    assert round_to(Decimal(1550), Decimal("1E2")) == 1600


def test_a_float_is_no_amount() -> None:
    with pytest.raises(AttributeError):
        to_cents(2.675)


def test_a_narrow_context_of_the_caller_changes_nothing() -> None:
    with localcontext() as context:
        context.prec = 3
        assert to_cents(Decimal("1234567.125")) == Decimal("1234567.13")
        assert percent_of(Decimal("1234567.89"), Decimal(50)) == Decimal("617283.945")
        assert allocate(Decimal("12345.67"), [Decimal(1)]) == [Decimal("12345.67")]


@given(AMOUNTS)
def test_rounding_moves_an_amount_by_half_a_cent_at_most(amount: Decimal) -> None:
    assert abs(to_cents(amount) - amount) <= CENT / 2


@given(AMOUNTS)
def test_rounding_treats_what_is_owed_and_owing_alike(amount: Decimal) -> None:
    assert to_cents(-amount) == -to_cents(amount)


@given(AMOUNTS)
def test_an_amount_survives_being_a_whole_number(amount: Decimal) -> None:
    assert Decimal(to_integer(amount, 5)).scaleb(-5) == amount


def test_a_percentage_of_nothing_is_the_default() -> None:
    assert percent_of_total(Decimal(1), Decimal(0)) == 0
    assert percent_of_total(Decimal(2), Decimal(3)) == Decimal("66.67")


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        ("100.00", [1, 1, 1], ["33.34", "33.33", "33.33"]),
        ("-100.00", [1, 1, 1], ["-33.34", "-33.33", "-33.33"]),
        ("0.01", [1, 2], ["0.00", "0.01"]),
        ("0.02", [1, 1, 1], ["0.01", "0.01", "0.00"]),
        ("10.00", [0, 1], ["0.00", "10.00"]),
        ("10.00", [3, -1], ["15.00", "-5.00"]),
        ("0.00", [0, 0], ["0.00", "0.00"]),
        ("0.00", [], []),
    ],
)
def test_the_largest_remainders_get_the_cents_left_over(
    total: str, weights: list[int], shares: list[str]
) -> None:
    found = allocate(Decimal(total), [Decimal(weight) for weight in weights])
    assert [str(share) for share in found] == shares


@pytest.mark.parametrize(
    ("total", "weights"), [("1.00", []), ("1.00", ["0"]), ("1.005", ["1"])]
)
def test_what_cannot_be_shared_out_is_refused(total: str, weights: list[str]) -> None:
    with pytest.raises(ValueError, match="nobody|whole cents"):
        allocate(Decimal(total), [Decimal(weight) for weight in weights])


@given(CENTS, WEIGHTS.filter(any))
def test_shares_add_up_and_are_within_a_cent_of_fair(
    total: Decimal, weights: list[Decimal]
) -> None:
    shares = allocate(total, weights)
    assert sum(shares) == total
    whole = sum(map(Fraction, weights))
    for share, weight in zip(shares, weights, strict=True):
        fair = Fraction(total) * Fraction(weight) / whole
        assert abs(Fraction(share) - fair) < Fraction(1, 100)


@given(CENTS, WEIGHTS.filter(any))
def test_taking_back_shares_gives_the_opposite(
    total: Decimal, weights: list[Decimal]
) -> None:
    assert allocate(-total, weights) == [-share for share in allocate(total, weights)]


@given(CENTS, WEIGHTS.filter(any))
def test_a_larger_weight_never_gets_less(
    total: Decimal, weights: list[Decimal]
) -> None:
    total = abs(total)
    shares = allocate(total, weights)
    by_weight = sorted(zip(weights, shares, strict=True), key=lambda pair: pair[0])
    # A cent may go to the first of two equals.
    for (small, less), (large, more) in zip(by_weight, by_weight[1:], strict=False):
        assert less <= more or small == large


@given(st.lists(AMOUNTS, max_size=12))
def test_parts_rounded_together_add_up_to_their_rounded_sum(
    parts: list[Decimal],
) -> None:
    total = to_cents(sum(parts, Decimal(0)))
    rounded = round_together(parts, total)
    assert sum(rounded) == total
    assert all(
        abs(cents - part) < CENT for cents, part in zip(rounded, parts, strict=True)
    )


def test_a_total_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="not that of the parts"):
        round_together([Decimal("1.00")], Decimal("2.00"))
