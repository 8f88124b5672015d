from decimal import Decimal

import pytest

from endi_like.forms.live import live_totals
from endi_like.translation import translator
from tests.unit.forms.invoices import invoice, invoice_form, line


def totals(structure, locale="en"):
    schema = invoice_form(locale).schema
    found = live_totals(schema, structure, locale, translator(locale))
    return {name: plain(value) for name, value in found.items()}


def plain(value):
    """Return a figure with ordinary blanks, as one types it."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if not isinstance(value, str):
        return value
    return value.replace("\u202f", " ").replace("\xa0", " ")


def group(*lines):
    return {"title": "", "lines": [dict(one) for one in lines]}


def typed(cost="100", quantity="2", vat_id="1"):
    return {"cost": cost, "quantity": quantity, "vat_id": vat_id}


def test_the_figures_of_a_document_follow_what_is_typed():
    found = totals(
        {
            "mode": "ht",
            "groups": [
                group(typed(), typed("10.005", "1", "2")),
                group(typed("-50", "1")),
            ],
            "discounts": [{"amount": "20", "vat_id": "1"}],
            "expenses_ht": "5",
            "expenses_vat_id": "1",
            "post_tax_lines": [{"label": "Deposit", "amount": "-30"}],
        }
    )

    assert found["lines"] == ["200.00", "10.01", "−50.00"]
    assert found["groups"] == ["210.01", "−50.00"]
    assert found["discounts"] == ["−20.00"]
    assert [(one["label"], one["ht"], one["tva"]) for one in found["rates"]] == [
        ("20 %", "135.00", "27.00"),
        ("5,5 %", "10.01", "0.55"),
    ]
    assert (found["ht"], found["tva"], found["ttc"]) == ("145.01", "27.55", "172.56")
    assert found["due"] == "142.56"
    assert found["post_tax"] is True
    assert found["errors"] == {}


def test_prices_with_tax_are_shown_with_tax():
    found = totals({"mode": "ttc", "groups": [group(typed("120", "1"))]})

    assert found["lines"] == ["120.00"]
    assert (found["ht"], found["ttc"]) == ("100.00", "120.00")


def test_figures_are_written_for_the_reader():
    found = totals({"groups": [group(typed("1 234,5", "1"))]}, "fr")

    assert found["lines"] == ["1 234,50"]


def test_a_percentage_is_taken_off_every_rate():
    found = totals(
        {
            "groups": [group(typed("100", "1", "1"), typed("50", "1", "2"))],
            "discounts": [{"percent": "10", "vat_id": "1"}],
        }
    )

    assert found["discounts"] == ["−15.00"]
    assert [one["ht"] for one in found["rates"]] == ["90.00", "45.00"]


def test_what_cannot_be_read_is_named_and_the_rest_counts():
    found = totals(
        {
            "groups": [group(typed("85.0O"), typed("10", "1")), group(typed("1", "x"))],
            "discounts": [
                {"amount": "?", "vat_id": "1"},
                {"amount": "1", "vat_id": "9"},
            ],
            "expenses_ht": "-1",
            "post_tax_lines": [{"amount": "1e5"}],
        }
    )

    assert found["lines"] == ["?", "10.00", "?"]
    assert found["discounts"] == ["?", "?"]
    assert found["ht"] == "10.00"
    assert found["errors"] == {
        "groups.0.lines.0.cost": "“85.0O” is not a number.",
        "groups.1.lines.0.quantity": "“x” is not a number.",
        "discounts.0.amount": "“?” is not a number.",
        "discounts.1.vat_id": "“9” cannot be chosen here.",
        "expenses_ht": "“-1” is too small: 0 is the least.",
        "post_tax_lines.0.amount": "“1e5” is not a number.",
    }


@pytest.mark.parametrize(
    "structure",
    [
        None,
        "x",
        {},
        {"groups": "x"},
        {"groups": [{"lines": "x"}]},
        {"groups": ["x"], "discounts": {"a": "b"}, "post_tax_lines": [["x"]]},
        {"mode": ["ht"], "expenses_ht": {"a": "b"}},
    ],
    ids=repr,
)
def test_a_wrong_structure_counts_for_nothing(structure):
    assert totals(structure)["ttc"] == "0.00"


def test_an_empty_line_costs_nothing_and_an_idle_discount_takes_nothing_off():
    found = totals({"groups": [group(typed("", "", "1"))], "discounts": [{}]})

    assert found["lines"] == ["0.00"]
    assert found["discounts"] == ["0.00"]
    assert found["errors"] == {}


def test_a_line_without_a_rate_does_not_count_yet():
    found = totals({"groups": [group(typed(vat_id=""))]})

    assert found["lines"] == ["?"]
    assert found["ttc"] == "0.00"


def test_a_stored_document_is_shown_with_the_totals_of_its_form():
    form = invoice_form("en").open(
        invoice(groups=[group(line(cost=Decimal("1.23456"), vat_id=3))], discounts=[])
    )

    found = totals(form.cstruct)

    assert found["lines"] == ["2.47"]
    assert [one["label"] for one in found["rates"]] == ["20 %", "exempt"]
