"""Credit notes: invoice, payments and what is credited come to nothing."""

import io

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from endi_like.models.sales import CancelInvoice
from endi_like.services.invariants import invariants
from tests.factories import (
    make_company,
    make_credit_note,
    make_customer,
    make_invoice,
    make_line,
    make_member,
    make_user,
    make_vat,
    move,
    pay,
)
from tests.functional.pages import button, press, save, token, words


@pytest.fixture
def customer(db):
    company = make_company(db, name="Menuiserie Élan", code="MEN")
    return make_customer(db, company, name="Town of Rennes", language="en")


@pytest.fixture
def member(db, customer, login):
    return login(make_member(db, customer.company, name="Mona Member"))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Max Manager", roles={"manager"}))


@pytest.fixture
def invoice(db, customer):
    lines = [
        make_line(db, "100", vat=make_vat(db, "20")),
        make_line(db, "33.33", vat=make_vat(db, "5.5"), quantity="3"),
    ]
    return make_invoice(db, customer, lines=lines, status="valid")


def url(invoice):
    return f"/invoices/{invoice.id}/"


def note_of(db):
    return db.scalars(select(CancelInvoice)).one()


def test_invoice_partial_payment_credit_note_resulted(db, invoice, member, manager):
    pay(db, invoice, "50")
    left = invoice.to_pay
    page = button(member.get(url(invoice)), "credit").follow()
    note = note_of(db)
    assert "it takes back what is left to pay" in page
    assert invoice.due + note.due - 50 == 0
    assert invoice.to_pay == left, "a draft takes nothing back"
    page = press(page, "submit").follow()
    page = press(manager.get(f"/credit-notes/{note.id}/"), "validate").follow()
    assert note.official_number in words(page)
    assert invoice.official_number in words(page)
    assert (invoice.paid_status, invoice.to_pay, invoice.awaited) == ("resulted", 0, 0)
    page = member.get(url(invoice))
    assert "Settled" in words(page)
    assert note.official_number in words(page)
    answer = member.get(f"/credit-notes/{note.id}/print.pdf")
    text = " ".join(
        one.extract_text() for one in PdfReader(io.BytesIO(answer.body)).pages
    )
    assert f"For our invoice {invoice.official_number}" in " ".join(text.split())
    assert list(invariants(db)) == []


def test_numbers_come_from_the_same_series(db, invoice):
    note = make_credit_note(db, invoice, status="valid")
    first, second = (int(one.official_number[-4:]) for one in (invoice, note))
    assert second == first + 1


def test_without_payment_each_rate_is_taken_back(db, invoice):
    note = make_credit_note(db, invoice, status="valid")
    asked = [(one.vat_id, one.ht, one.tva) for one in invoice.vat_totals]
    given = [(one.vat_id, -one.ht, -one.tva) for one in note.vat_totals]
    assert given == asked
    assert (note.ht, note.tva, note.ttc) == (-invoice.ht, -invoice.tva, -invoice.ttc)
    assert (invoice.paid_status, invoice.to_pay) == ("resulted", 0)


def test_a_part_is_what_one_leaves_in_the_draft(db, invoice, member, manager):
    page = button(member.get(url(invoice)), "credit-part").follow()
    note = note_of(db)
    assert "take out of it what stays invoiced" in page
    note.groups[0].lines.pop()
    db.flush()
    page = member.get(f"/credit-notes/{note.id}/edit")
    save(page).follow()
    assert (note.ht, note.due) == (-100, -120)
    move(db, note, "validate")
    assert invoice.paid_status == "paid"
    assert invoice.to_pay == invoice.due - 120


def test_more_than_is_left_is_refused(db, invoice, manager):
    note = make_credit_note(db, invoice, whole=False)
    pay(db, invoice, "50")
    page = manager.get(f"/credit-notes/{note.id}/")
    refused = press(page, "validate").follow()
    assert "is left to pay of the invoice" in words(refused)
    assert "lowers the payment or takes it back" in words(refused)
    assert note.official_number is None


def test_of_what_is_paid_it_is_said_how_it_is_credited(db, invoice, member, manager):
    payment = pay(db, invoice)
    page = member.get(url(invoice))
    assert "Only what is left to pay can be taken back." in words(page)
    assert "a manager or an accountant first lowers the payment" in words(page)
    values = {"csrf_token": token(manager), "version": invoice.version}
    manager.post(f"{url(invoice)}payments/{payment.id}/delete", values, status=303)
    button(member.get(url(invoice)), "credit")
    move(db, note_of(db), "validate")
    assert (invoice.paid_status, invoice.to_pay) == ("resulted", 0)
    page = member.get(url(invoice))
    assert "Nothing is left to pay of it that could be taken back." in words(page)
    assert "lowers the payment" not in words(page)


def test_what_is_settled_or_a_draft_is_not_credited(db, customer, member, invoice):
    draft = make_invoice(db, customer)
    for one in (draft, invoice):
        if one is invoice:
            pay(db, invoice)
        values = {"csrf_token": token(member), "version": one.version}
        member.post(f"{url(one)}credit", values, status=303)
    assert db.scalars(select(CancelInvoice)).all() == []


def test_one_draft_at_a_time(db, invoice, member):
    page = member.get(url(invoice))
    button(page, "credit")
    button(page, "credit")
    note_of(db)
    values = {"csrf_token": token(member), "version": invoice.version}
    refused = member.post(f"{url(invoice)}credit", values).follow()
    assert "finish it first" in words(refused)


def test_whoever_is_elsewhere_sees_no_credit_note(db, invoice, login):
    note = make_credit_note(db, invoice, status="valid")
    foreign = login(make_member(db, make_company(db)))
    foreign.get(f"/credit-notes/{note.id}/", status=404)
    values = {"csrf_token": token(foreign), "version": invoice.version}
    foreign.post(f"{url(invoice)}credit", values, status=404)
    assert note.official_number not in foreign.get("/credit-notes/")
