"""Internal documents: what one company validates, another one receives."""

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from endi_like.models.contacts import CreditAccount
from endi_like.models.purchases import SupplierInvoice
from endi_like.services.internal import COPIED
from endi_like.services.invariants import invariants
from tests.factories import (
    TODAY,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_line,
    make_member,
    make_received,
    make_user,
    make_vat,
)
from tests.functional.pages import document_form, press, save, words
from tests.tampering import alter, drop_refusals


@pytest.fixture
def issuer(db):
    return make_company(db, name="Menuiserie Élan", code="MEN")


@pytest.fixture
def recipient(db):
    return make_company(db, name="Au fil des mots", code="MOTS")


@pytest.fixture
def account(db, issuer, recipient):
    return make_customer(db, issuer, name="Mots", within=recipient, language="en")


@pytest.fixture
def writer(db, issuer, login):
    return login(make_member(db, issuer, name="Wanda Writer", language="en"))


@pytest.fixture
def reader(db, recipient, login):
    return login(make_member(db, recipient, name="Rita Reader", language="en"))


@pytest.fixture
def stranger(db, login):
    return login(make_member(db, make_company(db), language="en"))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}, language="en"))


def untaxed(db, cost="100"):
    return [make_line(db, cost, vat=make_vat(db, "0"))]


def invoice_of(db, account, status="valid", **columns):
    return make_invoice(db, account, lines=untaxed(db), status=status, **columns)


def all_received(db):
    return db.scalars(select(SupplierInvoice).order_by(SupplierInvoice.id)).all()


def only(db):
    (received,) = all_received(db)
    return received


def url(received):
    return f"/supplier-invoices/{received.id}/"


def test_the_other_company_receives_what_is_validated(
    db, account, recipient, issuer, manager, reader
):
    invoice = invoice_of(db, account, "wait", name="Shelves")
    assert all_received(db) == []
    press(manager.get(f"/invoices/{invoice.id}/"), "validate")

    received = only(db)
    assert received.source_id == invoice.id
    assert (received.company_id, received.issuer_id) == (recipient.id, issuer.id)
    assert (received.number, received.name) == (invoice.official_number, "Shelves")
    for name in COPIED:
        assert getattr(received, name) == getattr(invoice, name), name
    assert received.reception_status == "received"
    page = words(reader.get(url(received)))
    for said in (invoice.official_number, "Shelves", "Menuiserie Élan", "100.00"):
        assert said in page
    assert list(invariants(db)) == []


def test_it_is_listed_for_its_company_and_nobody_elses(
    db, account, reader, stranger, writer
):
    received = make_received(db, account.internal_company, account.company)
    path = "/supplier-invoices/"
    assert received.number in reader.get(path)
    for other in (stranger, writer):
        assert received.number not in other.get(path)


def test_each_company_sees_its_own_side_alone(db, account, reader, writer, stranger):
    invoice = invoice_of(db, account)
    received = only(db)
    sides = {
        f"/invoices/{invoice.id}/": (200, 404, 404),
        f"/invoices/{invoice.id}/print.pdf": (200, 404, 404),
        url(received): (404, 200, 404),
        f"{url(received)}print.pdf": (404, 200, 404),
        f"{url(received)}timeline/export.csv": (404, 200, 404),
        f"{url(received)}files/": (404, 303, 404),
        f"{url(received)}?fmt=json": (404, 200, 404),
    }
    for path, expected in sides.items():
        for browser, status in zip((writer, reader, stranger), expected, strict=True):
            browser.get(path, status=status)


@pytest.mark.parametrize("status", ["draft", "wait", "invalid"])
def test_the_recipient_sees_nothing_of_what_is_not_validated(
    status, db, account, reader
):
    invoice = invoice_of(db, account, status, name="Secret shelves")
    assert all_received(db) == []
    assert "Secret" not in reader.get("/supplier-invoices/")
    reader.get(f"/invoices/{invoice.id}/", status=404)


def test_who_sees_both_sides_is_led_from_one_to_the_other(
    db, account, manager, writer, reader
):
    invoice = invoice_of(db, account)
    received = only(db)
    here, there = f"/invoices/{invoice.id}/", url(received)
    assert f'href="{there}"' in manager.get(here)
    assert f'href="{here}"' in manager.get(there)
    page = writer.get(here)
    assert "Au fil des mots" in page
    assert there not in page
    assert here not in reader.get(there)


def test_the_pdf_is_that_of_the_issuer(db, account, reader, writer):
    invoice = invoice_of(db, account)
    answer = reader.get(f"{url(only(db))}print.pdf")
    assert invoice.official_number in answer.headers["Content-Disposition"]
    pages = PdfReader(io.BytesIO(answer.body)).pages
    assert invoice.official_number in " ".join(one.extract_text() for one in pages)
    assert writer.get(f"/invoices/{invoice.id}/print.pdf").body == answer.body


def test_both_histories_tell_of_it(db, account, reader, writer):
    invoice = invoice_of(db, account)
    received = only(db)
    assert "Received from Menuiserie Élan" in words(reader.get(url(received)))
    page = words(writer.get(f"/invoices/{invoice.id}/"))
    assert "Handed over to Au fil des mots" in page
    assert "Acknowledged" not in page

    page = words(press(reader.get(url(received)), "acknowledge").follow())
    assert "Rita Reader: Acknowledge" in page
    page = words(writer.get(f"/invoices/{invoice.id}/"))
    assert "Acknowledged by Au fil des mots" in page
    assert "Rita" not in page
    assert only(db).reception_status == "acknowledged"
    assert list(invariants(db)) == []


def test_a_credit_note_follows_its_invoice(db, account, recipient):
    invoice = invoice_of(db, account)
    account.internal_company = None
    db.flush()
    note = make_credit_note(db, invoice, status="valid")
    _first, second = all_received(db)
    assert (second.source_id, second.company_id) == (note.id, recipient.id)
    assert second.due == note.due == -invoice.due
    assert second.is_credit
    assert list(invariants(db)) == []


def test_what_the_customer_becomes_later_changes_nothing(db, account, recipient):
    invoice = invoice_of(db, account)
    outside = make_invoice(db, make_customer(db, account.company), status="valid")
    account.internal_company = None
    outside.account.internal_company = recipient
    db.flush()
    db.expire_all()
    assert invoice.goes_within == recipient.id
    assert outside.goes_within is None
    assert only(db).source_id == invoice.id
    note = make_credit_note(db, outside, status="valid")
    assert note.goes_within is None
    assert list(invariants(db)) == []


def test_an_invoice_of_an_estimation_goes_where_that_went(
    db, account, recipient, manager
):
    plain = make_customer(db, account.company)
    estimation = make_estimation(db, plain, status="valid", lines=untaxed(db))
    plain.internal_company = recipient
    draft = make_invoice(db, plain, estimation=estimation)
    draft.deadline_id = estimation.deadlines[0].id
    db.flush()
    assert draft.goes_within is None
    by_hand = make_invoice(db, plain, estimation=estimation)
    assert by_hand.goes_within == recipient.id


def test_an_estimation_creates_nothing(db, account, recipient):
    estimation = make_estimation(db, account, status="valid", lines=untaxed(db))
    assert estimation.internal_company_id == recipient.id
    assert all_received(db) == []
    assert list(invariants(db)) == []


def test_no_vat_within_the_organisation(db, account, writer):
    invoice = make_invoice(db, account)
    answer = press(writer.get(f"/invoices/{invoice.id}/"), "submit").follow()
    assert "It stays within the organisation: choose rates without VAT." in answer
    assert invoice.validation_status == "draft"


def test_a_customer_is_marked_in_its_form(db, issuer, recipient, writer):
    account = make_customer(db, issuer)
    page = writer.get(f"/customers/{account.id}/edit")
    offered = [
        key for key, *_rest in document_form(page)["internal_company_id"].options
    ]
    assert str(issuer.id) not in offered
    page = save(page, internal_company_id=str(recipient.id)).follow()
    assert "Au fil des mots" in words(page)
    assert account.internal_company_id == recipient.id
    save(writer.get(f"/customers/{account.id}/edit"), internal_company_id="")
    assert account.internal_company_id is None


def test_a_new_customer_can_be_another_company_and_not_its_own(
    db, issuer, recipient, writer
):
    page = writer.get("/customers/add")
    typed = {"name": "Mots", "city": "Rennes"}
    form = document_form(page)
    assert str(issuer.id) not in [
        one for one, *_ in form["internal_company_id"].options
    ]
    save(page, **typed, internal_company_id=str(recipient.id))
    account = db.scalars(select(CreditAccount)).one()
    assert account.internal_company_id == recipient.id


def test_no_company_that_is_not_there_can_be_chosen(db, issuer, writer):
    account = make_customer(db, issuer)
    page = writer.get(f"/customers/{account.id}/edit")
    form = document_form(page)
    form["internal_company_id"].force_value("99999")
    assert "cannot be chosen here" in form.submit("action", status=422)


def test_who_may_not_edit_the_customer_may_not_mark_it(db, account, reader, stranger):
    for browser in (reader, stranger):
        browser.get(f"/customers/{account.id}/edit", status=404)


def test_it_is_dated_as_its_source(db, account):
    invoice = invoice_of(db, account)
    assert only(db).date == invoice.date == TODAY


def test_what_is_altered_behind_its_back_is_named(db, account):
    first, second = invoice_of(db, account), invoice_of(db, account)
    drop_refusals(db)
    one, two = (db.scalars(side_of(task)).one() for task in (first, second))
    alter(db, "UPDATE supplier_invoice SET due = due + 1 WHERE id = :id", id=one.id)
    alter(db, "DELETE FROM supplier_invoice WHERE id = :id", id=two.id)
    named = [
        f"invoice {second.id}: the other company has 0 of it, not one",
        f"supplier_invoice {one.id}: it is not what was handed over",
    ]
    found = set(invariants(db))
    assert {f"internal documents: {one}" for one in named} <= found


def side_of(task):
    return select(SupplierInvoice).where(SupplierInvoice.source_id == task.id)
