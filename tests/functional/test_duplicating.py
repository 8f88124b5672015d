"""A document is written again: for another customer, in another project."""

from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.estimations import Estimation
from endi_like.models.sales import Invoice
from endi_like.services.invoicing import invoice_all
from endi_like.services.progress import invoice_progress
from tests.factories import (
    TODAY,
    make_company,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_membership,
    make_mention,
    make_project,
    make_user,
)
from tests.functional.pages import post, save, words
from tests.functional.programs import Program


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan")


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Ville de Saint-Brieuc")


@pytest.fixture
def other(db, company):
    return make_customer(db, company, name="Cinéma L’Étoile")


@pytest.fixture
def user(db, company):
    return make_member(db, company, name="Mona Member")


@pytest.fixture
def member(user, login):
    return login(user)


def form_of(browser, task):
    page = browser.get(f"/{task.type_}s/{task.id}/")
    return page.click("Duplicate for another customer or project")


def newest(db, kind):
    return db.query(kind).order_by(kind.id.desc()).first()


def test_an_invoice_is_written_again_for_another_customer(
    db, company, customer, other, member
):
    project = make_project(db, company, phases=("Study",))
    old = make_mention(db, label="Old", active=False)
    invoice = make_invoice(
        db,
        customer,
        lines=["100", "50"],
        status="valid",
        address="Somewhere 1",
        mentions=[old, make_mention(db)],
    )
    values = {
        "account_id": other.id,
        "project_id": project.id,
        "phase_id": project.phases[0].id,
    }
    page = post(member, f"/invoices/{invoice.id}/duplicate-to", values)
    page = page.follow()
    copy = newest(db, Invoice)
    assert "This is the copy, a new draft of today." in page
    assert (copy.account, copy.ht, copy.date) == (other, 150, TODAY)
    assert (copy.official_number, copy.address) == (None, "")
    assert (copy.project, copy.phase) == (project, project.phases[0])
    assert (copy.business, copy.estimation) == (None, None)
    assert [one.label for one in copy.mentions] != []
    assert old not in copy.mentions


def test_the_address_stays_with_the_same_customer(db, customer, member):
    estimation = make_estimation(db, customer, address="Somewhere 1", deposit="30")
    page = form_of(member, estimation)
    assert "The address of the document is kept" in words(page)
    save(page).follow()
    copy = newest(db, Estimation)
    assert copy is not estimation
    assert (copy.account, copy.address) == (customer, "Somewhere 1")
    assert [one.amount for one in copy.deadlines] == [36, 84]


def test_twice_pressed_is_written_once(db, customer, member):
    page = form_of(member, make_invoice(db, customer))
    assert save(page).location == save(page).location
    assert db.query(Invoice).count() == 2


def test_what_is_elsewhere_or_archived_is_refused_with_a_sentence(
    db, company, customer, user, member
):
    there = make_company(db)
    make_membership(db, user, there)
    stranger, hidden = make_customer(db, there), make_customer(db)
    archived = make_project(db, company, archive_status="archived")
    theirs = make_project(db, there)
    own = make_project(db, company)
    phase = make_project(db, company, phases=("Study",)).phases[0]
    invoice = make_invoice(db, customer)
    wrong = [
        ({"account_id": stranger.id}, "This customer belongs to another company."),
        ({"account_id": hidden.id}, ""),
        ({"project_id": archived.id}, "The project is archived"),
        ({"project_id": theirs.id}, "This project belongs to another company."),
        ({"project_id": own.id, "phase_id": phase.id}, "belongs to another project"),
        ({"account_id": ""}, "Please fill this in."),
        ({"account_id": "many"}, "is not a whole number"),
    ]
    usual = {"account_id": customer.id, "project_id": "", "phase_id": ""}
    for values, sentence in wrong:
        address = f"/invoices/{invoice.id}/duplicate-to"
        page = post(member, address, usual | values, status=422)
        assert sentence in words(page)
        assert stranger.name not in words(page) or values["account_id"] == stranger.id
    assert db.query(Invoice).count() == 1


def test_what_was_in_a_project_that_is_archived_goes_elsewhere(
    db, company, customer, member
):
    archived = make_project(db, company)
    invoice = make_invoice(db, customer, project=archived)
    archived.archive_status = "archived"
    db.flush()
    save(form_of(member, invoice))
    assert newest(db, Invoice).project is None


def duplicating(page):
    """Return what a page offers that writes a document again."""
    found = page.html.select("form[action$='/duplicate'], a[href$='/duplicate-to']")
    return [one.name for one in found]


@pytest.mark.parametrize("make", [make_invoice, make_estimation])
def test_what_is_not_written_again_where_it_is_says_why(
    make, db, company, customer, member
):
    archived = make_project(db, company)
    task = make(db, customer, project=archived)
    url = f"/{task.type_}s/{task.id}/"
    assert duplicating(member.get(url)) == ["form", "a"]
    archived.archive_status = "archived"
    db.flush()
    page = member.get(url)
    assert duplicating(page) == ["a"], "for another project it can be"
    sentence = "Duplicate The project is archived: nothing new is written for it."
    assert sentence in words(page).replace(": The", " The")


def test_what_is_written_again_nowhere_says_why(db, customer, member):
    estimation = make_estimation(db, customer, status="valid")
    invoice = invoice_progress(db, estimation, ((Decimal(30),),), TODAY)
    page = member.get(f"/invoices/{invoice.id}/")
    assert duplicating(page) == []
    assert "It was invoiced by progress" in words(page)


def test_an_invoice_by_progress_is_not_written_again(db, customer, member):
    estimation = make_estimation(db, customer, status="valid")
    invoice = invoice_progress(db, estimation, ((Decimal(30),),), TODAY)
    page = member.get(f"/invoices/{invoice.id}/duplicate-to").follow()
    assert "It was invoiced by progress" in words(page)
    answer = post(
        member, f"/invoices/{invoice.id}/duplicate-to", {"account_id": customer.id}, 422
    )
    assert "It was invoiced by progress" in words(answer)


def test_a_balance_is_not_written_again_without_what_it_deducts(db, customer, member):
    estimation = make_estimation(
        db, customer, lines=["1000"], status="valid", deposit="30"
    )
    _deposit, balance = invoice_all(db, estimation, TODAY)
    page = post(member, f"/invoices/{balance.id}/duplicate", {}).follow()
    assert "It deducts other invoices" in words(page)
    assert db.scalar(select(func.count()).select_from(Invoice)) == 2


def test_only_whoever_may_write_may_write_again(db, company, customer, login):
    invoice = make_invoice(db, customer)
    address = f"/invoices/{invoice.id}/duplicate-to"
    values = {"account_id": customer.id}
    reader = login(make_user(db, roles={"accountant"}))
    reader.get(address, status=403)
    post(reader, address, values, status=403)
    stranger = login(make_member(db, make_company(db)))
    stranger.get(address, status=404)
    post(stranger, address, values, status=404)


def test_a_program_writes_again(db, customer, other, user, app):
    invoice = make_invoice(db, customer)
    program = Program(app, db, user)
    program.post(f"/invoices/{invoice.id}/duplicate-to", {}, status=422)
    sent = {"account_id": other.id}
    made = program.post(f"/invoices/{invoice.id}/duplicate-to", sent, status=201).json
    assert made["id"] == newest(db, Invoice).id
    assert newest(db, Invoice).account is other


def test_the_form_says_which_document_is_written_again(db, login):
    invoice = make_invoice(db, status="valid")
    page = login(make_user(db, roles={"manager"})).get(
        f"/invoices/{invoice.id}/duplicate-to"
    )
    link = page.html.select_one("nav.crumbs a")
    assert link.get_text() == invoice.official_number
    assert link["href"] == f"/invoices/{invoice.id}/"
