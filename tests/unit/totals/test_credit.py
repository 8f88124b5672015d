"""Promise T6: an invoice, its credit note and its payments are nothing, to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like import payments
from endi_like.money import to_cents
from endi_like.totals import (
    Discount,
    Document,
    Line,
    Mode,
    TooMuch,
    Totals,
    VatRate,
    balance,
    compute,
    credit_lines,
    credit_note,
    part,
)
from tests.unit.test_totals import A_THOUSAND_TIMES, EXPORT, MODES, NORMAL, REDUCED
from tests.unit.totals.estimations import (
    ESTIMATIONS,
    numbers,
    sums,
    sums_by_rate,
)

PERCENTS = numbers(0, 100, 2)


def pay(invoice: Totals, amounts: list[Decimal]) -> list[tuple[VatRate, Decimal]]:
    """Return the parts of payments, split over rates as they are when recorded."""
    ttc = {one.vat: one.ttc for one in invoice.by_rate}
    left = payments.due_by_rate(ttc, invoice.due)
    found: list[tuple[VatRate, Decimal]] = []
    for amount in amounts:
        parts = payments.split(amount, left)
        left = payments.left_by_rate(left, parts)
        found += parts.items()
    return found


def one_rate(mode: Mode, price: str, **more: object) -> Document:
    return Document(mode, ((Line(Decimal(price), Decimal(1), NORMAL),),), **more)


@A_THOUSAND_TIMES
@given(ESTIMATIONS)
def test_T6_an_unpaid_invoice_and_its_credit_note_are_nothing_at_each_rate(
    invoice: Document,
) -> None:
    both = compute(invoice), compute(credit_note(invoice))
    assert sums(*both) == (0, 0, 0, 0)
    assert sums_by_rate(*both) == {}


@A_THOUSAND_TIMES
@given(ESTIMATIONS, PERCENTS)
def test_T6_so_are_a_balance_invoice_and_its_credit_note(
    estimation: Document, percent: Decimal
) -> None:
    deposit = part(estimation, to_cents(compute(estimation).ttc * percent / 100))
    last = balance(estimation, compute(deposit).by_rate)
    both = compute(last), compute(credit_note(last))
    assert sums(*both) == (0, 0, 0, 0)
    assert sums_by_rate(*both) == {}


@A_THOUSAND_TIMES
@given(ESTIMATIONS, st.lists(PERCENTS, min_size=1, max_size=3))
def test_T6_invoice_payments_and_credit_note_are_nothing(
    invoice: Document, percents: list[Decimal]
) -> None:
    totals = compute(invoice)
    amounts = [to_cents(totals.due * one / 100 / len(percents)) for one in percents]
    paid = pay(totals, amounts)
    note = credit_note(invoice, paid)
    credit = compute(note)
    assert totals.due + credit.due == sum(amounts)
    assert payments.balance(totals.due, amounts, [credit.due]).to_pay == 0
    settled = note.deductions
    assert [(one.vat, one.ttc) for one in settled] == [(vat, -ttc) for vat, ttc in paid]
    assert -sum(one.ttc for one in settled) == sum(amounts)


@A_THOUSAND_TIMES
@given(ESTIMATIONS, st.lists(PERCENTS, max_size=3))
def test_T6_nothing_is_left_of_the_tax_of_an_invoice_that_was_paid(
    invoice: Document, percents: list[Decimal]
) -> None:
    totals = compute(invoice)
    amounts = [to_cents(totals.due * one / 100 / len(percents)) for one in percents]
    amounts.append(totals.due - sum(amounts))
    credit = compute(credit_note(invoice, pay(totals, amounts)))
    assert credit.due == 0
    due = payments.due_by_rate({one.vat: one.ttc for one in totals.by_rate}, totals.due)
    assert all(one.tva == 0 for one in credit.by_rate if due[one.vat])


@pytest.mark.parametrize(
    ("price", "paid", "ht", "tva"),
    [
        ("1000.00", "100.00", "83.33", "16.67"),
        ("1000.00", "1200.00", "1000.00", "200.00"),
        ("1000.00", "-100.00", "-83.33", "-16.67"),
    ],
)
def test_a_payment_contains_the_tax_of_its_rate(
    price: str, paid: str, ht: str, tva: str
) -> None:
    note = credit_note(one_rate("ht", price), [(NORMAL, Decimal(paid))])
    (settled,) = note.deductions
    assert (-settled.ht, -settled.tva) == (Decimal(ht), Decimal(tva))


def test_payments_in_parts_contain_the_tax_of_the_whole() -> None:
    # Each third of 100.00 contains 5.556: three times 5.56 would be a cent too much.
    third = [(NORMAL, Decimal("33.34")), *[(NORMAL, Decimal("33.33"))] * 2]
    note = credit_note(one_rate("ttc", "100.00"), third)
    assert [-one.tva for one in note.deductions] == [
        Decimal("5.56"),
        Decimal("5.55"),
        Decimal("5.56"),
    ]
    assert compute(note).ht == compute(note).tva == 0


def test_money_for_lines_after_tax_contains_no_tax() -> None:
    invoice = one_rate("ht", "100.00", post_tax=(Decimal(60),))
    (settled,) = credit_note(invoice, [(NORMAL, Decimal(180))]).deductions
    assert (settled.tva, settled.ttc) == (-20, -180)
    (settled,) = credit_note(invoice, [(NORMAL, Decimal(90))]).deductions
    assert (settled.tva, settled.ttc) == (-10, -90)


def test_a_part_at_a_rate_that_asks_for_nothing_contains_tax_by_plain_division() -> (
    None
):
    paid = [(REDUCED, Decimal("10.55")), (EXPORT, Decimal(5))]
    reduced, export = credit_note(one_rate("ht", "100.00"), paid).deductions
    assert (reduced.ht, reduced.tva) == (-10, Decimal("-0.55"))
    assert (export.ht, export.tva) == (-5, 0)


@pytest.mark.parametrize("mode", MODES)
def test_a_discount_comes_back_as_a_line_of_a_last_group(mode: Mode) -> None:
    invoice = one_rate(mode, "100.00", discounts=(Discount(Decimal(10), REDUCED),))
    note = credit_note(invoice)
    assert note.groups == (
        (Line(Decimal(-100), Decimal(1), NORMAL),),
        (Line(Decimal(10), Decimal(1), REDUCED),),
    )
    assert note.discounts == ()
    assert len(credit_note(one_rate(mode, "100.00")).groups) == 1


def test_payments_are_whole_cents() -> None:
    with pytest.raises(ValueError, match="whole cents"):
        credit_note(one_rate("ht", "100.00"), [(NORMAL, Decimal("1.005"))])


@given(ESTIMATIONS, st.data())
def test_chosen_lines_come_back_with_their_quantities(
    invoice: Document, data: st.DataObject
) -> None:
    share = st.sampled_from([Decimal(0), Decimal("0.5"), Decimal(1)])
    quantities = [
        [line.quantity * data.draw(share) for line in group] for group in invoice.groups
    ]
    note = credit_lines(invoice, quantities)
    pairs = zip(sum(invoice.groups, ()), sum(note.groups, ()), strict=True)
    assert all(
        (credit.cost, credit.vat) == (-line.cost, line.vat) for line, credit in pairs
    )
    assert [[line.quantity for line in group] for group in note.groups] == quantities
    assert (note.discounts, note.expenses, note.post_tax) == ((), None, ())


def test_all_lines_chosen_are_the_whole_credit_note_of_lines_alone() -> None:
    invoice = one_rate("ht", "33.335")
    assert credit_lines(invoice, [[Decimal(1)]]) == credit_note(invoice)


@A_THOUSAND_TIMES
@given(ESTIMATIONS, PERCENTS)
def test_T6_a_second_credit_note_takes_back_what_the_first_has_left(
    invoice: Document, percent: Decimal
) -> None:
    halves = [[line.quantity / 2 for line in group] for group in invoice.groups]
    totals, first = compute(invoice), compute(credit_lines(invoice, halves))
    amount = to_cents(totals.due * percent / 100)
    paid = pay(totals, [amount])
    second = compute(balance(credit_note(invoice, paid), first.by_rate))
    credited = [first.due, second.due]
    assert payments.balance(totals.due, [amount], credited).to_pay == 0


@pytest.mark.parametrize(
    ("had", "wanted", "beyond"),
    [("2", "2.5", "0.5"), ("-2", "-3", "1"), ("2", "-1", "1"), ("0", "1", "1")],
)
def test_no_more_of_a_line_comes_back_than_there_was(
    had: str, wanted: str, beyond: str
) -> None:
    plain = Line(Decimal(1), Decimal(1), NORMAL)
    line = Line(Decimal(10), Decimal(had), NORMAL)
    invoice = Document("ht", ((plain,), (plain, line)))
    quantities = [[Decimal(1)], [Decimal(0), Decimal(wanted)]]
    with pytest.raises(TooMuch) as refusal:
        credit_lines(invoice, quantities)
    assert (refusal.value.amount, refusal.value.place) == (Decimal(beyond), (1, 1))


@pytest.mark.parametrize("quantities", [[], [[]], [[Decimal(1)], []]])
def test_quantities_have_the_shape_of_the_groups(
    quantities: list[list[Decimal]],
) -> None:
    with pytest.raises(ValueError, match=r"zip\(\)"):
        credit_lines(one_rate("ht", "10.00"), quantities)
