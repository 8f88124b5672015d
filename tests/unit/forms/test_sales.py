import time
from datetime import date
from decimal import Decimal

import colander
import pytest
from bs4 import BeautifulSoup

from endi_like.forms.core import ValidationFailure, make_form, sentences
from endi_like.forms.sales import (
    MOST_LINES,
    InvoiceSchema,
    PaymentSchema,
)
from endi_like.models.sales import (
    DiscountLine,
    Invoice,
    LineGroup,
    PostTaxLine,
    TaskLine,
)
from endi_like.translation import translator
from tests.unit.forms.invoices import BINDINGS, invoice, invoice_form, line
from tests.unit.forms.pages import controls

LEAST = {"account_id": "7", "date": "2026-11-20", "name": "Roof"}


def drawn(form):
    names = [child.name for child in form.children]
    tables = ("groups", "discounts", "post_tax_lines")
    parts = [form.rows(n) if n in tables else form.part(n) for n in names]
    return "".join(map(str, [form.unseen(), *parts]))


def page(form):
    return BeautifulSoup(drawn(form), "html.parser")


def errors(values, **bindings):
    schema = InvoiceSchema().bind(**{**BINDINGS, "locale": "en", **bindings})
    with pytest.raises(colander.Invalid) as refused:
        schema.deserialize(values)
    return sentences(refused.value, translator("en"))


def accepted(values, **bindings):
    schema = InvoiceSchema().bind(**{**BINDINGS, "locale": "en", **bindings})
    return schema.deserialize(values)


@pytest.mark.parametrize("locale", ["en", "fr", "de"])
def test_what_is_shown_comes_back_unchanged(locale):
    form = invoice_form(locale).open(invoice())

    assert invoice_form(locale).validate(controls(drawn(form))) == invoice()


def test_an_empty_form_says_what_a_draft_needs():
    with pytest.raises(ValidationFailure) as failure:
        invoice_form().validate(controls(drawn(invoice_form())))

    lacking = set(sentences(failure.value.error, translator("en")))
    assert lacking == LEAST.keys() - {"name"}


def test_a_draft_needs_little():
    found = accepted(LEAST)

    assert found["groups"] == ()
    assert found["mode"] == "ht"
    assert found["due_date"] is None
    assert found["expenses_ht"] == 0


def test_the_company_is_asked_only_where_there_is_a_choice():
    assert "company_id" not in accepted(LEAST)
    assert errors(LEAST, companies=((4, "Atelier"), (5, "Bois"))) == {
        "company_id": ["Please fill this in."]
    }
    assert (
        accepted({**LEAST, "company_id": "4"}, companies=((4, "A"),))["company_id"] == 4
    )


def test_lines_nobody_wrote_into_are_left_out():
    blank = {"description": "", "cost": "", "quantity": "1", "vat_id": "1"}
    kept = {**blank, "id": "12"}
    free = {**blank, "description": "Free of charge"}
    group = {"title": "G", "lines": [blank, kept, free, blank]}

    (found,) = accepted({**LEAST, "groups": [group]})["groups"]

    assert [one["id"] for one in found["lines"]] == [12, None]
    assert found["lines"][1]["cost"] == 0


@pytest.mark.parametrize(
    ("discount", "said"),
    [
        ({"amount": "10", "percent": "5", "vat_id": "1"}, ("percent", "not both")),
        ({"description": "School rate"}, ("amount", "an amount or a percentage")),
        ({"amount": "10"}, ("vat_id", "Choose the VAT rate")),
        ({"amount": "-10", "vat_id": "1"}, ("amount", "too small")),
        ({"percent": "101"}, ("percent", "too large")),
    ],
)
def test_a_discount_is_an_amount_at_a_rate_or_a_percentage(discount, said):
    name, words = said

    found = errors({**LEAST, "discounts": [discount]})

    assert list(found) == [f"discounts.0.{name}"]
    assert words in found[f"discounts.0.{name}"][0]


def test_idle_discounts_and_lines_after_tax_are_left_out():
    found = accepted(
        {
            **LEAST,
            "discounts": [{"vat_id": "1"}, {"percent": "5"}],
            "post_tax_lines": [{}, {"label": "Deposit", "amount": "-100"}],
        }
    )

    assert [one["percent"] for one in found["discounts"]] == [Decimal(5)]
    assert [one["amount"] for one in found["post_tax_lines"]] == [Decimal(-100)]


def test_a_line_after_tax_needs_words_and_an_amount():
    lines = [{"label": "Deposit"}, {"amount": "5"}]

    assert set(errors({**LEAST, "post_tax_lines": lines})) == {
        "post_tax_lines.0.amount",
        "post_tax_lines.1.label",
    }


def test_flat_expenses_need_their_rate():
    assert list(errors({**LEAST, "expenses_ht": "5"})) == ["expenses_vat_id"]
    assert accepted({**LEAST, "expenses_ht": "5", "expenses_vat_id": "1"})


def test_an_invoice_is_not_due_before_its_own_day():
    assert list(errors({**LEAST, "due_date": "2026-11-19"})) == ["due_date"]
    assert accepted({**LEAST, "due_date": "2026-11-20"})["due_date"] == date(
        2026, 11, 20
    )


def test_an_error_in_a_line_is_said_there_and_named_by_the_line():
    lines = [line(description="Delivery to Eupen")]
    form = invoice_form("en").open(
        invoice(groups=[{"id": None, "title": "", "description": "", "lines": lines}])
    )
    sent = [(n, "85,0O" if n == "cost" else v) for n, v in controls(drawn(form))]

    form = invoice_form("en")
    with pytest.raises(ValidationFailure):
        form.validate(sent)

    (link,) = BeautifulSoup(str(form.errors()), "html.parser").select("a")
    said = "Line “Delivery to Eupen”, Unit price: “85,0O” is not a number."
    assert link.text == said
    control = page(form).select_one(link["href"])
    assert control["value"] == "85,0O"
    assert control["aria-invalid"] == "true"
    assert page(form).find(id=control["aria-describedby"]).text == (
        "“85,0O” is not a number."
    )


@pytest.mark.parametrize(
    "groups",
    ["text", {"a": "b"}, ["text"], [["x"]], [{"lines": "x"}], [{"lines": ["x"]}], [[]]],
    ids=repr,
)
def test_a_wrong_structure_is_drawn_again_never_a_crash(groups):
    form = invoice_form()
    with pytest.raises(ValidationFailure):
        form.validate_pstruct({**LEAST, "groups": groups})

    assert form.errors()
    assert page(form).select("[data-rows=groups]")


def test_there_is_an_end_to_lines():
    lines = [{"description": "x"}] * (MOST_LINES + 1)

    found = errors({**LEAST, "groups": [{"lines": lines}]})

    assert found == {
        "groups.0.lines": ["At most 500 are possible here, there are 501."]
    }


def test_every_button_of_the_lines_leaves_the_form_alone():
    form = invoice_form().open(invoice())
    tables = [form.rows(name) for name in ("groups", "discounts", "post_tax_lines")]
    buttons = BeautifulSoup("".join(map(str, tables)), "html.parser")("button")

    assert len(buttons) > 20
    assert {button["type"] for button in buttons} == {"button"}


@pytest.mark.parametrize("name", ["groups", "lines", "discounts", "post_tax_lines"])
def test_there_is_a_pattern_for_each_new_row(name):
    pattern = page(invoice_form().open(invoice())).select_one(f"[data-new={name}]")

    assert pattern.select_one("[data-item]")
    assert not pattern.select("[id]")


COLUMNS = [
    (Invoice, {"company_id"}, ()),
    (LineGroup, set(), ("groups",)),
    (TaskLine, set(), ("groups", "lines")),
    (DiscountLine, {"percent"}, ("discounts",)),
    (PostTaxLine, set(), ("post_tax_lines",)),
]


@pytest.mark.parametrize(("model", "beside", "path"), COLUMNS)
def test_fields_are_called_as_the_attributes_they_become(model, beside, path):
    node = InvoiceSchema()
    for step in path:
        node = node[step].children[0]
    names = {child.name for child in node.children} - beside

    assert {name for name in names if not hasattr(model, name)} == set()


@pytest.mark.parametrize(
    ("model", "beside", "path"), [one for one in COLUMNS if one[2]]
)
def test_texts_fit_their_columns(model, beside, path):
    node = InvoiceSchema()
    for step in path:
        node = node[step].children[0]
    for child in node.children:
        column = model.__table__.columns.get(child.name)
        room = getattr(getattr(column, "type", None), "length", None)
        if room is not None:
            assert child.typ.longest <= room


def payment(due=Decimal(120), **values):
    usual = {"date": "2026-11-20", "amount": "100", "mode_id": "1", "reference": ""}
    schema = PaymentSchema().bind(
        locale="en",
        due=due,
        modes=((1, "Cheque"),),
        banks=((3, "Bank"),),
        today=date(2026, 11, 20),
        invoiced=date(2026, 11, 1),
    )
    return schema.deserialize({**usual, **values})


def test_a_payment_is_read():
    assert payment(bank_id="3") == {
        "date": date(2026, 11, 20),
        "amount": Decimal(100),
        "mode_id": 1,
        "bank_id": 3,
        "reference": "",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"},
        {"amount": "1.001"},
        {"amount": "NaN"},
        {"mode_id": "2"},
        {"bank_id": "1"},
        {"reference": "x" * 101},
        {"date": ""},
        {"date": "2026-11-21"},
        {"date": "2025-10-30"},
    ],
    ids=repr,
)
def test_a_wrong_payment_is_refused(wrong):
    with pytest.raises(colander.Invalid) as refused:
        payment(**wrong)

    assert list(refused.value.asdict()) == list(wrong)


def test_the_amount_has_the_sign_of_what_is_due():
    assert payment(due=Decimal(-120), amount="-0.01")["amount"] == Decimal("-0.01")
    for due, wrong in ((-120, "100"), (-120, "0"), (120, "-100")):
        with pytest.raises(colander.Invalid):
            payment(due=Decimal(due), amount=wrong)


def many(count):
    lines = [line(description="x" * 40) for _ in range(count)]
    return invoice(groups=[{"id": 1, "title": "", "description": "", "lines": lines}])


def quickest(function, attempts=3):
    spent = []
    for _attempt in range(attempts):
        start = time.process_time()
        function()
        spent.append(time.process_time() - start)
    return min(spent)


def test_a_form_of_two_hundred_lines_is_drawn_and_read_quickly():
    form = invoice_form().open(many(200))
    sent = controls(drawn(form))

    assert quickest(lambda: drawn(invoice_form().open(many(200)))) < 0.15
    assert quickest(lambda: invoice_form().validate(sent)) < 0.08
    assert make_form(form.schema, locale="fr")
