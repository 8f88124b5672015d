"""Documents have a number of their own, and a name, from the first draft on."""

from collections import Counter as Count
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from endi_like.models.sales import Invoice, Task
from endi_like.services.credits import credit_note_of
from endi_like.services.duplicating import duplicated
from endi_like.services.invariants import invariants
from endi_like.services.invoicing import invoice_all
from endi_like.services.once import new_key
from endi_like.services.progress import invoice_progress
from tests.factories import (
    NOW,
    TODAY,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_project,
    make_vat,
    move,
)
from tests.functional.pages import post, save, words
from tests.functional.programs import Program
from tests.processes import Press, in_session, lay_out, logged_in, wrong
from tests.tampering import alter, drop_refusals

COPIES = 120


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan")


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Ville de Rennes", language="fr")


def newest(db, kind):
    return db.scalars(select(kind).order_by(kind.id.desc())).first()


def values_of(customer, db, **more):
    """Return what a form sends of a document with one line."""
    line = {"description": "Work", "cost": "100", "vat_id": make_vat(db).id}
    return {
        "account_id": customer.id,
        "date": TODAY.isoformat(),
        "groups": [{"title": "", "lines": [line]}],
        "discounts": [],
        "post_tax_lines": [],
        **more,
    }


def names(documents):
    return [one.name for one in documents]


# -- the number


def test_each_kind_counts_for_itself_in_each_company(db, company, customer):
    other = make_customer(db, make_company(db, name="Jardins"))
    found = [make_invoice(db, customer) for _n in range(2)]
    found.append(make_estimation(db, customer))
    found.append(make_credit_note(db, make_invoice(db, customer, status="valid")))
    found.append(make_invoice(db, other))
    month = f"{TODAY:%Y-%m}"
    assert [one.internal_number for one in found] == [
        f"Menuiserie Élan {month} F1",
        f"Menuiserie Élan {month} F2",
        f"Menuiserie Élan {month} D1",
        f"Menuiserie Élan {month} A1",
        f"Jardins {month} F1",
    ]
    assert list(invariants(db)) == []


def test_the_number_of_a_draft_that_goes_is_not_given_again(db, customer):
    draft = make_invoice(db, customer)
    draft.deleted_at = NOW
    db.flush()
    assert make_invoice(db, customer).company_index == 2


def test_a_number_stays_whatever_becomes_of_company_date_and_project(
    db, company, customer, member
):
    post(member, "/invoices/add", values_of(customer, db))
    invoice = newest(db, Invoice)
    number = invoice.internal_number
    company.name = "Élan & fils"
    project = make_project(db, company)
    make_invoice(db, customer, project=project)
    page = member.get(f"/invoices/{invoice.id}/edit")
    save(page, date="2027-02-03", project_id=project.id)
    assert invoice.project == project
    assert (invoice.internal_number, invoice.project_index) == (number, None)


@pytest.mark.parametrize(
    "column", ["company_index", "project_index", "internal_number"]
)
@pytest.mark.parametrize("value", [9, None])
def test_the_database_refuses_to_change_the_number_of_a_draft(
    db, company, customer, column, value
):
    made = make_invoice(db, customer, project=make_project(db, company))
    values = {column: value if value is None or "index" in column else "9"}
    with pytest.raises(DBAPIError, match="task cannot be changed"):
        db.execute(update(Task.__table__).where(Task.id == made.id).values(values))


def test_a_draft_from_before_there_were_numbers_gets_one_when_it_is_saved(
    db, customer, member
):
    old = make_invoice(db, customer, name="Roof")
    drop_refusals(db)
    alter(
        db,
        "UPDATE task SET company_index = NULL, internal_number = NULL WHERE id = :id",
        id=old.id,
    )
    db.expire_all()
    assert "Internal number" not in words(member.get(f"/invoices/{old.id}/"))
    save(member.get(f"/invoices/{old.id}/edit"), notes="Soon")
    assert (old.company_index, old.name) == (2, "Roof")


def test_a_number_given_twice_or_never_drawn_is_named(db, company, customer):
    first, second = (make_invoice(db, customer) for _n in range(2))
    drop_refusals(db)
    change = "UPDATE task SET company_index = :index WHERE id = :id"
    key = f"numbers: series company:{company.id}:invoice"

    alter(db, change, index=first.company_index, id=second.id)
    assert list(invariants(db)) == [f"{key}: an internal number is given twice"]

    alter(db, change, index=7, id=second.id)
    assert list(invariants(db)) == [f"{key}: internal number 7 was never drawn"]


# -- where it is seen


def test_a_number_is_on_the_page_in_the_list_in_files_and_in_json(
    app, db, customer, member, author
):
    invoice = make_invoice(db, customer)
    number = invoice.internal_number
    assert f"Internal number {number}" in words(member.get(f"/invoices/{invoice.id}/"))
    shown = words(member.get("/invoices/"))
    assert number.removeprefix("Menuiserie Élan ") in shown
    assert number not in shown
    assert number in member.get("/invoices/export.csv").text
    found = Program(app, db, author).get(f"/invoices/{invoice.id}/").json
    assert found["internal_number"] == number


@pytest.mark.parametrize("status", ["draft", "valid"])
def test_a_document_is_found_by_its_number_and_not_by_its_company(
    db, customer, member, status
):
    make_invoice(db, customer, name="First", status=status)
    make_invoice(db, customer, name="Second", status=status)
    page = words(member.get("/invoices/?q=F2"))
    assert "Second" in page
    assert "First" not in page
    assert "Second" not in words(member.get("/invoices/?q=menuiserie"))


# -- the name


def test_what_nobody_names_is_called_by_its_number_in_the_customers_language(
    db, company, customer, member
):
    german = make_customer(db, company, language="de")
    post(member, "/invoices/add", values_of(customer, db))
    post(member, "/invoices/add", values_of(german, db, name="  "))
    found = db.scalars(select(Invoice).order_by(Invoice.id)).all()
    assert names(found) == ["Facture 1", "Rechnung 2"]


def test_in_a_project_the_name_counts_the_documents_of_the_project(
    db, company, customer, member
):
    make_invoice(db, customer)
    project = make_project(db, company, customers=[customer])
    post(member, "/invoices/add", values_of(customer, db, project_id=project.id))
    made = newest(db, Invoice)
    assert (made.company_index, made.project_index, made.name) == (2, 1, "Facture 1")


def test_a_name_that_is_taken_away_is_the_default_again(db, customer, member):
    invoice = make_invoice(db, customer, name="Roof")
    save(member.get(f"/invoices/{invoice.id}/edit"), name="")
    assert invoice.name == "Facture 1"


def test_the_invoices_of_an_estimation_are_called_by_their_part(db, company, customer):
    project = make_project(db, company)
    offer = make_estimation(
        db, customer, status="valid", deposit="30", equal_parts=2, project=project
    )
    found = invoice_all(db, offer, TODAY)
    assert names(found) == ["Facture d’acompte 1", "Facture 2", "Facture de solde 3"]
    assert [one.project_index for one in found] == [1, 2, 3]
    assert found[0].lines[0].description.startswith("Acompte de 30")


def test_a_part_is_called_as_was_agreed(db, customer):
    offer = make_estimation(db, customer, agreed=["40"])
    offer.deadlines[0].label = "À la livraison"
    db.flush()
    move(db, offer, "submit")
    move(db, offer, "validate")
    assert names(invoice_all(db, offer, TODAY)) == [
        "À la livraison",
        "Facture de solde 2",
    ]


def test_the_last_invoice_by_progress_is_that_of_the_balance(db, customer):
    offer = make_estimation(db, customer, status="valid")
    invoice_progress(db, offer, ((Decimal(40),),), TODAY)
    last = invoice_progress(db, offer, ((Decimal(60),),), TODAY)
    assert last.name == "Facture de solde 2"


def test_copies_of_what_has_no_name_of_its_own_have_their_own(db, customer):
    offer = make_estimation(db, customer, name="", status="valid")
    named = make_invoice(db, customer, name="Roof", status="valid")
    nameless = make_invoice(db, customer, name="", status="valid")
    assert (offer.name, nameless.name) == ("Devis 1", "Facture 2")

    assert duplicated(db, nameless, TODAY).name == "Facture 3"
    assert duplicated(db, named, TODAY).name == "Roof"
    assert names(invoice_all(db, offer, TODAY)) == ["Facture 5"]
    notes = [credit_note_of(db, one, TODAY, whole=True) for one in (named, nameless)]
    assert names(notes) == ["Roof", "Avoir 2"]


# -- at once


def copying(db):
    """Return presses that copy an invoice and an estimation of a project, in turn."""
    account = make_customer(db)
    project = make_project(db, account.company)
    made = [
        make(db, account, name="", project=project)
        for make in (make_invoice, make_estimation)
    ]
    cookie = logged_in(db)
    buttons = [f"/{one.type_}s/{one.id}/duplicate" for one in made]
    return [
        Press(cookie, buttons[n % 2], (("once", new_key()),)) for n in range(COPIES)
    ]


def numbers(db):
    """Return the numbers and names of all documents, by their kind."""
    rows = select(Task.type_, Task.company_index, Task.project_index, Task.name)
    found = {}
    for kind, *numbers in db.execute(rows.order_by(Task.company_index)):
        found.setdefault(kind, []).append(tuple(numbers))
    return found


def test_whoever_writes_at_once_no_number_is_given_twice(place, crowd):
    """Eight processes write 120 drafts in one company and project."""
    lay_out(place)
    answers = crowd.press(place, in_session(place, copying))
    assert Count(answer.status for answer in answers) == {303: COPIES}
    called = {"invoice": "Facture", "estimation": "Devis"}
    assert in_session(place, numbers) == {
        kind: [(n, n, f"{name} {n}") for n in range(1, COPIES // 2 + 2)]
        for kind, name in called.items()
    }
    assert wrong(place) == []
