"""What pages show beside the values: files, parts of payments, words, ways on."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from endi_like.models.files import StoredFile
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_line,
    make_member,
    make_membership,
    make_user,
    make_vat,
    pay,
)
from tests.functional.pages import document_form, words


@pytest.fixture
def company(db):
    return make_company(db, name="Atelier du Vent")


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Garage Élan")


@pytest.fixture
def user(db, company):
    return make_member(db, company, language="en")


@pytest.fixture
def member(login, user):
    return login(user)


@pytest.fixture
def accountant(login, db):
    return login(make_user(db, roles={"accountant"}))


def url(invoice):
    return f"/invoices/{invoice.id}/"


def part(page, name):
    """Return a section of a page, found by what its heading is called."""
    return page.html.select_one(f"section[aria-labelledby={name}]")


def test_a_file_that_is_kept_is_shown_with_its_size_day_and_hash(db, customer, member):
    invoice = make_invoice(db, customer, status="valid")
    member.get(f"{url(invoice)}print.pdf")

    (cells,) = part(member.get(url(invoice)), "files").select(".files > li")

    kept = db.scalars(select(StoredFile)).one()
    shown = cells.get_text(" ", strip=True)
    assert kept.name in shown
    assert f"{kept.sha256[:12]}…" in shown
    assert f"{kept.size / 1000:.0f}\N{NO-BREAK SPACE}kB" in shown
    assert "20 Nov 2026" in shown
    assert cells.find("code")["title"] == kept.sha256


@pytest.mark.parametrize(
    ("status", "said"),
    [("draft", "Nothing is kept yet"), ("valid", "is being made")],
)
def test_before_that_the_page_says_why_there_is_no_file(
    status, said, db, customer, member
):
    invoice = make_invoice(db, customer, status=status)

    files = part(member.get(url(invoice)), "files")

    assert said in files.text
    assert files.find("a")["href"] == f"{url(invoice)}print.pdf"


def test_the_parts_of_a_payment_stand_below_it(db, customer, accountant):
    lines = [make_line(db, "100", vat=make_vat(db, rate)) for rate in ("20", "5.5")]
    invoice = make_invoice(db, customer, lines=lines, status="valid")
    pay(db, invoice, "112.75")

    payments = part(accountant.get(url(invoice)), "payments")

    shown = [one.get_text(" ", strip=True) for one in payments.select(".parts li")]
    assert shown == ["20 % 60.00", "5.5 % 52.75"]
    columns = payments.select("thead th")
    assert len(columns) == len(payments.select("tbody tr:first-child > *")) == 5


def test_of_one_rate_there_are_no_parts(db, customer, accountant):
    invoice = make_invoice(db, customer, status="valid")
    pay(db, invoice, "50")

    payments = part(accountant.get(url(invoice)), "payments")

    assert payments.select(".parts") == []


def test_users_are_listed_with_their_roles_in_words(db, login):
    admin = login(make_user(db, roles={"admin", "auditor"}, language="fr"))

    shown = words(admin.get("/users/"))

    assert "administrateur" in shown
    assert "auditeur" in shown
    assert "auditor" not in shown


def test_rows_are_added_by_the_words_of_the_form(db, member, login):
    admin = login(make_user(db, roles={"admin"}, language="en"))

    form = admin.get("/users/add").html.select_one("main form[data-draft-key]")
    assert "Add a company" in form.text
    assert "Add a line" not in form.text
    tools = {one["data-do"] for one in form.select("template [data-do]")}
    assert tools <= {"remove"}
    assert "Add a line after tax" in member.get("/invoices/add").text


def written_for(page):
    """Return the customer and the company that the form of an invoice begins with."""
    form = document_form(page)
    chosen = form.fields.get("company_id")
    return form["account_id"].value, chosen[0].value if chosen else None


def test_a_customers_page_leads_to_an_invoice_for_just_them(db, customer, member):
    make_customer(db, customer.company)

    page = member.get(f"/customers/{customer.id}/").click("Write an invoice", index=0)

    assert written_for(page) == (str(customer.id), None)


def test_whoever_writes_for_several_begins_with_the_customers(
    db, user, customer, login
):
    other = make_company(db, name="Aardvark & Co")
    make_membership(db, user, other)

    page = login(user).get(f"/invoices/add?customer={customer.id}")

    assert written_for(page) == (str(customer.id), str(customer.company_id))


def test_a_customer_one_may_not_write_for_is_not_chosen(db, member):
    hidden = make_customer(db)

    for asked in (hidden.id, "x", "²", "9" * 40, "-1"):
        page = member.get("/invoices/add", {"customer": asked})
        assert written_for(page) == ("", None)
        assert hidden.title not in page.text


def test_nobody_is_led_where_they_may_not_write(db, customer, member, accountant):
    address = f"/customers/{customer.id}/"
    assert "Write an invoice" in member.get(address)
    assert "Write an invoice" not in accountant.get(address)

    customer.active = False
    assert "Write an invoice" not in member.get(address)


def test_what_has_no_number_is_called_so_in_lists(db, customer, member):
    invoice = make_invoice(db, customer)

    page = member.get("/invoices/")

    assert page.click("No number").request.path == url(invoice)


def test_the_account_leads_to_what_programs_may_ask(member):
    answer = member.get("/account").click("OpenAPI")

    assert answer.json["openapi"].startswith("3.")


@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_style_guide_speaks_the_language_of_the_reader(language, db, login):
    reader = login(make_user(db, roles={"manager"}, language=language))

    shown = words(reader.get("/styleguide"))

    for english in ("Invoice", "School", "Eight hours", "Nothing was saved", "To know"):
        assert english not in shown
