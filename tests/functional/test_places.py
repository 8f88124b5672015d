"""A document, its siblings and their business are in one project."""

import pytest
from sqlalchemy import select

from endi_like.models.history import FieldChange
from endi_like.models.sales import Invoice
from endi_like.services.invariants import invariants
from tests.factories import (
    make_business,
    make_credit_note,
    make_estimation,
    make_invoice,
    make_project,
)
from tests.functional.pages import button, post, save, words


@pytest.fixture
def here(db, company):
    return make_project(db, company, code="HERE", phases=["Study"])


@pytest.fixture
def there(db, company):
    return make_project(db, company, code="THERE", phases=["Work"])


def url(business, path=""):
    return f"/businesses/{business.id}/{path}"


def edited(member, invoice, status=303, **typed):
    return save(member.get(f"/invoices/{invoice.id}/edit"), status=status, **typed)


def test_a_business_takes_all_its_documents_to_another_project(
    db, member, customer, here, there
):
    place = {"project": here, "phase": here.phases[0]}
    valid = make_invoice(db, customer, status="valid", **place)
    note = make_credit_note(db, valid, status="valid")
    draft, binned = (make_invoice(db, customer, **place) for _ in range(2))
    binned.deleted_at = binned.created_at
    business = make_business(db, customer.company, project=here)
    for one in (valid, note, draft, binned):
        one.business = business
    db.flush()
    assert "move with it" in words(member.get(url(business, "edit")))
    save(member.get(url(business, "edit")), project_id=str(there.id))
    for one in (valid, note, draft, binned):
        assert (one.project, one.phase) == (there, None)
    fields = select(FieldChange.field).where(FieldChange.node_id == valid.id)
    assert {"project_id", "phase_id"} <= set(db.scalars(fields))
    assert list(invariants(db)) == []
    save(member.get(url(business, "edit")), project_id="")
    assert {one.project for one in (valid, note, draft)} == {None}


def test_a_business_that_stays_leaves_its_documents_in_their_phases(
    db, member, customer, here
):
    task = make_invoice(db, customer, project=here, phase=here.phases[0])
    business = make_business(db, customer.company, project=here, documents=[task])
    save(member.get(url(business, "edit")), name="Another name")
    assert task.phase is here.phases[0]


def test_a_document_does_not_leave_the_project_of_its_business(
    db, member, customer, here, there
):
    estimation = make_estimation(
        db, customer, status="valid", deposit="30", project=here
    )
    button(member.get(f"/estimations/{estimation.id}/"), "invoice")
    draft = db.scalars(select(Invoice)).one()
    assert estimation.business.project is here
    answer = edited(member, draft, project_id=str(there.id), status=422)
    assert f"It is in the business “{estimation.business.name}”" in words(answer)
    assert {draft.project, estimation.project} == {here}
    edited(member, draft, phase_id=str(here.phases[0].id))
    assert draft.phase is here.phases[0]


def test_without_a_business_it_takes_its_siblings_along(
    db, member, customer, here, there
):
    estimation = make_estimation(
        db, customer, status="valid", project=here, phase=here.phases[0]
    )
    button(member.get(f"/estimations/{estimation.id}/"), "invoice")
    draft = db.scalars(select(Invoice)).one()
    assert draft.business is None
    edited(member, draft, project_id=str(there.id), phase_id="")
    edited(member, draft, phase_id=str(there.phases[0].id))
    assert (draft.project, draft.phase) == (there, there.phases[0])
    assert (estimation.project, estimation.phase) == (there, None)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_what_is_put_into_a_business_is_in_its_project(
    elsewhere, db, member, customer, here, there
):
    place = {"project": here, "phase": here.phases[0]} if elsewhere else {}
    valid = make_invoice(db, customer, status="valid", **place)
    note = make_credit_note(db, valid)
    business = make_business(db, customer.company, project=there)
    sent = {"version": business.version, "row": valid.id}
    page = post(member, url(business, "put"), sent).follow()
    assert "1 document is put in." in words(page)
    for one in (valid, note):
        assert (one.business, one.project, one.phase) == (business, there, None)


def test_nothing_comes_into_an_archived_project_by_its_business(
    db, member, customer, there
):
    valid = make_invoice(db, customer, status="valid")
    business = make_business(db, customer.company, project=there)
    there.archive_status = "archived"
    db.flush()
    sent = {"version": business.version, "row": valid.id}
    page = post(member, url(business, "put"), sent).follow()
    assert "The project is archived" in words(page)
    assert (valid.business, valid.project) == (None, None)


def test_what_is_attached_goes_where_the_estimation_is(db, member, customer, here):
    estimation = make_estimation(
        db, customer, status="valid", deposit="30", project=here
    )
    invoice = make_invoice(db, customer, status="valid")
    sent = {"version": estimation.version, "row": invoice.id}
    post(member, f"/estimations/{estimation.id}/attach", sent)
    assert invoice.business is estimation.business
    assert invoice.project is here
