"""Options and the organisation: what documents choose from, and their numbers."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.numbering import Counter
from endi_like.models.options import (
    BankAccount,
    BusinessType,
    Mention,
    PaymentConditions,
    PaymentMode,
    VatRate,
    WorkUnit,
)
from endi_like.models.organisation import Organisation
from endi_like.services.sales import organisation
from tests.factories import (
    make_bank,
    make_company,
    make_conditions,
    make_customer,
    make_invoice,
    make_line,
    make_mention,
    make_user,
    make_vat,
    pay,
)
from tests.functional.pages import document_form, post, press, save, words

HOSTILE = "<script>alert('é & ü')</script>"
JSON = {"Accept": "application/json"}

KINDS = {
    "vat-rates": (VatRate, {"kind": "charged", "value": "5.5"}),
    "payment-modes": (PaymentMode, {}),
    "payment-conditions": (PaymentConditions, {"days": "45", "end_of_month": "true"}),
    "bank-accounts": (
        BankAccount,
        {"iban": "FR76 3000 6000 0112 3456 7890 189", "bic": "agrifrpp"},
    ),
    "mentions": (Mention, {"text": "Late payment\ncosts 40 euros."}),
    "business-types": (BusinessType, {}),
    "work-units": (WorkUnit, {}),
}


@pytest.fixture
def admin(db, login):
    return login(make_user(db, roles=["admin"]))


def typed(**changes):
    return {"label": "Label", "position": "1", "active": "true"} | changes


def labelled(db, kind, label="Label"):
    return db.scalars(select(kind).where(kind.label == label)).one()


@pytest.mark.parametrize("collection", KINDS)
def test_an_option_is_added_changed_and_no_longer_offered(collection, admin, db):
    kind, special = KINDS[collection]
    answer = post(admin, f"/{collection}/add", typed(**special))
    assert answer.location == f"http://localhost/{collection}/"
    option = labelled(db, kind)
    assert "Label" in answer.follow().text

    admin.get(f"/{collection}/{option.id}/", status=303)
    save(admin.get(f"/{collection}/{option.id}/edit"), label="Other", active=False)

    assert (option.label, option.active, option.position) == ("Other", False, 1)
    assert "No longer offered" in admin.get(f"/{collection}/").text
    admin.get(f"/{collection}/{option.id}/", headers=JSON)
    for verb in ("delete", "remove"):
        post(admin, f"/{collection}/{option.id}/{verb}", {}, status=404)


def test_what_was_typed_is_kept_as_it_is_meant(admin, db):
    for collection, (_kind, special) in KINDS.items():
        post(admin, f"/{collection}/add", typed(**special))

    assert labelled(db, VatRate).value == Decimal("5.5")
    assert labelled(db, BankAccount).bic == "AGRIFRPP"
    assert labelled(db, Mention).text == "Late payment\ncosts 40 euros."
    conditions = labelled(db, PaymentConditions)
    assert (conditions.days, conditions.end_of_month) == (45, True)


@pytest.mark.parametrize("collection", KINDS)
def test_there_is_one_preset_of_a_kind(collection, admin, db):
    kind, special = KINDS[collection]
    for label in ("First", "Second"):
        values = typed(label=label, default="true", **special)
        post(admin, f"/{collection}/add", values)

    presets = db.scalars(select(kind.label).where(kind.default)).all()

    assert presets == ["Second"]


@pytest.mark.parametrize("collection", KINDS)
def test_a_preset_is_offered(collection, admin):
    values = typed(default="true", active="false", **KINDS[collection][1])

    page = post(admin, f"/{collection}/add", values, status=422)

    assert "cannot be the preset" in page.html.select_one("#default-error").text
    assert document_form(page)["label"].value == "Label"


@pytest.mark.parametrize(
    ("collection", "changes", "field", "sentence"),
    [
        ("vat-rates", {"kind": "charged"}, "value", "Please fill this in."),
        ("vat-rates", {"kind": "zero"}, "mention", "Say why no tax is charged."),
        (
            "vat-rates",
            {"kind": "zero", "value": "5", "mention": "x"},
            "value",
            "Nothing is charged",
        ),
        ("vat-rates", {"kind": "charged", "value": "NaN"}, "value", "is not a number"),
        ("vat-rates", {"kind": "charged", "value": "101"}, "value", "too large"),
        ("vat-rates", {"kind": "charged", "value": "-1"}, "value", "too small"),
        ("vat-rates", {"kind": "odd", "value": "1"}, "kind", "cannot be chosen here"),
        ("payment-conditions", {"days": "366"}, "days", "is not between 0 and 365"),
        ("bank-accounts", {"iban": "FR76 1"}, "iban", "is not an IBAN"),
        ("mentions", {"text": "x" * 5001}, "text", "5000 fit"),
        ("work-units", {"label": "x" * 121}, "label", "120 fit"),
        ("payment-modes", {"position": "1e3"}, "position", "is not a whole number"),
    ],
)
def test_what_cannot_be_meant_is_refused_at_its_field(
    collection, changes, field, sentence, admin, db
):
    page = post(admin, f"/{collection}/add", typed(**changes), status=422)

    assert sentence in page.html.select_one(f"#{field}-error").text
    kind = KINDS[collection][0]
    assert db.scalars(select(kind).where(kind.label == "Label")).all() == []


def test_every_named_zero_rate_has_a_value_of_its_own(admin, db):
    for label in ("Exempt", "Reverse charge"):
        values = typed(label=label, kind="zero", mention=f"{label}, article 1.")
        post(admin, "/vat-rates/add", values)

    values = [labelled(db, VatRate, one).value for one in ("Exempt", "Reverse charge")]

    assert values == sorted(set(values), reverse=True)
    assert all(value < 0 for value in values)
    assert labelled(db, VatRate, "Exempt").percent == 0


def test_a_named_zero_rate_keeps_its_value_when_its_mention_changes(admin, db):
    rate = make_vat(db, "-3", label="Exempt", mention="Article 1.")

    page = admin.get(f"/vat-rates/{rate.id}/edit")
    form = document_form(page)
    assert (form["kind"].value, form["value"].value) == ("zero", "")
    save(page, mention="Article 2.")

    assert (rate.value, rate.mention) == (Decimal(-3), "Article 2.")


def test_drafts_follow_a_rate_that_changes(admin, db):
    rate = make_vat(db, "10", label="Reduced")
    draft = make_invoice(db, lines=[make_line(db, "100", vat=rate)])

    save(admin.get(f"/vat-rates/{rate.id}/edit"), value="5.5")

    assert (draft.tva, draft.ttc, draft.to_pay) == (
        Decimal("5.5"),
        Decimal("105.5"),
        Decimal("105.5"),
    )


def in_use(db):
    """Return an option of each kind that has values, in a document or a payment."""
    rate = make_vat(db, "10", label="Reduced")
    conditions, mention, bank = make_conditions(db), make_mention(db), make_bank(db)
    invoice = make_invoice(
        db,
        lines=[make_line(db, "100", vat=rate)],
        payment_conditions=conditions,
        mentions=[mention],
        status="valid",
    )
    pay(db, invoice, bank_id=bank.id)
    return {
        "vat-rates": (rate, {"value": "20"}),
        "payment-conditions": (conditions, {"days": "3"}),
        "mentions": (mention, {"text": "Another text."}),
        "bank-accounts": (bank, {"bic": "AGRIFRPP"}),
    }


@pytest.mark.parametrize(
    "collection", ["vat-rates", "payment-conditions", "mentions", "bank-accounts"]
)
def test_what_something_official_has_keeps_its_value(collection, admin, db):
    option, change = in_use(db)[collection]
    path = f"/{collection}/{option.id}/edit"
    before = {name: getattr(option, name) for name in change}
    page = admin.get(path)
    assert "only its label, its place and whether it is offered" in words(page)

    refused = save(page, status=422, label="Better name", **change)

    (field,) = change
    assert "this cannot change" in refused.html.select_one(f"#{field}-error").text
    assert document_form(refused)["label"].value == "Better name"
    assert {name: getattr(option, name) for name in change} == before
    save(admin.get(path), label="Better name", active=False)
    assert (option.label, option.active) == ("Better name", False)


def test_a_second_editor_of_an_option_is_told(admin, db):
    rate = make_vat(db, "10", label="Reduced")
    page = admin.get(f"/vat-rates/{rate.id}/edit")
    save(admin.get(f"/vat-rates/{rate.id}/edit"), label="First")

    again = save(page, status=409, label="Second")

    assert document_form(again)["label"].value == "Second"
    assert rate.label == "First"


def test_an_auditor_reads_an_option_on_a_page_of_its_own(db, login):
    rate = make_vat(db, "-3", label=HOSTILE, mention="Article 1.")

    page = login(make_user(db, roles=["auditor"])).get(f"/vat-rates/{rate.id}/")

    assert "Article 1." in page.text
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
    assert page.html.find("main").find("form") is None


EDIT = "/organisation/1/edit"


def test_the_organisation_is_one_and_its_list_leads_to_it(admin, db):
    assert admin.get("/organisation/").location == "http://localhost/organisation/1/"
    page = admin.get("/organisation/1/")
    assert "Coopérative Horizon" in page.text
    admin.get("/organisation/add", status=404)

    save(admin.get(EDIT), name="Autre & Fils", country="Luxemburg", currency="CHF")

    own = organisation(db)
    assert (own.name, own.country, own.currency) == ("Autre & Fils", "LU", "CHF")
    assert "Autre &amp; Fils" in admin.get("/organisation/1/").text
    assert admin.get("/organisation/1/", headers=JSON).json["currency"] == "CHF"


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("", "Please fill this in."),
        ("F", "Without a sequence"),
        ("{SEQYEAR}", "the same number would come back"),
        ("{YYYY}-{SEQMONTH}", "the same number would come back"),
        ("{SEQGLOBAL}{SEQYEAR}", "that is no digit"),
        ("{NEXT}", "There is no variable “NEXT”"),
        ("{SEQGLOBAL", "Braces stand in pairs"),
        ("{SEQGLOBAL.__class__}", "There is no variable"),
    ],
)
def test_a_template_that_could_repeat_a_number_is_refused(
    template, sentence, admin, db
):
    page = save(admin.get(EDIT), status=422, invoice_number_template=template)

    assert sentence in page.html.select_one("#invoice_number_template-error").text
    assert document_form(page)["invoice_number_template"].value == template
    assert "The next invoice" not in page.text
    assert organisation(db).invoice_number_template == "{YYYY}-{SEQYEAR:0>4}"


def test_the_next_number_is_shown_as_it_will_be(admin, db):
    company = make_company(db, name="Atelier", code="ATE")
    assert "The next invoice of today will be 2026-0001." in words(admin.get(EDIT))
    make_invoice(db, make_customer(db, company), status="valid")
    assert "The next invoice of today will be 2026-0002." in words(admin.get(EDIT))

    template = "{YYYY}{MM}-{SEQMONTHANA:0>3}-{ANA}"
    save(admin.get(EDIT), invoice_number_template=template)

    shown = "The next invoice of Atelier, dated today, will be 202611-001-ATE."
    assert shown in words(admin.get("/organisation/1/"))
    invoice = make_invoice(db, make_customer(db, company), status="valid")
    assert invoice.official_number == "202611-001-ATE"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{YYYY}-{SEQYEAR:0>4}", "{YYYY}-{SEQGLOBAL:0>4}"),
        ("{YYYY}{MM}-{SEQYEAR}-{ANA}", "{YYYY}{MM}-{SEQMONTHANA}-{ANA}"),
    ],
)
def test_a_template_whose_next_number_is_given_already_is_refused(
    before, after, admin, db
):
    make_company(db)
    company = make_company(db, code="ATE")
    organisation(db).invoice_number_template = before
    invoice = make_invoice(db, make_customer(db, company), status="valid")

    page = save(admin.get(EDIT), status=422, invoice_number_template=after)

    error = page.html.select_one("#invoice_number_template-error").text
    assert f"The number {invoice.official_number} is taken already" in error
    save(admin.get(EDIT), invoice_number_template=f"F{after}")
    assert organisation(db).invoice_number_template == f"F{after}"


def test_a_number_that_another_template_gave_is_refused_with_a_sentence(db, login):
    own = organisation(db)
    make_invoice(db, status="valid")
    own.invoice_number_template = "{YYYY}-{SEQGLOBAL:0>4}"
    invoice = make_invoice(db)
    db.flush()
    manager = login(make_user(db, roles={"manager"}))

    for _twice in range(2):
        page = press(manager.get(f"/invoices/{invoice.id}/"), "validate").follow()
        assert "The number 2026-0001 is taken already" in words(page)
        assert (invoice.validation_status, invoice.official_number) == ("draft", None)

    own.invoice_number_template = "F{SEQGLOBAL}"
    db.flush()
    press(manager.get(f"/invoices/{invoice.id}/"), "validate")
    assert invoice.official_number == "F1"


def test_series_begin_after_the_last_number_given_elsewhere(admin, db):
    template = "{YYYY}-{MM}-{SEQMONTH}-{SEQYEAR}-{SEQGLOBAL}"
    page = admin.get(EDIT)
    save(
        page,
        invoice_number_template=template,
        last_ever="1000",
        last_of_year="100",
        last_of_month="10",
    )

    assert "will be 2026-11-11-101-1001." in words(admin.get("/organisation/1/"))
    invoice = make_invoice(db, status="valid")
    assert invoice.official_number == "2026-11-11-101-1001"


def test_a_start_can_only_be_raised(admin, db):
    save(admin.get(EDIT), last_of_year="100")

    page = save(admin.get(EDIT), status=422, last_of_year="99")

    error = page.html.select_one("#last_of_year-error").text
    assert "It can only be raised: the last number is 100." in error
    save(admin.get(EDIT), last_of_year="200")
    values = db.execute(select(Counter.value).where(Counter.key == "year:2026"))
    assert values.scalar_one() == 200


def test_a_series_that_has_begun_is_left_alone(admin, db):
    opened = admin.get(EDIT)
    make_invoice(db, status="valid")
    form = document_form(admin.get(EDIT))
    assert "last_of_year" not in form.fields
    assert "last_of_month" in form.fields

    page = save(opened, status=422, last_of_year="500")
    error = page.html.select_one("#last_of_year-error").text
    assert "This series has begun to count." in error

    save(opened, town="Nantes")
    values = db.execute(select(Counter.value).where(Counter.key == "year:2026"))
    assert values.scalar_one() == 1
    assert organisation(db).town == "Nantes"


def test_no_start_leaves_no_trace(admin, db):
    save(admin.get(EDIT), town="Nantes")

    assert db.scalar(select(func.count()).select_from(Counter)) == 0


def test_another_time_zone_counts_at_once(db, login, clock):
    clock.now = clock.now.replace(hour=23, minute=30)
    admin = login(make_user(db, roles=["admin"]))
    assert "21 November 2026" in words(admin.get("/"))

    save(admin.get(EDIT), time_zone="Europe/London")

    assert "20 November 2026" in words(admin.get("/"))


def test_a_zone_that_does_not_exist_is_refused(admin):
    form = document_form(admin.get(EDIT))
    form["time_zone"].force_value("Mars/Olympus")

    assert "cannot be chosen here" in form.submit(status=422).text


def test_two_administrators_of_the_organisation_are_told(admin, db):
    first, second = admin.get(EDIT), admin.get(EDIT)
    save(first, town="Nantes")

    page = save(second, status=409, town="Brest")

    assert document_form(page)["town"].value == "Brest"
    assert db.get_one(Organisation, 1).town == "Nantes"
