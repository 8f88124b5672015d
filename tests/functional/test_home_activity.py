"""The first page of a company's member: what happened last to their documents."""

import pytest

from endi_like.reports import activity
from tests.factories import (
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_membership,
    make_user,
    move,
    pay,
)
from tests.functional.test_query_plans import EXPLAIN, avoid, explained


@pytest.fixture
def company(db):
    return make_company(db)


@pytest.fixture
def customer(db, company):
    return make_customer(db, company)


@pytest.fixture
def member(db, login, company):
    return login(make_member(db, company, name="Mia Member"))


def told(page):
    """Return what the page tells of each document: its address, and what happened."""
    lines = page.html.select("section[aria-labelledby=activity] li")
    return [
        (line.a["href"], line.select("p")[1].get_text(" ", strip=True))
        for line in lines
    ]


def at(node):
    """Return the address of a document."""
    names = {"invoice": "invoices", "estimation": "estimations"}
    return f"/{names.get(node.type_, 'credit-notes')}/{node.id}/"


def test_each_document_tells_what_happened_last_the_last_one_first(
    db, member, customer, clock
):
    estimation = make_estimation(db, customer)
    clock.advance(hours=1)
    sent_back = make_invoice(db, customer, status="wait")
    clock.advance(hours=1)
    paid = make_invoice(db, customer, status="valid")
    clock.advance(hours=1)
    credited = make_credit_note(db, paid)
    clock.advance(hours=1)
    move(db, sent_back, "invalidate", "The address is missing.")
    clock.advance(hours=1)
    pay(db, paid, "10")
    db.flush()

    page = member.get("/")

    assert told(page) == [
        (at(paid), "Ada Author recorded a payment: 10.00 on 20/11/2026, Bank transfer"),
        (at(sent_back), "Ada Author: Send back Sent back"),
        (at(credited), "Written by Ada Author"),
        (at(estimation), "Written by Ada Author"),
    ]
    assert "The address is missing." in page


def test_what_is_typed_is_told_as_a_change(db, member, customer, clock):
    invoice = make_invoice(db, customer)
    clock.advance(hours=1)
    invoice.notes = "Ring twice."
    db.flush()
    assert told(member.get("/")) == [(at(invoice), "Ada Author changed it")]


def test_others_documents_and_those_in_the_bin_are_not_told_of(
    db, member, customer, clock
):
    make_invoice(db, make_customer(db, make_company(db)))
    gone = make_invoice(db, customer)
    kept = make_invoice(db, customer)
    gone.deleted_at = clock()
    db.flush()
    assert [where for where, _what in told(member.get("/"))] == [at(kept)]


@pytest.mark.parametrize("role", ["manager", "accountant", "auditor", "admin"])
def test_whoever_works_for_all_companies_has_the_lists(db, login, customer, role):
    make_invoice(db, customer)
    assert told(login(make_user(db, roles={role})).get("/")) == []


def test_a_manager_who_is_a_member_too_is_told_of_their_own_company(
    db, login, company, customer
):
    make_invoice(db, make_customer(db, make_company(db)))
    own = make_invoice(db, customer)
    browser = login(make_member(db, company, roles={"manager"}))
    assert [where for where, _what in told(browser.get("/"))] == [at(own)]


def test_the_newest_of_several_companies_are_told(db, login, clock):
    user = make_user(db)
    made = []
    for _ in range(3):
        company = make_company(db)
        make_membership(db, user, company)
        customer = make_customer(db, company)
        for _ in range(activity.SHOWN // 2):
            clock.advance(minutes=1)
            made.append(make_invoice(db, customer))
    newest = [at(one) for one in reversed(made)][: activity.SHOWN]
    assert [where for where, _what in told(login(user).get("/"))] == newest


def test_it_costs_the_same_however_many_documents_there_are(
    db, connection, company, customer
):
    for _ in range(activity.SHOWN + 5):
        make_invoice(db, customer, status="wait")
    steps = []

    def note(step, _statement):
        steps.append(step)

    avoid(connection, "seqscan", "bitmapscan", "sort")
    with explained(connection, note) as seen:
        found = activity.activity(db, [company.id])
    assert len(found) == activity.SHOWN
    assert len(seen) == 2, "the documents, and what happened to them"
    assert connection.dialect.name in EXPLAIN
    assert [one for one in steps if "ix_node_touched" in one]
    assert [one for one in steps if "ix_field_change_node_id_at_id" in one]
