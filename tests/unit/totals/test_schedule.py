"""Promise T6: a schedule adds up to its total, and refuses what does not."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.money import to_cents
from endi_like.totals import (
    Schedule,
    TooMuch,
    deposit,
    equal_schedule,
    manual_schedule,
)
from tests.unit.test_totals import A_THOUSAND_TIMES

TOTALS = st.decimals(-1000000, 1000000, places=2)
PERCENTS = st.decimals(0, 100, places=2)


def amounts(*texts: str) -> tuple[Decimal, ...]:
    return tuple(map(Decimal, texts))


@A_THOUSAND_TIMES
@given(TOTALS, PERCENTS, st.integers(1, 24))
def test_T6_equal_parts_add_up_and_differ_by_a_cent_at_most(
    total: Decimal, percent: Decimal, parts: int
) -> None:
    found = equal_schedule(total, percent, parts)
    equal = [*found.instalments, found.balance]
    assert found.deposit + sum(equal) == total == found.total
    assert len(equal) == parts
    assert max(equal) - min(equal) <= Decimal("0.01")
    assert all(part * total >= 0 for part in (found.deposit, *equal))
    assert all(to_cents(part) == part for part in equal)


@given(TOTALS, PERCENTS, st.integers(1, 24))
def test_the_schedule_of_the_opposite_is_the_opposite(
    total: Decimal, percent: Decimal, parts: int
) -> None:
    found = equal_schedule(total, percent, parts)
    other = equal_schedule(-total, percent, parts)
    assert other.deposit == -found.deposit
    assert sorted((*other.instalments, other.balance)) == sorted(
        -part for part in (*found.instalments, found.balance)
    )


@A_THOUSAND_TIMES
@given(TOTALS, PERCENTS, st.lists(TOTALS, max_size=5))
def test_T6_a_manual_schedule_adds_up_or_is_refused(
    total: Decimal, percent: Decimal, instalments: list[Decimal]
) -> None:
    first = to_cents(total * percent / 100)
    balance = total - first - sum(instalments)
    wrong = [part for part in instalments if part and not part * total > 0]
    beyond = [balance] if balance and not balance * total > 0 else []
    if wrong or beyond:
        with pytest.raises(TooMuch) as refusal:
            manual_schedule(total, percent, instalments)
        assert refusal.value.amount == sum(map(abs, wrong or beyond))
        assert refusal.value.place is None
    else:
        found = manual_schedule(total, percent, instalments)
        assert found == Schedule(first, tuple(instalments), balance)
        assert found.total == total


@pytest.mark.parametrize(
    ("total", "instalments", "too_much"),
    [
        ("100.00", ("60.00", "50.00"), "20.00"),
        ("-100.00", ("-60.00", "-50.00"), "20.00"),
        ("100.00", ("-5.00",), "5.00"),
        ("0.00", ("5.00",), "5.00"),
    ],
)
def test_a_schedule_says_how_much_too_much_it_is(
    total: str, instalments: tuple[str, ...], too_much: str
) -> None:
    with pytest.raises(TooMuch) as refusal:
        manual_schedule(Decimal(total), Decimal(10), amounts(*instalments))
    assert refusal.value.amount == Decimal(too_much)


def test_a_schedule_may_be_all_deposit_or_leave_no_balance() -> None:
    everything = equal_schedule(Decimal("99.99"), Decimal(100), 3)
    assert everything == Schedule(Decimal("99.99"), amounts("0", "0"), Decimal(0))
    paid_up = manual_schedule(Decimal("99.99"), Decimal(0), amounts("99.99"))
    assert paid_up == Schedule(Decimal(0), amounts("99.99"), Decimal(0))


def test_instalments_are_rounded_to_cents() -> None:
    found = manual_schedule(Decimal("10.00"), Decimal(0), amounts("3.33333"))
    assert (found.instalments, found.balance) == (amounts("3.33"), Decimal("6.67"))


@pytest.mark.parametrize("percent", ["-0.01", "100.01"])
def test_a_deposit_is_a_percentage_up_to_a_hundred(percent: str) -> None:
    with pytest.raises(ValueError, match="no deposit"):
        deposit(Decimal(100), Decimal(percent))


def test_there_is_always_a_balance() -> None:
    with pytest.raises(ValueError, match="balance"):
        equal_schedule(Decimal(100), Decimal(0), 0)
