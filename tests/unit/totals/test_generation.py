"""Promise T6: the invoices of an estimation are the estimation, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.money import to_cents
from endi_like.totals import (
    Deduction,
    Document,
    Line,
    Mode,
    RateTotal,
    Schedule,
    Totals,
    VatRate,
    balance,
    compute,
    credit_note,
    equal_schedule,
    part,
)
from tests.unit.test_totals import (
    A_THOUSAND_TIMES,
    EXPORT,
    MODES,
    NORMAL,
    REDUCED,
    TRAINING,
    opposite,
)
from tests.unit.totals.estimations import (
    ESTIMATIONS,
    MIDDLE,
    OTHER_NORMAL,
    numbers,
    sums,
    sums_by_rate,
)

PERCENTS = st.sampled_from([Decimal(0), Decimal(30), Decimal(100)]) | numbers(0, 100, 2)


def document(mode: Mode, *prices: tuple[str, VatRate], after: str = "0") -> Document:
    lines = tuple(Line(Decimal(price), Decimal(1), vat) for price, vat in prices)
    return Document(mode, (lines,), post_tax=(Decimal(after),))


def with_tax(totals: Totals) -> dict[VatRate, Decimal]:
    return {one.vat: one.ttc for one in totals.by_rate}


def generate(estimation: Document, schedule: Schedule) -> list[Totals]:
    already: list[RateTotal] = []
    made = []
    for amount in (schedule.deposit, *schedule.instalments):
        made.append(compute(part(estimation, amount, already)))
        already += made[-1].by_rate
    return [*made, compute(balance(estimation, already))]


@A_THOUSAND_TIMES
@given(ESTIMATIONS, PERCENTS, st.integers(1, 3))
def test_T6_the_invoices_of_an_estimation_add_up_to_it(
    estimation: Document, percent: Decimal, parts: int
) -> None:
    whole = compute(estimation)
    schedule = equal_schedule(whole.due, percent, parts)
    made = generate(estimation, schedule)
    amounts = [schedule.deposit, *schedule.instalments, schedule.balance]
    assert [one.due for one in made] == amounts
    assert sums(*made) == sums(whole)
    assert sums_by_rate(*made) == sums_by_rate(whole)


@A_THOUSAND_TIMES
@given(ESTIMATIONS, PERCENTS, PERCENTS)
def test_T6_a_credit_note_among_the_invoices_gives_back_to_the_balance(
    estimation: Document, percent: Decimal, second: Decimal
) -> None:
    whole = compute(estimation)
    first = part(estimation, to_cents(whole.due * percent / 100))
    made = [compute(first), compute(credit_note(first))]
    already = [one for totals in made for one in totals.by_rate]
    amount = to_cents(whole.due * second / 100)
    made.append(compute(part(estimation, amount, already)))
    assert made[-1].due == amount
    already += made[-1].by_rate
    made.append(compute(balance(estimation, already)))
    assert sums(*made) == sums(whole)
    assert sums_by_rate(*made) == sums_by_rate(whole)


@A_THOUSAND_TIMES
@given(ESTIMATIONS, PERCENTS)
def test_a_part_takes_no_more_of_a_rate_than_is_left(
    estimation: Document, percent: Decimal
) -> None:
    left = with_tax(compute(estimation))
    room = sum(ttc for ttc in left.values() if ttc > 0)
    asked = with_tax(compute(part(estimation, to_cents(room * percent / 100))))
    assert all(0 <= ttc <= max(left[vat], 0) for vat, ttc in asked.items())


@given(ESTIMATIONS, numbers(-3000, 3000, 2))
def test_a_part_is_any_amount_in_one_plain_line_per_rate(
    estimation: Document, amount: Decimal
) -> None:
    found = part(estimation, amount)
    (lines,) = found.groups
    assert compute(found).due == amount
    assert len({line.vat for line in lines}) == len(lines)
    assert {line.vat for line in lines} <= with_tax(compute(estimation)).keys()
    assert all(line.quantity == 1 and line.cost for line in lines)
    assert (found.discounts, found.expenses, found.post_tax) == ((), None, ())
    if estimation.mode == "ttc":
        assert found.mode == "ttc"


@given(ESTIMATIONS, numbers(-3000, 3000, 2))
def test_a_part_of_the_opposite_is_the_opposite(
    estimation: Document, amount: Decimal
) -> None:
    found = compute(part(estimation, amount))
    other = compute(part(opposite(estimation), -amount))
    assert sums_by_rate(found, other) == {}


@pytest.mark.parametrize("mode", MODES)
def test_a_part_is_asked_of_the_rates_that_something_is_left_of(mode: Mode) -> None:
    estimation = document(mode, ("100.00", EXPORT), ("50.00", TRAINING))
    first = compute(document(mode, ("100.00", EXPORT))).by_rate
    (line,) = part(estimation, Decimal("50.00"), first).groups[0]
    assert (line.vat, line.cost) == (TRAINING, Decimal(50))


@pytest.mark.parametrize("mode", MODES)
def test_a_part_goes_by_the_rates_of_its_own_sign(mode: Mode) -> None:
    estimation = document(mode, ("-100.00", EXPORT), ("40.00", TRAINING))
    (taken,) = part(estimation, Decimal(-30)).groups[0]
    (given,) = part(estimation, Decimal(30)).groups[0]
    assert (taken.vat, given.vat) == (EXPORT, TRAINING)


@pytest.mark.parametrize("mode", MODES)
def test_a_part_is_spread_by_what_is_left_of_each_rate(mode: Mode) -> None:
    estimation = document(mode, ("100.00", NORMAL), ("50.00", EXPORT))
    deposit = compute(part(estimation, Decimal("85.00")))
    left = with_tax(compute(balance(estimation, deposit.by_rate)))
    then = with_tax(compute(part(estimation, Decimal("17.00"), deposit.by_rate)))
    for vat, ttc in then.items():
        exact = Decimal("17.00") * left[vat] / sum(left.values())
        assert abs(ttc - exact) < Decimal("0.01")


def test_prices_before_tax_are_in_cents_where_they_can_be() -> None:
    estimation = document("ht", ("100.00", NORMAL), ("100.00", REDUCED))
    (lines,) = part(estimation, Decimal("100.00")).groups
    assert [line.cost for line in lines] == [Decimal("44.35"), Decimal("44.34")]


def test_a_price_has_more_digits_where_cents_would_miss_the_amount() -> None:
    estimation = document("ht", ("100.00", REDUCED))
    found = part(estimation, Decimal("0.10"))
    assert found.mode == "ht"
    assert found.groups[0][0].cost == Decimal("0.09479")
    assert compute(found).ttc == Decimal("0.10")


def test_a_price_lies_beside_the_division_where_that_would_round_up_twice() -> None:
    estimation = document("ht", ("100.00", VatRate(9, Decimal("8.10"))))
    found = part(estimation, Decimal("7.14"))
    assert (found.mode, found.groups[0][0].cost) == ("ht", Decimal("6.60499"))
    assert compute(found).ttc == Decimal("7.14")


def test_prices_that_only_together_miss_the_amount_are_not_taken() -> None:
    # 0.04545 and 0.63507 come to 0.05 and 0.67, and together to 0.71.
    estimation = document("ht", ("5.00", MIDDLE), ("69.86", REDUCED))
    found = part(estimation, Decimal("0.72"))
    assert found.mode == "ht"
    assert compute(found).ttc == Decimal("0.72")
    assert [line.cost for line in found.groups[0]] == [Decimal("0.04"), Decimal("0.64")]


def test_an_amount_that_no_price_before_tax_comes_to_is_asked_for_with_tax() -> None:
    # 0.02 comes to 0.02 at 20 %, 0.03 to 0.04, and half of 0.05 rounds both up.
    estimation = document("ht", ("100.00", NORMAL))
    found = part(estimation, Decimal("0.03"))
    assert found.mode == "ttc"
    assert compute(found).ttc == Decimal("0.03")


def test_a_cent_moves_to_another_rate_so_that_prices_stay_before_tax() -> None:
    estimation = document("ht", ("100.00", NORMAL), ("120.00", EXPORT))
    found = part(estimation, Decimal("0.06"))
    assert found.mode == "ht"
    assert with_tax(compute(found)) == {
        NORMAL: Decimal("0.02"),
        EXPORT: Decimal("0.04"),
    }


def test_no_cent_moves_where_nothing_is_left() -> None:
    estimation = document("ht", ("0.025", NORMAL), ("0.02", OTHER_NORMAL))
    left = with_tax(compute(estimation))
    everything = part(estimation, compute(estimation).ttc)
    assert with_tax(compute(everything)) == left


@pytest.mark.parametrize("mode", MODES)
def test_lines_after_tax_belong_to_the_balance(mode: Mode) -> None:
    estimation = document(mode, ("100.00", EXPORT), after="-20.00")
    deposit = compute(part(estimation, Decimal("40.00")))
    last = compute(balance(estimation, deposit.by_rate))
    assert (deposit.ttc, deposit.post_tax) == (Decimal(40), Decimal(0))
    assert (last.ttc, last.post_tax, last.due) == (60, -20, 40)


def test_what_is_beyond_all_that_is_left_is_asked_by_the_size_of_each_rate() -> None:
    estimation = document("ht", ("10.00", EXPORT), ("30.00", REDUCED), after="60.00")
    asked = with_tax(compute(part(estimation, Decimal("46.65"))))
    assert asked == {EXPORT: Decimal("11.20"), REDUCED: Decimal("35.45")}


def test_lines_after_tax_alone_have_no_parts() -> None:
    estimation = Document("ht", (), post_tax=(Decimal(50),))
    assert compute(part(estimation, Decimal(0))).due == 0
    with pytest.raises(ValueError, match="after tax alone"):
        part(estimation, Decimal(10))


def test_a_part_is_in_whole_cents() -> None:
    with pytest.raises(ValueError, match="whole cents"):
        part(document("ht", ("10.00", NORMAL)), Decimal("1.005"))


def test_the_balance_keeps_the_lines_and_deducts_each_invoice_in_turn() -> None:
    estimation = document("ht", ("100.00", NORMAL), ("100.00", EXPORT))
    deposit = compute(part(estimation, Decimal("22.00"))).by_rate
    second = compute(part(estimation, Decimal("33.00"), deposit)).by_rate
    last = balance(estimation, [*deposit, *second])
    assert last.groups == estimation.groups
    taken = [(one.vat, one.ttc) for one in last.deductions]
    assert taken == [(one.vat, one.ttc) for one in (*deposit, *second)]
    assert balance(last, second).deductions == (
        *last.deductions,
        *map(Deduction.of, second),
    )
