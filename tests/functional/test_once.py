"""A form that creates something does so once, however often it arrives."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from endi_like.models.once import MadeOnce
from endi_like.models.sales import Invoice
from endi_like.services.once import forget_old
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_user,
)
from tests.functional.pages import document_form, save, words


@pytest.fixture
def customer(db):
    return make_customer(db, make_company(db))


@pytest.fixture
def member(db, customer, login):
    return login(make_member(db, customer.company))


def count(db, model):
    return db.scalar(select(func.count()).select_from(model))


def test_a_new_invoice_that_is_sent_twice_is_one(db, customer, member):
    form = document_form(member.get("/invoices/add"))
    form["account_id"] = str(customer.id)
    form["name"] = "Roof"
    sent = form.submit_fields("action", index=len(form.fields["action"]) - 1)

    first = member.post("/invoices/add", sent, status=303)
    second = member.post("/invoices/add", sent, status=303)

    assert second.location == first.location
    assert count(db, Invoice) == 1
    assert "nothing was done twice" in words(second.follow())


def test_another_page_makes_another(db, customer, member):
    for _ in range(2):
        page = member.get("/invoices/add")
        save(page, account_id=str(customer.id), name="Roof")

    assert count(db, Invoice) == 2


def test_a_form_that_was_refused_keeps_its_key(db, customer, member):
    page = member.get("/invoices/add")
    key = document_form(page)["once"].value

    page = save(page, status=422, name="Roof")

    assert document_form(page)["once"].value == key
    save(page, account_id=str(customer.id))
    assert db.scalars(select(MadeOnce)).one().key == key


def test_a_copy_is_made_once_by_each_page(db, customer, member):
    invoice = make_invoice(db, customer)
    page = member.get(f"/invoices/{invoice.id}/")
    form = next(one for one in page.forms.values() if one.action.endswith("duplicate"))

    first, second = form.submit(status=303), form.submit(status=303)

    assert first.location == second.location
    assert count(db, Invoice) == 2


@pytest.mark.parametrize("key", ["", "x", "e" * 44, "é" * 43, "a" * 42 + "\n"])
def test_what_is_no_key_of_ours_is_none(db, customer, member, key):
    for _ in range(2):
        form = document_form(member.get("/invoices/add"))
        form["account_id"], form["name"], form["once"] = str(customer.id), "Roof", key
        form.submit("action", index=len(form.fields["action"]) - 1, status=303)

    assert (count(db, Invoice), count(db, MadeOnce)) == (2, 0)


def test_the_key_of_one_user_opens_nothing_to_another(db, customer, login):
    one, other = (login(make_user(db, roles={"admin"})) for _ in range(2))
    page = one.get("/companies/add")
    save(page, name="Forge", code="FOR")
    form = document_form(other.get("/companies/add"))
    form["once"] = document_form(page)["once"].value
    form["name"], form["code"] = "Mill", "MIL"

    answer = form.submit("action", status="*")

    assert answer.status_int == 409
    assert "Forge" not in answer.text


def test_keys_are_forgotten_after_a_month(db, customer, member):
    save(member.get("/invoices/add"), account_id=str(customer.id), name="Roof")

    assert forget_old(db, now=NOW + timedelta(days=29)) == 0
    assert count(db, MadeOnce) == 1
    assert forget_old(db, now=NOW + timedelta(days=31)) == 1
    assert count(db, MadeOnce) == 0
