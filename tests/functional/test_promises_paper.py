"""Promises E3 and E6: what was validated is printed as it was, for ever."""

import io
from hashlib import sha256

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from endi_like.models.files import StoredFile
from tests.factories import (
    TODAY,
    make_company,
    make_customer,
    make_invoice,
    make_user,
    move,
    pay,
)
from tests.functional.hostile import rich_invoice
from tests.functional.pages import button, press, words
from tests.surroundings import FORMER, LATER, change_all_around
from tests.tampering import alter, drop_refusals


@pytest.fixture
def customer(db):
    return make_customer(db, make_company(db), name=FORMER)


@pytest.fixture
def invoice(db, customer):
    return rich_invoice(db, customer, "valid")


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


def everything_around_changes(db, invoice):
    """Change whatever stands on the paper and is not of the invoice itself."""
    change_all_around(db, invoice)
    pay(db, invoice, "10")
    move(db, invoice, "close", "It is not worth the trouble.")


def read(pdf):
    """Return the text of a PDF, with plain blanks."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_E6_a_validated_pdf_never_changes(db, login, invoice, tmp_path):
    address = f"/invoices/{invoice.id}/print.pdf"
    browser = login(make_user(db, roles={"manager"}))
    first = browser.get(address).body

    everything_around_changes(db, invoice)
    again = login(make_user(db, roles={"auditor"}, language="fr")).get(address).body

    assert again == first
    (kept,) = db.scalars(select(StoredFile).where(StoredFile.node_id == invoice.id))
    assert kept.sha256 == sha256(first).hexdigest()


@pytest.fixture
def just_validated(db, customer, manager):
    """An invoice that follows the address of its customer, and is not printed yet."""
    draft = rich_invoice(db, customer, "draft")
    draft.address = ""
    press(manager.get(f"/invoices/{draft.id}/"), "validate")
    return draft


def test_E6_what_changes_after_the_validation_is_on_no_page_and_no_pdf(
    db, login, manager, just_validated
):
    address = f"/invoices/{just_validated.id}/print"
    page = manager.get(address).body

    everything_around_changes(db, just_validated)

    reader = login(make_user(db, roles={"auditor"}, language="fr"))
    assert reader.get(address).body == page
    paper = read(reader.get(f"{address}.pdf").body)
    assert FORMER in paper
    assert "Facture" in paper
    for later in (LATER, "Another", "Elsewhere", "CHF", "BE0403170701", "At once"):
        assert later not in paper


def test_E6_the_record_says_whom_the_invoice_was_printed_for(
    db, customer, manager, just_validated
):
    address = f"/invoices/{just_validated.id}/"
    printed = [customer.entity.name, *customer.letters_to(TODAY).lines]

    everything_around_changes(db, just_validated)

    page = manager.get(address)
    assert f"Recipient {', '.join(printed)}" in words(page)
    assert page.html.select_one(".sub").text.startswith(FORMER)
    assert page.html.select_one(f".kv a[href$='/{customer.id}/']").text == LATER
    assert manager.get(address, {"fmt": "json"}).json["recipient"] == printed


def test_of_a_draft_the_record_says_whom_it_would_be_printed_for(db, customer, manager):
    draft = rich_invoice(db, customer, "draft")
    draft.address = ""

    change_all_around(db, draft)

    shown = words(manager.get(f"/invoices/{draft.id}/"))
    printed = ", ".join([customer.entity.name, *customer.letters_to(TODAY).lines])
    assert f"Recipient {printed}, Belgium" in shown


def test_of_a_validation_the_timeline_tells_one_thing(db, customer, manager):
    draft = make_invoice(db, customer)
    page = press(manager.get(f"/invoices/{draft.id}/"), "validate").follow()

    told = [one.text for one in page.html.select(".timeline li > p:first-of-type")]
    assert [one.rpartition(" ")[2] for one in told] == ["Validate", "Author"]


def test_a_copy_of_a_validated_invoice_is_for_the_customer_as_it_is_now(
    db, customer, manager, just_validated
):
    change_all_around(db, just_validated)

    copy = button(manager.get(f"/invoices/{just_validated.id}/"), "duplicate").follow()

    assert f"Recipient {LATER}, " in words(copy)


def test_E3_what_is_printed_and_was_altered_is_not_given_out(
    db, manager, just_validated
):
    drop_refusals(db)
    alter(db, "UPDATE paper SET content = replace(content, 'Roof', 'Cellar')")

    for page in ("", "print", "print.pdf"):
        answer = manager.get(f"/invoices/{just_validated.id}/{page}", status="*")
        assert answer.status_int == 500
        assert "Cellar" not in answer


def test_E6_a_pdf_that_was_altered_is_not_given_out(db, login, invoice, tmp_path):
    address = f"/invoices/{invoice.id}/print.pdf"
    browser = login(make_user(db, roles={"manager"}))
    browser.get(address)
    (path,) = (one for one in (tmp_path / "files").rglob("*") if one.is_file())
    path.chmod(0o600)
    path.write_bytes(b"%PDF-1.7 forged")

    answer = browser.get(address, status="*")

    assert b"forged" not in answer.body
