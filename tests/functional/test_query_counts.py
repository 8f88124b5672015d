"""A page asks the database as often for many rows as for few, and not often."""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import event

from endi_like.models.contacts import Address, Employment, EntityLink
from endi_like.models.sales import Task
from tests.factories import (
    TODAY,
    make_business,
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_line,
    make_mail,
    make_member,
    make_membership,
    make_memo,
    make_notification,
    make_project,
    make_received,
    make_user,
    make_vat,
    move,
    pay,
)
from tests.functional.pages import press, save

FEW, MANY = 2, 60
YESTERDAY = TODAY - timedelta(days=1)
AROUND = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")


@dataclass
class Counted:
    """The statements of what was done, without those that only hold it together.

    What inserts many rows counts as one: SQLite's driver is given them one by one.
    """

    statements: list[str] = field(default_factory=list)

    def note(self, *about):
        statement = " ".join(about[2].split())
        again = statement.startswith("INSERT") and statement in self.statements[-1:]
        if not statement.startswith(AROUND) and not again:
            self.statements.append(statement)

    def __len__(self):
        return len(self.statements)


@pytest.fixture
def counting(connection):
    """A context that counts the statements within."""

    @contextmanager
    def counting():
        counted = Counted()
        event.listen(connection, "before_cursor_execute", counted.note)
        yield counted
        event.remove(connection, "before_cursor_execute", counted.note)

    return counting


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


def rich_invoice(db, customer, size, status="valid"):
    """An invoice with so many lines, moves and changes, of so many people."""
    rates = [make_vat(db, value) for value in ("20", "10", "5.5")]
    lines = [make_line(db, vat=rates[at % 3]) for at in range(size + 2)]
    invoice = make_invoice(db, customer, lines=lines, name="Repairs")
    for at in range(size):
        invoice.name = f"Repairs, {at}"
        db.flush()
        for action in ("submit", "reopen"):
            move(db, invoice, action)
    if status == "valid":
        move(db, invoice, "validate")
        for _ in range(size):
            pay(db, invoice, "1")
    whisper(db, invoice, size)
    return invoice


def whisper(db, record, size):
    """Write so many memos and mails about a record, of so many people."""
    for at in range(size):
        make_memo(db, record, make_user(db), pinned=at < 5)
        make_mail(db, node_id=record.node.id, company_id=record.company_id)


def same(few, many):
    """Assert that as much was asked, and show what was not."""
    assert len(few) == len(many), "\n".join(sorted(many.statements))


def measured(counting, ask):
    """Return the statements of asking, once whatever is read once has been read."""
    ask()
    with counting() as found:
        ask()
    return found


PAGES = {
    "/invoices/": 3,
    "/invoices/?sort=customer&validation_status=wait": 3,
    "/invoices/?q=repairs&late=1": 3,
    "/invoices/export.csv": 2,
    "/customers/": 3,
    "/": 5,
}
"""Whoever has unread notifications has the bell count them, by one statement more."""


@pytest.mark.parametrize("path", PAGES)
def test_a_list_asks_as_often_for_many_rows_as_for_few(path, db, manager, counting):
    def grow(size):
        for _ in range(size):
            make_invoice(db, make_customer(db), status="wait")

    grow(FEW)
    few = measured(counting, lambda: manager.get(path))
    grow(MANY)
    many = measured(counting, lambda: manager.get(path))
    same(few, many)
    assert len(many) <= PAGES[path], "\n".join(many.statements)


def test_the_first_page_asks_as_often_for_much_that_is_to_be_paid(
    db, manager, counting
):
    def grow(size):
        for _ in range(size):
            for due in (YESTERDAY, TODAY):
                make_invoice(db, make_customer(db), status="valid", due_date=due)

    grow(FEW)
    few = measured(counting, lambda: manager.get("/"))
    grow(MANY // 4)
    same(few, measured(counting, lambda: manager.get("/")))
    assert len(few) <= PAGES["/"] + 1, "\n".join(few.statements)


@pytest.mark.parametrize("path", ["/invoices/", "/"])
def test_a_member_of_many_companies_asks_no_more(path, db, login, counting):
    def member(companies):
        first, *others = [make_company(db) for _ in range(companies)]
        user = make_member(db, first)
        for company in others:
            make_membership(db, user, company)
        return login(user)

    one, several = member(1), member(20)
    few = measured(counting, lambda: one.get(path))
    many = measured(counting, lambda: several.get(path))
    same(few, many)


def test_the_bell_asks_once_and_only_where_something_is_unread(
    db, login, counting, customer
):
    user = make_user(db, roles={"manager"})
    browser, invoice = login(user), make_invoice(db, customer)
    none = measured(counting, lambda: browser.get("/"))
    make_notification(db, user, invoice)
    one = measured(counting, lambda: browser.get("/"))
    for _ in range(MANY):
        make_notification(db, user, invoice)
    same(one, measured(counting, lambda: browser.get("/")))
    assert len(one) == len(none) + 1, "\n".join(one.statements)


def test_notifications_are_listed_by_as_much_for_many_as_for_few(
    db, login, counting, customer
):
    user = make_user(db, roles={"manager"})
    browser = login(user)
    make_notification(db, user, make_invoice(db, customer))
    few = measured(counting, lambda: browser.get("/notifications/"))
    for _ in range(FEW * 10):
        make_notification(db, user, make_invoice(db, make_customer(db)))
    same(few, measured(counting, lambda: browser.get("/notifications/")))
    assert len(few) <= 3, "\n".join(few.statements)


def test_telling_many_asks_as_often_as_telling_few(db, counting, customer):
    found = []
    for size in (FEW, MANY):
        for _ in range(size):
            make_user(db, roles={"manager"})
        invoice = make_invoice(db, customer)
        with counting() as counted:
            move(db, invoice, "submit")
        found.append(counted)
    same(*found)


RECORD_PAGES = {"": 13, "print": 14}


@pytest.mark.parametrize("page", RECORD_PAGES)
def test_a_record_asks_as_often_for_many_lines_as_for_few(page, db, manager, counting):
    customer = make_customer(db)
    small = rich_invoice(db, customer, FEW)
    large = rich_invoice(db, customer, MANY)
    few = measured(counting, lambda: manager.get(f"/invoices/{small.id}/{page}"))
    many = measured(counting, lambda: manager.get(f"/invoices/{large.id}/{page}"))
    same(few, many)
    assert len(many) <= RECORD_PAGES[page], "\n".join(many.statements)


@pytest.mark.parametrize("page", RECORD_PAGES)
def test_a_record_is_read_once_and_its_parts_without_it(page, db, manager, counting):
    invoice = rich_invoice(db, make_customer(db), FEW)
    address = f"/invoices/{invoice.id}/{page}"
    found = measured(counting, lambda: manager.get(address))
    again = [one for one in found.statements if re.search(r"\bJOIN task\b", one)]
    assert len(again) == 1, "\n".join(again)


@pytest.mark.parametrize("page", ["", "timeline/?fmt=json", "timeline/export.csv"])
def test_a_timeline_is_read_at_once_however_much_happened(page, db, manager, counting):
    found = []
    for size in (FEW, MANY):
        customer = make_customer(db)
        for at in range(size):
            customer.entity.name = f"Town, {at}"
            db.flush()
        whisper(db, customer, size)
        address = f"/customers/{customer.id}/{page}"
        found.append(measured(counting, lambda path=address: manager.get(path)))
    same(*found)
    assert len(found[1]) <= 9, "\n".join(found[1].statements)


@pytest.mark.parametrize("page", ["companies/{}/", "companies/{}/?fmt=json"])
def test_what_changed_of_a_company_is_read_at_once(page, db, login, counting):
    auditor, found = login(make_user(db, roles=["auditor"])), []
    for size in (FEW, MANY):
        company = make_company(db)
        for at in range(size):
            company.town = f"Town, {at}"
            db.flush()
        path = f"/{page.format(company.id)}"
        found.append(measured(counting, lambda path=path: auditor.get(path)))
    same(*found)
    assert len(found[1]) <= 4, "\n".join(found[1].statements)


def test_a_form_asks_as_often_for_many_lines_as_for_few(db, manager, counting):
    customer = make_customer(db)
    small = rich_invoice(db, customer, FEW, "draft")
    large = rich_invoice(db, customer, MANY, "draft")
    few = measured(counting, lambda: manager.get(f"/invoices/{small.id}/edit"))
    many = measured(counting, lambda: manager.get(f"/invoices/{large.id}/edit"))
    same(few, many)
    assert len(many) <= 13, "\n".join(many.statements)


def test_saving_asks_as_often_for_many_lines_as_for_few(db, manager, counting):
    customer = make_customer(db)
    found = []
    for size in (FEW, MANY):
        invoice = rich_invoice(db, customer, size, "draft")
        page = manager.get(f"/invoices/{invoice.id}/edit")
        prices = {f"cost_{at}": "7" for at in range(size)}
        with counting() as counted:
            save(page, **prices)
        found.append(counted)
    same(*found)


def test_validating_asks_as_often_for_many_lines_as_for_few(db, manager, counting):
    customer = make_customer(db)
    found = []
    for size in (FEW, FEW, MANY):
        invoice = rich_invoice(db, customer, size, "draft")
        page = manager.get(f"/invoices/{invoice.id}/")
        with counting() as counted:
            press(page, "validate")
        found.append(counted)
    _first_of_its_series, few, many = found
    same(few, many)
    assert len(many) <= 25, "\n".join(many.statements)


def rich_contact(db, size):
    """An entity with so many rows of every kind, which name so many others."""
    entity = make_entity(db)
    for at in range(size):
        person = make_entity(db, name=f"Person {at}", kind="person")
        account = make_customer(db, None, entity, number=f"N{at}")
        account.primary_contact = person
        account.taxes = [make_vat(db, "20")]
        entity.addresses.append(Address(city="X", country="FR", account=account))
        entity.people.append(EntityLink(person=person))
        entity.employments.append(Employment(manager=person))
    db.flush()
    whisper(db, entity, size)
    return entity


@pytest.mark.parametrize("page", ["", "edit"])
def test_a_contact_asks_as_often_for_many_rows_as_for_few(page, db, manager, counting):
    few, many = (rich_contact(db, size) for size in (FEW, MANY))
    found = []
    for entity in (few, many):
        db.expire_all()
        url = f"/contacts/{entity.id}/{page}"
        found.append(measured(counting, lambda url=url: manager.get(url)))
    same(*found)
    assert len(found[0]) <= 24, "\n".join(found[0].statements)


def rich_project(db, size):
    """A project and a business with so many customers, phases and documents."""
    company = make_company(db)
    names = [f"Phase {at}" for at in range(size)]
    project = make_project(db, company, phases=names)
    for phase in project.phases:
        account = make_customer(db, company)
        project.customers.append(account)
        make_invoice(db, account, status="valid", project=project, phase=phase)
        make_invoice(db, account, project=project)
    kept = db.query(Task).filter_by(project_id=project.id).all()
    business = make_business(db, company, project=project, documents=kept)
    whisper(db, project, size)
    whisper(db, business, size)
    return {"projects": project.id, "businesses": business.id}


PLACES = {"projects/": 12, "projects/edit": 8, "businesses/": 10, "businesses/edit": 7}


@pytest.mark.parametrize("place", PLACES)
def test_a_project_asks_as_often_for_many_documents_as_for_few(
    place, db, manager, counting
):
    collection, page = place.split("/")
    found = []
    for size in (FEW, MANY):
        key = rich_project(db, size)[collection]
        db.expire_all()
        address = f"/{collection}/{key}/{page}"
        found.append(measured(counting, lambda path=address: manager.get(path)))
    same(*found)
    assert len(found[0]) <= PLACES[place], "\n".join(found[0].statements)


@pytest.mark.parametrize(
    "path",
    ["/projects/", "/projects/export.csv", "/businesses/", "/businesses/?late=1"],
)
def test_projects_are_listed_by_as_much_for_many_as_for_few(
    path, db, manager, counting
):
    for _ in range(FEW):
        rich_project(db, 1)
    few = measured(counting, lambda: manager.get(path))
    for _ in range(MANY):
        rich_project(db, 1)
    same(few, measured(counting, lambda: manager.get(path)))
    assert len(few) <= 3, "\n".join(few.statements)


@pytest.mark.parametrize("page", ["", "export.csv", "?reception_status=received"])
def test_what_was_received_is_listed_by_as_much_for_many_as_for_few(
    page, db, manager, counting
):
    found = []
    for size in (FEW, MANY):
        for _ in range(size):
            make_received(db)
        path = f"/supplier-invoices/{page}"
        found.append(measured(counting, lambda path=path: manager.get(path)))
    same(*found)
    assert len(found[0]) <= 3, "\n".join(found[0].statements)


def test_what_was_received_is_shown_by_a_few_statements(db, manager, counting):
    received = make_received(db)
    address = f"/supplier-invoices/{received.id}/"
    found = measured(counting, lambda: manager.get(address))
    assert len(found) <= 6, "\n".join(found.statements)
