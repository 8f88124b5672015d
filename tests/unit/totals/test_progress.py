"""Promise T6: invoices by progress are the estimation once all of it is done."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.totals import (
    Discount,
    Document,
    Expenses,
    Line,
    RateTotal,
    TooMuch,
    compute,
    of_groups,
    progress_invoice,
    remaining,
)
from tests.unit.test_totals import A_THOUSAND_TIMES, NORMAL, REDUCED
from tests.unit.totals.estimations import (
    ESTIMATIONS,
    numbers,
    sums,
    sums_by_rate,
)

Percents = list[list[Decimal]]

STEPS = st.lists(numbers(0, 60, 2), min_size=0, max_size=3)
HUNDRED, HALF = Decimal(100), Decimal(50)


def percents(*groups: tuple[int, ...]) -> Percents:
    return [[Decimal(percent) for percent in group] for group in groups]


def estimation(*lines: tuple[str, str]) -> Document:
    group = tuple(Line(Decimal(cost), Decimal(count), NORMAL) for cost, count in lines)
    return Document("ht", (group,))


@A_THOUSAND_TIMES
@given(ESTIMATIONS, STEPS, st.randoms(use_true_random=False))
def test_T6_invoices_by_progress_add_up_to_the_estimation(
    document: Document, steps: list[Decimal], random
) -> None:
    done = [[Decimal(0) for _ in group] for group in document.groups]
    already: list[RateTotal] = []
    made = []
    for step in steps:
        left = remaining(document, done)
        now = [
            [min(percent, random.choice((step, Decimal(0)))) for percent in group]
            for group in left
        ]
        made.append(compute(progress_invoice(document, done, now, already)))
        already += made[-1].by_rate
        done = [
            [had + more for had, more in zip(*pair, strict=True)]
            for pair in zip(done, now, strict=True)
        ]
    rest = remaining(document, done)
    made.append(compute(progress_invoice(document, done, rest, already)))
    whole = compute(document)
    assert sums(*made) == sums(whole)
    assert sums_by_rate(*made) == sums_by_rate(whole)
    assert not any(map(any, remaining(document, done, rest)))


@given(ESTIMATIONS, numbers(1, 99, 2))
def test_a_line_is_its_percentage_of_what_it_was(
    document: Document, percent: Decimal
) -> None:
    none = of_groups(document, [Decimal(0)] * len(document.groups))
    now = of_groups(document, [percent] * len(document.groups))
    found = progress_invoice(document, none, now)
    lines = zip(sum(document.groups, ()), sum(found.groups, ()), strict=True)
    for line, part in lines:
        exact = line.cost * line.quantity * percent / 100
        half = Decimal("0.000005")
        assert abs(part.cost * part.quantity - exact) <= half * line.quantity
        assert line.cost == part.cost or line.quantity == part.quantity
    assert (found.expenses, found.post_tax, found.deductions) == (None, (), ())


def test_the_unit_price_is_kept_where_the_quantity_can_be_written() -> None:
    document = estimation(("100.00", "3"), ("50.00", "1.23456"))
    now = percents((25, 15))
    (lines,) = progress_invoice(document, percents((0, 0)), now).groups
    assert lines == (
        Line(Decimal(100), Decimal("0.75"), NORMAL),
        Line(Decimal("7.5"), Decimal("1.23456"), NORMAL),
    )


def test_a_discount_follows_the_lines_of_its_rate() -> None:
    lines = (
        Line(Decimal(300), Decimal(1), NORMAL),
        Line(Decimal(100), Decimal(1), NORMAL),
        Line(Decimal(500), Decimal(1), REDUCED),
    )
    document = Document(
        "ht",
        (lines,),
        (Discount(Decimal(40), NORMAL), Discount(Decimal(10), REDUCED)),
        Expenses(Decimal(20), NORMAL),
        (Decimal(5),),
    )
    found = progress_invoice(document, percents((0, 0, 0)), percents((50, 10, 0)))
    assert [one.amount for one in found.discounts] == [Decimal(16), Decimal(0)]


def test_a_discount_goes_by_the_size_of_lines_that_cancel_each_other() -> None:
    document = replace(
        estimation(("300.00", "1"), ("-100.00", "1")),
        discounts=(Discount(Decimal(40), NORMAL),),
    )
    found = progress_invoice(document, percents((0, 0)), percents((100, 0)))
    assert [one.amount for one in found.discounts] == [Decimal(30)]


def test_a_discount_at_a_rate_without_lines_waits_for_the_balance() -> None:
    document = Document(
        "ht",
        ((Line(Decimal(300), Decimal(1), NORMAL),),),
        (Discount(Decimal(40), REDUCED),),
    )
    found = progress_invoice(document, percents((0,)), percents((50,)))
    assert [one.amount for one in found.discounts] == [Decimal(0)]
    last = progress_invoice(document, percents((50,)), percents((50,)))
    assert last.discounts == document.discounts


def test_the_invoice_that_completes_all_lines_is_the_balance() -> None:
    document = estimation(("100.00", "1"), ("200.00", "1"))
    first = progress_invoice(document, percents((0, 0)), percents((100, 50)))
    assert compute(first).ht == 200
    already = compute(first).by_rate
    last = progress_invoice(document, percents((100, 50)), percents((0, 50)), already)
    assert last.groups == document.groups
    assert (compute(last).ht, compute(last).deducted.ht) == (100, 200)


def test_what_is_left_of_each_line() -> None:
    document = estimation(("100.00", "1"), ("200.00", "1"))
    assert remaining(document) == ((HUNDRED, HUNDRED),)
    assert remaining(document, percents((30, 0)), percents((20, 100))) == (
        (HALF, Decimal(0)),
    )


def test_a_group_has_one_percentage_for_all_its_lines() -> None:
    line = Line(Decimal(1), Decimal(1), NORMAL)
    document = Document("ht", ((line, line), (), (line,)))
    found = of_groups(document, [HALF, Decimal(10), HUNDRED])
    assert found == ((HALF, HALF), (), (HUNDRED,))


@pytest.mark.parametrize(
    ("before", "now", "beyond"), [(60, 41, 1), (0, 101, 1), (100, 5, 5), (10, -3, 3)]
)
def test_more_than_is_left_is_refused(before: int, now: int, beyond: int) -> None:
    document = estimation(("100.00", "1"), ("200.00", "1"))
    with pytest.raises(TooMuch) as refusal:
        progress_invoice(document, percents((0, before)), percents((50, now)))
    assert (refusal.value.amount, refusal.value.place) == (beyond, (0, 1))


@pytest.mark.parametrize("now", [[], [[]], [[HALF, HALF]]])
def test_percentages_have_the_shape_of_the_groups(now: Percents) -> None:
    with pytest.raises(ValueError, match=r"zip\(\)"):
        progress_invoice(estimation(("100.00", "1")), percents((0,)), now)
