"""Golden cases: split of payments over rates, what is left, what it is called."""

from decimal import Decimal

import pytest

from endi_like.money import to_cents
from endi_like.payments import (
    Excess,
    balance,
    due_by_rate,
    is_last,
    left_by_rate,
    paid_status,
    split,
)
from endi_like.totals import compute
from tests.golden import Case, cases, euros
from tests.unit.golden.test_totals_cases import document, in_euros


def to_pay_by_rate(given: Case) -> dict[str, Decimal]:
    if "topay_by_rate" in given:
        return {key: euros(value) for key, value in given["topay_by_rate"].items()}
    totals = compute(document(given["document"]))
    ttc = {str(one.vat.key): one.ttc for one in totals.by_rate}
    return due_by_rate(ttc, totals.due)


@pytest.mark.parametrize("case", cases("payment_split"))
def test_a_payment_is_split_over_the_rates(case: Case) -> None:
    to_pay = to_pay_by_rate(case["input"])
    amount = euros(case["input"]["payment"])
    expected = case["expect"]
    if "raises" in expected:
        with pytest.raises(Excess):
            split(amount, to_pay)
        return
    parts = split(amount, to_pay)
    left = left_by_rate(to_pay, parts)
    found = {
        "parts": parts,
        "sum": sum(parts.values()),
        "topay": sum(to_pay.values()),
        "topay_by_rate": to_pay,
        "topay_after": sum(left.values()),
    }
    assert {name: found[name] for name in expected} == in_euros(expected)
    assert sum(parts.values()) == to_cents(amount)


@pytest.mark.parametrize("case", cases("is_last_payment"))
def test_a_last_payment_leaves_nothing(case: Case) -> None:
    given = case["input"]
    last = is_last(euros(given["payment"]), euros(given["topay"]))
    assert last is case["expect"]["last"]


@pytest.mark.parametrize("case", cases("invoice_balance"))
def test_an_invoice_knows_what_is_left_to_pay(case: Case) -> None:
    given = case["input"]
    found = balance(
        euros(given["total"]),
        map(euros, given["payments"]),
        [
            euros(one["total"])
            for one in given["credit_notes"]
            if one["status"] == "valid"
        ],
    )
    known = {
        "paid": found.paid,
        "topay": found.to_pay,
        "credit_amount": found.credited,
    }
    expected = case["expect"]
    assert {name: known[name] for name in expected} == in_euros(expected)


@pytest.mark.parametrize("row", cases("paid_status")[0].values[0]["expect"]["rows"])
def test_the_paid_status_follows_from_the_facts(row: list[object]) -> None:
    total, to_pay, paid_something, forced, status = row
    found = paid_status(euros(total), euros(to_pay), paid_something, forced)
    assert found == status
