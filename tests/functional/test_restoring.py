"""What comes out of the bin is found where it was: what it is kept in comes along."""

import pytest

from endi_like.permissions import Permission
from endi_like.services.invariants import invariants
from endi_like.services.rights import tables
from tests.factories import (
    make_business,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_project,
)
from tests.functional.pages import button, post, words
from tests.tampering import alter


@pytest.fixture
def company(db):
    return make_company(db)


@pytest.fixture
def customer(db, company):
    return make_customer(db, company)


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company))


@pytest.fixture
def project(db, company):
    return make_project(db, company, code="TOIT", name="Roof")


@pytest.fixture
def business(db, company, project):
    return make_business(db, company, project=project, name="The roof of the town hall")


def url(node):
    where = {"business": "businesses", "cancelinvoice": "credit-notes"}
    return f"/{where.get(node.type_, node.type_ + 's')}/{node.id}/"


def into_the_bin(browser, *nodes):
    """Put what is given into the bin, one after the other."""
    for node in nodes:
        button(browser.get(url(node)), "delete")
        assert node.deleted_at


def binned(*nodes):
    """Tell whether one of them is in the bin."""
    return any(one.deleted_at for one in nodes)


def made(db, customer, kind, **place):
    """Return a draft of a kind, kept somewhere."""
    if kind == "invoice":
        return make_invoice(db, customer, **place)
    if kind == "estimation":
        return make_estimation(db, customer, **place)
    return make_credit_note(db, make_invoice(db, customer, status="valid", **place))


@pytest.mark.parametrize("kind", ["invoice", "estimation"])
def test_a_document_brings_back_its_business_and_its_project(
    kind, db, customer, member, project, business
):
    task = made(db, customer, kind, project=project, business=business)
    into_the_bin(member, task, business, project)
    page = button(member.get(url(task)), "restore").follow()
    assert (
        "It is restored, and with it what it is kept in: "
        "The roof of the town hall, TOIT – Roof."
    ) in words(page)
    assert not binned(task, business, project)
    assert list(invariants(db)) == []
    assert "Put into the bin Restored" in words(member.get(url(business)))


def test_a_document_without_a_project_brings_back_that_of_its_business(
    db, customer, member, project, business
):
    task = make_invoice(db, customer, business=business)
    into_the_bin(member, task, business, project)
    button(member.get(url(task)), "restore")
    assert not binned(business, project)


def test_what_is_there_is_not_told_of(db, customer, member, project):
    task = make_invoice(db, customer, project=project)
    into_the_bin(member, task)
    page = button(member.get(url(task)), "restore").follow()
    assert "It is restored." in words(page)


def test_a_business_brings_back_its_project(member, project, business):
    into_the_bin(member, business, project)
    page = button(member.get(url(business)), "restore").follow()
    assert "TOIT – Roof" in words(page)
    assert not binned(business, project)


def test_a_project_stays_as_long_as_there_are_businesses_in_it(
    db, member, project, business
):
    sentence = "It holds 1 business: only what is empty can be deleted."
    page = member.get(url(project))
    assert sentence in words(page)
    assert not page.html.select("form[action$='/delete']")
    refused = post(member, f"{url(project)}delete", {"version": project.version})
    assert sentence in words(refused.follow())
    assert project.deleted_at is None
    into_the_bin(member, business, project)


def test_whoever_restores_a_document_may_restore_what_it_is_kept_in():
    documents = (tables.INVOICES, tables.CREDIT_NOTES, tables.ESTIMATIONS)
    for grants in documents:
        may = {holder for holder, held in grants.items() if Permission.DELETE in held}
        for around in (tables.BUSINESSES, tables.PROJECTS):
            assert all(Permission.DELETE in around.get(one, ()) for one in may)


@pytest.mark.parametrize("kind", ["invoice", "estimation", "cancelinvoice"])
def test_verify_names_what_is_kept_in_the_bin(kind, db, customer, project, business):
    task = made(db, customer, kind, project=project, business=business)
    assert list(invariants(db)) == []
    for node in (project, business):
        for table in ("node", node.type_):
            statement = f"UPDATE {table} SET deleted_at = '2026-11-20' WHERE id = :id"
            alter(db, statement, id=node.id)
        found = list(invariants(db))
        for one in {task, business} - {node}:
            sentence = f"{node.type_} {node.id}, which it is in, is in the bin"
            assert f"places: {one.type_} {one.id}: {sentence}" in found
