"""Golden cases: sales documents in both modes, discounts and single amounts."""

from decimal import Decimal
from typing import Any

import pytest

from endi_like.money import to_cents
from endi_like.totals import (
    Discount,
    Document,
    Expenses,
    Line,
    Totals,
    VatRate,
    compute,
    ht_of_ttc,
    no_vat,
    percent_discount,
    tva_of_ht,
    unit_ht,
)
from tests.golden import Case, cases, euros, percent

AMOUNTS = {
    "groups_total_ht": lambda totals: totals.groups_ht,
    "discount_total_ht": lambda totals: totals.discount_ht,
    "total_ht": lambda totals: totals.ht,
    "tva_amount": lambda totals: totals.tva,
    "total_due": lambda totals: totals.due,
}


def rate(value: int) -> VatRate:
    return VatRate(value, percent(value))


def line(given: Case) -> Line:
    return Line(
        cost=euros(given["cost"]),
        quantity=Decimal(given.get("quantity", 1)),
        vat=rate(given["tva"]),
    )


def document(given: Case) -> Document:
    flat = given.get("expenses_ht")
    # What used to be expenses with tax is a line after tax today.
    after = [given["expenses"]] if "expenses" in given else []
    return Document(
        mode=given["mode"],
        groups=tuple(tuple(map(line, group)) for group in given["groups"]),
        discounts=tuple(
            Discount(euros(one["amount"]), rate(one["tva"]))
            for one in given.get("discounts", ())
        ),
        expenses=Expenses(euros(flat), rate(given["expenses_tva"])) if flat else None,
        post_tax=tuple(map(euros, after + given.get("post_ttc", []))),
    )


def figures(given: Case, totals: Totals, names: Any) -> dict[str, Any]:
    """Return what the cases call by those names."""
    after = [euros(amount) for amount in given.get("post_ttc", ())]
    rates = {str(one.vat.key): one for one in totals.by_rate}
    lines = [amounts for group in totals.lines for amounts in group]
    ttc = totals.unrounded if given["mode"] == "ttc" else totals.ttc
    known = {name: read(totals) for name, read in AMOUNTS.items()} | {
        "total_ttc": ttc,
        "total": totals.due - sum(after),
        "tvas": {key: one.tva for key, one in rates.items()},
        "tva_ttc_parts": {key: one.ttc for key, one in rates.items()},
        "lines_ht": [amounts.ht for amounts in lines],
        "lines_tva": [amounts.tva for amounts in lines],
        "lines_ttc": [amounts.ttc for amounts in lines],
    }
    return {name: known[name] for name in names}


def in_euros(expected: Any) -> Any:
    if isinstance(expected, dict):
        return {key: in_euros(value) for key, value in expected.items()}
    if isinstance(expected, list):
        return [in_euros(value) for value in expected]
    return euros(expected)


@pytest.mark.parametrize("case", cases("document_ht", "document_ttc"))
def test_a_document_adds_up_as_its_case_says(case: Case) -> None:
    totals = compute(document(case["input"]))
    found = figures(case["input"], totals, case["expect"])
    assert found == in_euros(case["expect"])


@pytest.mark.parametrize("case", cases("document_ttc"))
def test_a_total_that_was_not_rounded_there_is_in_cents_here(case: Case) -> None:
    totals = compute(document(case["input"]))
    assert totals.ttc == to_cents(totals.unrounded)


@pytest.mark.parametrize("case", cases("percent_discount"))
def test_a_percentage_becomes_one_discount_per_rate(case: Case) -> None:
    given = case["input"]
    group = [
        Line(euros(amount), Decimal(1), rate(int(value)))
        for value, amount in given["groups_ht_by_rate"].items()
    ]
    discounts = percent_discount([group], Decimal(given["percent"]))
    assert [{"tva": one.vat.key, "amount": one.amount} for one in discounts] == [
        {"tva": one["tva"], "amount": euros(one["amount"])}
        for one in case["expect"]["discount_lines"]
    ]


@pytest.mark.parametrize("case", cases("no_tva_flag"))
def test_no_tax_is_mentioned_when_every_rate_is_a_named_zero(case: Case) -> None:
    vats = [rate(one["tva"]) for one in case["input"]["lines"]]
    assert no_vat(vats) is case["expect"]["no_tva"]


@pytest.mark.parametrize("case", cases("tva_of_ht"))
def test_the_tax_on_an_amount(case: Case) -> None:
    given = case["input"]
    tax = tva_of_ht(euros(given["ht"]), percent(given["tva"]))
    assert tax == euros(case["expect"]["result"])


@pytest.mark.parametrize("case", cases("ht_of_ttc"))
def test_an_amount_without_its_tax(case: Case) -> None:
    given, expected = case["input"], case["expect"]
    ttc = Decimal(given["ttc_euros"]) if "ttc_euros" in given else euros(given["ttc"])
    ht = Decimal(expected["ht_euros"]) if "ht_euros" in expected else None
    # The unit price of a product follows the doctrine, everything else divides.
    without_tax = unit_ht if case["era"] == "new" else ht_of_ttc
    result = without_tax(ttc, percent(given["tva"]))
    assert result == (euros(expected["ht"]) if ht is None else ht)
