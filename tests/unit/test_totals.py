"""Promise T6: the figures of a document agree with each other, to the cent."""

from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endi_like.money import to_cents
from endi_like.totals import (
    Discount,
    Document,
    Expenses,
    Line,
    Mode,
    Totals,
    VatRate,
    compute,
    ht_of_ttc,
    no_vat,
    percent_discount,
    tva_of_ht,
    tva_of_ttc,
    unit_ht,
)

NORMAL = VatRate(1, Decimal("20.00"))
REDUCED = VatRate(2, Decimal("5.50"))
EXPORT = VatRate(3, Decimal("-1.00"))
TRAINING = VatRate(4, Decimal("-1.00"))
ZERO_RATE = VatRate(5, Decimal("0.00"))

A_THOUSAND_TIMES = settings(max_examples=1000)
"""For what each document is to hold to: a case takes some thousandths of a second."""

MODES: tuple[Mode, ...] = ("ht", "ttc")
RATES = st.sampled_from([NORMAL, REDUCED, EXPORT, TRAINING, ZERO_RATE])
COSTS = st.decimals(-1000000, 1000000, places=5)
LINES = st.builds(Line, COSTS, st.decimals(-1000, 1000, places=5), RATES)
DISCOUNTS = st.builds(Discount, st.decimals(0, 1000, places=5), RATES)
RANDOMS = st.randoms(use_true_random=False)


def documents(*modes: Mode) -> st.SearchStrategy[Document]:
    """Draw documents whose prices are in one of the modes."""
    return st.builds(
        Document,
        st.sampled_from(modes),
        st.lists(st.lists(LINES, max_size=6).map(tuple), max_size=4).map(tuple),
        st.lists(DISCOUNTS, max_size=3).map(tuple),
        st.none() | st.builds(Expenses, st.decimals(0, 1000, places=2), RATES),
        st.lists(st.decimals(-1000, 1000, places=2), max_size=2).map(tuple),
    )


DOCUMENTS = documents(*MODES)


def one_line(cost: str, vat: VatRate, quantity: str = "1", mode: Mode = "ht") -> Totals:
    line = Line(Decimal(cost), Decimal(quantity), vat)
    return compute(Document(mode, ((line,),)))


def opposite(document: Document) -> Document:
    """Return the full credit note: every figure with the other sign."""
    flat = document.expenses
    return Document(
        document.mode,
        tuple(
            tuple(Line(-line.cost, line.quantity, line.vat) for line in group)
            for group in document.groups
        ),
        tuple(Discount(-one.amount, one.vat) for one in document.discounts),
        Expenses(-flat.amount, flat.vat) if flat else None,
        tuple(-amount for amount in document.post_tax),
    )


def breakdown(totals: Totals) -> dict[VatRate, tuple[Decimal, ...]]:
    return {one.vat: (one.ht, one.tva, one.ttc) for one in totals.by_rate}


@A_THOUSAND_TIMES
@given(DOCUMENTS)
def test_T6_before_tax_and_tax_make_the_total_at_each_rate(document: Document) -> None:
    for one in compute(document).by_rate:
        assert one.ht + one.tva == one.ttc
        assert to_cents(one.ht) == one.ht
        assert to_cents(one.tva) == one.tva


@A_THOUSAND_TIMES
@given(DOCUMENTS)
def test_T6_rates_add_up_to_the_totals_rounded_once(document: Document) -> None:
    totals = compute(document)
    assert totals.ht + totals.tva == totals.ttc
    rounded_once = totals.ht if document.mode == "ht" else totals.ttc
    assert rounded_once == to_cents(totals.unrounded)
    assert totals.due == totals.ttc + sum(document.post_tax)


@given(DOCUMENTS)
def test_T6_lines_less_discounts_are_the_total_before_rounding(
    document: Document,
) -> None:
    totals = compute(document)
    flat = document.expenses.amount if document.expenses else Decimal(0)
    exact = totals.groups_ht - totals.discount_ht + flat
    assert totals.ht == to_cents(exact)
    lines = [amounts for group in totals.lines for amounts in group]
    assert totals.groups_ht == sum(amounts.ht for amounts in lines)
    assert all(amounts.ht + amounts.tva == amounts.ttc for amounts in lines)


@A_THOUSAND_TIMES
@given(DOCUMENTS)
def test_T6_an_invoice_and_its_full_credit_note_are_nothing(
    document: Document,
) -> None:
    invoice, credit_note = compute(document), compute(opposite(document))
    taken_back = breakdown(credit_note)
    for vat, amounts in breakdown(invoice).items():
        pairs = zip(amounts, taken_back[vat], strict=True)
        assert all(asked + returned == 0 for asked, returned in pairs)
    assert invoice.due + credit_note.due == 0


@given(DOCUMENTS, RANDOMS)
def test_T6_the_order_of_lines_does_not_matter(
    document: Document, random: Random
) -> None:
    groups = [random.sample(group, len(group)) for group in document.groups]
    random.shuffle(groups)
    shuffled = Document(
        document.mode,
        tuple(tuple(group) for group in groups),
        tuple(random.sample(document.discounts, len(document.discounts))),
        document.expenses,
        document.post_tax,
    )
    assert compute(shuffled).by_rate == compute(document).by_rate


@given(DOCUMENTS)
def test_T6_a_zero_rate_never_charges_tax(document: Document) -> None:
    for one in compute(document).by_rate:
        if one.vat.percent == 0:
            assert (one.tva, one.ht) == (0, one.ttc)


@A_THOUSAND_TIMES
@given(documents("ht"))
def test_T6_tax_is_rounded_once_per_rate(document: Document) -> None:
    totals = compute(document)
    taxes: dict[VatRate, Decimal] = {}
    for group, amounts in zip(document.groups, totals.lines, strict=True):
        for line, amount in zip(group, amounts, strict=True):
            taxes[line.vat] = taxes.get(line.vat, Decimal(0)) + amount.tva
    for discount in document.discounts:
        tax = tva_of_ht(discount.amount, discount.vat.percent)
        taxes[discount.vat] = taxes.get(discount.vat, Decimal(0)) - tax
    if flat := document.expenses:
        tax = tva_of_ht(flat.amount, flat.vat.percent)
        taxes[flat.vat] = taxes.get(flat.vat, Decimal(0)) + tax
    assert {one.vat: one.tva for one in totals.by_rate} == {
        vat: to_cents(tax) for vat, tax in taxes.items()
    }


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("promise", "drawn"),
    [
        (test_T6_lines_less_discounts_are_the_total_before_rounding, ()),
        (test_T6_the_order_of_lines_does_not_matter, (RANDOMS,)),
        (test_T6_a_zero_rate_never_charges_tax, ()),
    ],
)
def test_T6_the_rest_holds_for_a_thousand_documents_too(
    promise: Any, drawn: tuple[Any, ...]
) -> None:
    again = given(DOCUMENTS, *drawn)(promise.hypothesis.inner_test)
    A_THOUSAND_TIMES(again)()


@pytest.mark.parametrize("mode", MODES)
def test_T6_rounding_line_by_line_is_shown_where_it_differs(mode: Mode) -> None:
    line = Line(Decimal("33.335"), Decimal(1), NORMAL)
    totals = compute(Document("ht", ((line, line, line),)))
    assert totals.tva == Decimal("20.00")
    assert totals.line_by_line.tva == Decimal("20.01")
    whole = compute(Document(mode, ((Line(Decimal(12), Decimal(2), NORMAL),),)))
    assert whole.line_by_line.ttc == whole.ttc


@pytest.mark.parametrize("mode", MODES)
def test_a_document_without_lines_is_worth_nothing(mode: Mode) -> None:
    totals = compute(Document(mode, ()))
    assert (totals.ht, totals.tva, totals.ttc, totals.due) == (0, 0, 0, 0)
    assert totals.by_rate == ()


def test_rates_of_equal_value_stay_apart_by_their_key() -> None:
    lines = (
        Line(Decimal(10), Decimal(1), TRAINING),
        Line(Decimal(20), Decimal(1), EXPORT),
        Line(Decimal(30), Decimal(1), EXPORT),
    )
    totals = compute(Document("ht", (lines,)))
    assert [(one.vat, one.ttc) for one in totals.by_rate] == [
        (EXPORT, Decimal(50)),
        (TRAINING, Decimal(10)),
    ]


def test_rates_come_highest_first_and_named_zero_rates_last() -> None:
    lines = tuple(
        Line(Decimal(1), Decimal(1), vat)
        for vat in (EXPORT, ZERO_RATE, REDUCED, NORMAL)
    )
    totals = compute(Document("ht", (lines,)))
    assert [one.vat for one in totals.by_rate] == [NORMAL, REDUCED, ZERO_RATE, EXPORT]


def test_the_cents_of_rates_add_up_to_the_total_before_tax() -> None:
    lines = (
        Line(Decimal("10.004"), Decimal(1), NORMAL),
        Line(Decimal("50.004"), Decimal(1), REDUCED),
    )
    totals = compute(Document("ht", (lines,)))
    assert totals.ht == Decimal("60.01")
    assert [one.ht for one in totals.by_rate] == [Decimal("10.01"), Decimal("50.00")]


def test_with_tax_included_what_was_typed_is_what_each_rate_asks_for() -> None:
    lines = (
        Line(Decimal("10.00"), Decimal(1), NORMAL),
        Line(Decimal("10.00"), Decimal(1), REDUCED),
        Line(Decimal("10.00"), Decimal(1), EXPORT),
    )
    totals = compute(Document("ttc", (lines,)))
    assert [one.ttc for one in totals.by_rate] == [Decimal(10)] * 3


def test_with_tax_included_the_missing_cent_goes_to_the_first_rate() -> None:
    middle = VatRate(6, Decimal("10.00"))
    lines = (
        Line(Decimal("1.02"), Decimal(1), middle),
        Line(Decimal("1.03"), Decimal(1), REDUCED),
    )
    totals = compute(Document("ttc", (lines,)))
    taxes = [to_cents(amounts.tva) for amounts in totals.lines[0]]
    assert taxes == [Decimal("0.09"), Decimal("0.05")]
    assert (totals.ht, totals.ttc) == (Decimal("1.90"), Decimal("2.05"))
    assert [one.tva for one in totals.by_rate] == [Decimal("0.10"), Decimal("0.05")]


def test_the_missing_cent_never_goes_to_a_rate_that_charges_nothing() -> None:
    middle = VatRate(6, Decimal("10.00"))
    lines = (
        Line(Decimal("0.00"), Decimal(1), NORMAL),
        Line(Decimal("1.02"), Decimal(1), middle),
        Line(Decimal("1.03"), Decimal(1), REDUCED),
    )
    totals = compute(Document("ttc", (lines,)))
    taxes = [one.tva for one in totals.by_rate]
    assert taxes == [Decimal(0), Decimal("0.10"), Decimal("0.05")]


def test_flat_expenses_are_before_tax_in_both_modes() -> None:
    flat = Expenses(Decimal(10), NORMAL)
    for mode in MODES:
        totals = compute(Document(mode, (), expenses=flat))
        assert (totals.ht, totals.ttc) == (Decimal(10), Decimal(12))


def test_large_amounts_keep_every_digit() -> None:
    totals = one_line("99999999999.99999", NORMAL, "99999999999.99999")
    assert totals.unrounded == Decimal("9999999999999998000000.0000000001")
    assert totals.groups_ht == totals.unrounded


@pytest.mark.parametrize(
    ("ttc", "ht"), [("100.25", "83.82103"), ("10.00", "8.36120"), ("11.96", "10.00000")]
)
def test_a_unit_price_before_tax_follows_the_doctrine(ttc: str, ht: str) -> None:
    assert unit_ht(Decimal(ttc), Decimal("19.6")) == Decimal(ht)


def test_a_unit_price_is_divided_where_that_is_exact() -> None:
    # The coefficient would give 999.996.
    assert unit_ht(Decimal(1200), Decimal(20)) == Decimal(1000)


@given(COSTS, st.sampled_from(["0", "5.5", "19.6", "20", "-3"]).map(Decimal))
def test_an_amount_is_its_tax_and_the_rest(ttc: Decimal, percent: Decimal) -> None:
    assert ht_of_ttc(ttc, percent) + tva_of_ttc(ttc, percent) == ttc
    if percent <= 0:
        assert tva_of_ttc(ttc, percent) == 0
        assert tva_of_ht(ttc, percent) == 0
        assert unit_ht(ttc, percent) == ttc


def test_a_percentage_over_several_rates_adds_up() -> None:
    group = [
        Line(Decimal("33.33"), Decimal(1), NORMAL),
        Line(Decimal("33.33"), Decimal(1), REDUCED),
        Line(Decimal("33.37"), Decimal(1), EXPORT),
    ]
    discounts = percent_discount([group], Decimal("2.5"))
    assert [one.vat for one in discounts] == [NORMAL, REDUCED, EXPORT]
    assert sum(one.amount for one in discounts) == Decimal("2.50")


@given(st.lists(LINES, max_size=6), st.sampled_from(["0", "1.75", "10", "100"]))
def test_a_percentage_discount_is_that_percentage_of_the_whole(
    lines: list[Line], percent: str
) -> None:
    discounts = percent_discount([lines], Decimal(percent))
    whole = sum((line.cost * line.quantity for line in lines), Decimal(0))
    expected = to_cents(whole * Decimal(percent) / 100)
    assert sum(one.amount for one in discounts) == expected
    assert {one.vat for one in discounts} == {line.vat for line in lines}


@pytest.mark.parametrize(
    ("vats", "expected"),
    [
        ([], False),
        ([EXPORT, TRAINING], True),
        ([EXPORT, ZERO_RATE], False),
        ([EXPORT, NORMAL], False),
    ],
)
def test_no_tax_is_said_only_of_named_zero_rates(
    vats: list[VatRate], expected: bool
) -> None:
    assert no_vat(vats) is expected
