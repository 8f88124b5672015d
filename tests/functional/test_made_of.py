"""What was made of another document keeps its customer, and is not older than that."""

from datetime import date
from decimal import Decimal

import pytest

from endi_like.services import invoicing, progress
from endi_like.services.attaching import attach
from tests.factories import (
    TODAY,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    transitions,
)
from tests.functional.pages import document_form, save, words
from tests.functional.programs import Program

PATHS = {"credit note": "credit-notes"}
KINDS = ("credit note", "deposit", "balance", "by progress")
TOO_EARLY = {"credit note": "It takes back an invoice of"}


@pytest.fixture
def company(db):
    return make_company(db)


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Ville de Brest", language="en")


@pytest.fixture
def other(db, company):
    return make_customer(db, company, name="Ville de Rennes", language="en")


@pytest.fixture
def user(db, company):
    return make_member(db, company, name="Mona Member", language="en")


@pytest.fixture
def member(user, login):
    return login(user)


@pytest.fixture
def program(app, db, user):
    return Program(app, db, user)


def made(db, customer, kind):
    """Return the draft of a document that was made of another one, of today."""
    if kind == "credit note":
        return make_credit_note(db, make_invoice(db, customer, status="valid"))
    offer = make_estimation(db, customer, status="valid", deposit="30")
    if kind == "by progress":
        return progress.invoice_progress(db, offer, [[Decimal(50)]], TODAY)
    drafts = invoicing.invoice_all(db, offer, TODAY)
    return drafts[kind == "balance"]


def url(task, kind):
    return f"/{PATHS.get(kind, 'invoices')}/{task.id}/edit"


def refusals(page):
    """Return what stands at each field that is wrong."""
    return {
        one["id"].removesuffix("-error"): one.get_text(" ").strip()
        for one in page.html.select(".error[id]")
    }


@pytest.mark.parametrize("kind", KINDS)
def test_its_customer_is_shown_and_cannot_be_exchanged(
    db, customer, other, member, kind
):
    task = made(db, customer, kind)
    page = member.get(url(task, kind))
    form = document_form(page)
    assert "Ville de Brest" in words(page)
    assert not page.html.select("select[name=account_id]")
    form["account_id"].force_value(str(other.id))
    refused = form.submit("action", status=422)
    assert "customer of" in refusals(refused)["account_id"]
    assert task.account_id == customer.id
    # what is shown again is what it is, not what was sent
    assert document_form(refused)["account_id"].value == str(customer.id)
    save(refused)
    assert task.account_id == customer.id


@pytest.mark.parametrize("kind", KINDS)
def test_a_program_cannot_exchange_it_either(db, customer, other, program, kind):
    task = made(db, customer, kind)
    sent = {"version": task.version, "account_id": other.id}
    refused = program.post(url(task, kind), sent, status=422)
    assert [*refused.json["errors"]] == ["account_id"]
    assert task.account_id == customer.id
    program.post(url(task, kind), {**sent, "account_id": customer.id}, status=200)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_not_older_than_what_it_was_made_of(db, customer, member, program, kind):
    task = made(db, customer, kind)
    page = save(member.get(url(task, kind)), date="2026-11-19", status=422)
    said = TOO_EARLY.get(kind, "It is made of an estimation of")
    assert refusals(page) == {"date": f"{said} 20/11/2026, and cannot be older."}
    sent = {"version": task.version, "date": "2026-11-19"}
    refused = program.post(url(task, kind), sent, status=422)
    assert [*refused.json["errors"]] == ["date"]
    assert task.date == TODAY
    save(page, date="2026-11-20")
    save(member.get(url(task, kind)), date="2026-11-21")
    assert task.date == date(2026, 11, 21)


def test_what_was_attached_by_hand_may_be_older_but_keeps_its_customer(
    db, customer, other, member
):
    offer = make_estimation(db, customer, lines=["1000"], status="valid")
    task = make_invoice(db, customer, date=date(2026, 10, 1))
    attach(db, offer, [task.id], transitions(db))
    page = save(member.get(url(task, "")), date="2026-09-30").follow()
    assert "30" in words(page)
    assert task.date == date(2026, 9, 30)
    form = document_form(member.get(url(task, "")))
    form["account_id"].force_value(str(other.id))
    assert [*refusals(form.submit("action", status=422))] == ["account_id"]


def test_the_customer_of_an_invoice_of_nothing_can_be_exchanged(
    db, customer, other, member
):
    task = make_invoice(db, customer)
    save(member.get(url(task, "")), account_id=str(customer.id))
    form = document_form(member.get(url(task, "")))
    form["account_id"].force_value(str(other.id))
    form.submit("action", status=303)
    assert task.account_id == other.id
