"""What things of a catalogue cost: by the reference, and whatever the numbers are."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.totals import Rates, in_mode, per_unit, price_of_cost
from tests.unit.totals.estimations import numbers

HALF_OF_A_STEP = Fraction(1, 200_000)
COSTS = numbers(0, 100_000, 5)
SHARES = numbers(0, 99, 2)
RATES = st.builds(Rates, numbers(0, 100, 2), SHARES, SHARES, SHARES)
CHARGED = numbers(0, 30, 2)

BY_THE_REFERENCE = """
cost      overhead margin contribution insurance | price
100       0        0      0            0         | 100
100       10       0      0            0         | 110
100       0        20     0            0         | 125
100       10       20     12           1         | 157.82828
0.00001   0        50     0            0         | 0.00002
0.00003   50       0      0            0         | 0.00005
33.33     12.5     33.33  0            0         | 56.24156
"""


@pytest.mark.parametrize("row", BY_THE_REFERENCE.strip().splitlines()[1:])
def test_the_price_that_a_cost_makes(row):
    said, expected = row.split("|")
    cost, *rates = map(Decimal, said.split())
    assert price_of_cost(cost, Rates(*rates)) == Decimal(expected.strip())


@given(COSTS, RATES)
def test_a_price_is_the_formula_rounded_once(cost, rates):
    exact = Fraction(cost) * (100 + Fraction(rates.overhead)) / 100
    for share in rates.shares:
        exact = exact * 100 / (100 - Fraction(share))
    found = Fraction(price_of_cost(cost, rates))
    assert abs(found - exact) <= HALF_OF_A_STEP
    assert found >= exact - HALF_OF_A_STEP


@given(COSTS, RATES)
def test_nothing_is_sold_below_what_it_costs(cost, rates):
    assert price_of_cost(cost, rates) >= cost


@given(COSTS, CHARGED)
def test_a_price_in_its_own_mode_is_as_it_is(cost, percent):
    assert in_mode(cost, "ht", "ht", percent) == cost
    assert in_mode(cost, "ttc", "ttc", percent) == cost


@given(COSTS, CHARGED)
def test_a_price_with_tax_is_never_less_than_without(cost, percent):
    with_tax = in_mode(cost, "ht", "ttc", percent)
    assert with_tax >= cost
    exact = Fraction(cost) * (100 + Fraction(percent)) / 100
    assert abs(Fraction(with_tax) - exact) <= HALF_OF_A_STEP


@given(numbers(0, 100_000, 2), st.sampled_from(["20", "10", "5.5", "2.1", "0"]))
def test_a_price_in_cents_comes_back_as_it_was(price, rate):
    percent = Decimal(rate)
    there = in_mode(price, "ht", "ttc", percent)
    assert in_mode(there, "ttc", "ht", percent) == price


def test_a_named_zero_rate_charges_nothing():
    assert in_mode(Decimal(5), "ht", "ttc", Decimal(-1)) == 5
    assert in_mode(Decimal(5), "ttc", "ht", Decimal(-1)) == 5


@given(st.lists(st.tuples(COSTS, numbers(0, 1000, 5)), max_size=8))
def test_parts_are_rounded_together_not_one_by_one(parts):
    exact = sum((Fraction(p) * Fraction(q) for p, q in parts), Fraction())
    found = per_unit(parts)
    assert found == found.quantize(Decimal("0.01"))
    assert abs(Fraction(found) - exact) <= Fraction(1, 200)


def test_half_a_cent_goes_away_from_zero():
    half = Decimal("0.005")
    assert per_unit([(half, Decimal(1))]) == Decimal("0.01")
    assert per_unit([(-half, Decimal(1))]) == Decimal("-0.01")
    assert per_unit([(half, Decimal(1)), (half, Decimal(1))]) == Decimal("0.01")
