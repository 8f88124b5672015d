"""Promise T6 for payments: parts add up, and what is left is exact at each rate."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.money import MAX_AMOUNT, to_cents
from endi_like.payments import (
    TOLERANCE,
    Excess,
    balance,
    due_by_rate,
    excess,
    is_last,
    is_settled,
    left_by_rate,
    paid_status,
    split,
    spread,
)

CENTS = st.decimals(-10000, 10000, places=2)
DEBTS = st.dictionaries(st.integers(1, 5), st.decimals(0, 10000, places=2), min_size=1)
MIXED = st.dictionaries(st.integers(1, 5), CENTS, min_size=1)


def amounts(**by_rate: str) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in by_rate.items()}


@given(MIXED, CENTS)
def test_T6_the_parts_of_a_payment_are_the_payment(
    to_pay: dict[int, Decimal], amount: Decimal
) -> None:
    parts = split(amount, to_pay, tolerance=MAX_AMOUNT)
    assert sum(parts.values()) == amount
    assert parts.keys() == to_pay.keys()


@given(MIXED, st.decimals(-10000, 10000, places=5))
def test_a_payment_too_large_is_refused_and_any_other_is_split(
    to_pay: dict[int, Decimal], amount: Decimal
) -> None:
    whole = sum(to_pay.values())
    if excess(amount, whole) > TOLERANCE:
        with pytest.raises(Excess) as refusal:
            split(amount, to_pay)
        assert (refusal.value.amount, refusal.value.to_pay) == (to_cents(amount), whole)
    else:
        assert sum(split(amount, to_pay).values()) == to_cents(amount)


@given(DEBTS, st.lists(st.integers(1, 100), min_size=1, max_size=6))
def test_T6_payments_in_parts_settle_every_rate_exactly(
    due: dict[int, Decimal], pieces: list[int]
) -> None:
    left = dict(due)
    for piece in pieces:
        part = to_cents(sum(left.values()) * piece / 100)
        parts = split(part, left)
        assert all(0 <= parts[key] <= left[key] for key in left)
        left = left_by_rate(left, parts)
    left = left_by_rate(left, split(sum(left.values()), left))
    assert set(left.values()) == {Decimal(0)}


@given(MIXED)
def test_a_last_payment_takes_what_is_left_of_each_rate(
    to_pay: dict[int, Decimal],
) -> None:
    assert split(sum(to_pay.values()), to_pay) == to_pay


def test_what_is_too_much_is_spread_like_the_rest() -> None:
    parts = split(Decimal("124.00"), amounts(normal="80.00", reduced="40.00"))
    assert parts == amounts(normal="82.67", reduced="41.33")


def test_what_is_too_much_goes_somewhere_when_all_is_paid() -> None:
    parts = split(Decimal("0.05"), amounts(normal="0", reduced="0"))
    assert parts == amounts(normal="0.03", reduced="0.02")


def test_rates_of_opposite_signs_do_not_blow_up_the_parts() -> None:
    parts = split(Decimal("1.00"), amounts(normal="100.00", reduced="-99.00"))
    assert parts == amounts(normal="100.00", reduced="-99.00")
    parts = split(Decimal("3.00"), amounts(normal="100.00", reduced="-99.00"))
    assert parts == amounts(normal="101.01", reduced="-98.01")


def test_a_payment_taken_back_is_refused_unless_a_tolerance_is_given() -> None:
    to_pay = amounts(normal="60.00", reduced="30.00")
    with pytest.raises(Excess):
        split(Decimal("-9.00"), to_pay)
    parts = split(Decimal("-9.00"), to_pay, tolerance=Decimal(9))
    assert parts == amounts(normal="-6.00", reduced="-3.00")


@pytest.mark.parametrize(
    ("amount", "to_pay", "too_much"),
    [
        ("100.00", "100.00", "0.00"),
        ("99.00", "100.00", "0.00"),
        ("103.00", "100.00", "3.00"),
        ("-103.00", "-100.00", "3.00"),
        ("1000.00", "-5.00", "1000.00"),
        ("7.00", "0.00", "7.00"),
    ],
)
def test_the_excess_of_a_payment(amount: str, to_pay: str, too_much: str) -> None:
    assert excess(Decimal(amount), Decimal(to_pay)) == Decimal(too_much)


@pytest.mark.parametrize(
    ("amount", "to_pay", "last"),
    [
        ("100.004", "100.00", True),
        ("105.00", "100.00", True),
        ("99.99", "100.00", False),
        ("-100.00", "100.00", False),
        ("1.00", "0.00", True),
    ],
)
def test_the_last_payment_is_recognised(amount: str, to_pay: str, last: bool) -> None:
    assert is_last(Decimal(amount), Decimal(to_pay)) is last


@given(DEBTS, CENTS)
def test_lines_after_tax_are_spread_over_the_rates(
    ttc: dict[int, Decimal], after_tax: Decimal
) -> None:
    due = sum(ttc.values()) + after_tax
    assert sum(due_by_rate(ttc, due).values()) == due


@given(DEBTS)
def test_without_lines_after_tax_each_rate_is_due_as_it_is(
    ttc: dict[int, Decimal],
) -> None:
    assert due_by_rate(ttc, sum(ttc.values())) == ttc


def test_spreading_over_nothing_is_equal() -> None:
    assert spread(Decimal("0.03"), amounts(a="0", b="0")) == amounts(a="0.02", b="0.01")


def test_what_is_left_counts_payments_and_credit_notes_at_each_rate() -> None:
    left = left_by_rate(
        amounts(normal="100.00", reduced="50.00"),
        amounts(normal="20.00"),
        amounts(reduced="50.00", export="1.00"),
    )
    assert left == amounts(normal="80.00", reduced="0.00", export="-1.00")


def test_a_credit_note_lowers_what_is_left() -> None:
    found = balance(Decimal(100), [Decimal("30.004")], [Decimal(-20)])
    assert (found.paid, found.credited, found.to_pay) == (30, 20, 50)


@given(CENTS, st.lists(CENTS, max_size=5))
def test_paying_what_is_left_settles_an_invoice(
    total: Decimal, payments: list[Decimal]
) -> None:
    left = balance(total, payments, []).to_pay
    after = balance(total, [*payments, left], []).to_pay
    assert after == 0
    assert is_settled(total, after)


@pytest.mark.parametrize(
    ("total", "to_pay", "paid_something", "status"),
    [
        ("100", "0.01", True, "paid"),
        ("100", "-3", True, "resulted"),
        ("-100", "-40", True, "paid"),
        ("-100", "3", True, "resulted"),
        ("0", "0", False, "resulted"),
        ("100", "100", False, "waiting"),
    ],
)
def test_the_paid_status_is_derived(
    total: str, to_pay: str, paid_something: bool, status: str
) -> None:
    assert paid_status(Decimal(total), Decimal(to_pay), paid_something) == status
