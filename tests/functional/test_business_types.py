"""Types of business: chosen in the form of a business, filtered by in every list."""

import pytest

from endi_like.models.projects import Business
from tests.factories import (
    make_business,
    make_business_type,
    make_company,
    make_credit_note,
    make_estimation,
    make_invoice,
    make_member,
    make_user,
)
from tests.functional.pages import save, words


@pytest.fixture
def works(db):
    return make_business_type(db, "Works")


@pytest.fixture
def training(db):
    return make_business_type(db, "Training")


def rows(browser, address):
    return browser.get(address, {"fmt": "json"}).json["rows"]


def test_a_business_has_a_type_which_its_page_list_and_json_say(
    db, member, company, works, training
):
    save(member.get("/businesses/add"), name="Barn", business_type_id=str(works.id))
    business = db.query(Business).one()
    assert business.business_type is works
    base = f"/businesses/{business.id}/"
    assert "Business type Works" in words(member.get(base))
    assert member.get(f"{base}?fmt=json").json["business_type_id"] == works.id
    save(member.get(f"{base}edit"), business_type_id=str(training.id))
    db.refresh(business)
    assert business.business_type is training
    page = words(member.get(base))
    assert "Business type Works Training" in page, "the history says what it was"
    assert "Training" in words(member.get("/businesses/"))
    save(member.get(f"{base}edit"), business_type_id="")
    db.refresh(business)
    assert business.business_type is None


def test_what_is_no_longer_offered_stays_where_it_was_chosen(db, member, company):
    old = make_business_type(db, "Hire")
    make_business_type(db, "Works")
    business = make_business(db, company, business_type=old)
    old.active = False
    db.flush()
    form = member.get(f"/businesses/{business.id}/edit")
    assert "Hire" in words(form)
    save(member.get(f"/businesses/{business.id}/edit"), name="Shed")
    db.refresh(business)
    assert business.business_type is old
    assert "Hire" not in words(member.get("/businesses/add"))


def make_note(db, customer):
    """Make the credit note of an invoice, which goes where that goes."""
    return make_credit_note(db, make_invoice(db, customer, status="valid"))


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        ("invoices", make_invoice),
        ("estimations", make_estimation),
        ("credit-notes", make_note),
    ],
)
def test_lists_leave_the_documents_of_a_type(
    db, member, customer, works, training, kind, make
):
    mine, other = (make(db, customer) for _ in range(2))
    make(db, customer)
    make_business(db, customer.company, business_type=works, documents=[mine])
    make_business(db, customer.company, business_type=training, documents=[other])
    found = rows(member, f"/{kind}/?type={works.id}")
    assert [row["id"] for row in found] == [mine.id]
    assert len(rows(member, f"/{kind}/")) == 3
    assert "Works" in words(member.get(f"/{kind}/?type={works.id}"))


def test_the_list_of_businesses_leaves_those_of_a_type(
    db, member, company, works, training
):
    mine = make_business(db, company, business_type=works)
    make_business(db, company, business_type=training)
    make_business(db, company)
    found = rows(member, f"/businesses/?type={works.id}")
    assert [row["id"] for row in found] == [mine.id]


def test_types_are_found_by_typing_and_only_by_who_has_businesses(
    db, member, login, works
):
    old = make_business_type(db, "Workshop")
    old.active = False
    db.flush()
    found = member.get("/business-types/find?q=wor").json
    assert [one["label"] for one in found] == ["Works"]
    login(make_user(db)).get("/business-types/find?q=wor", status=404)


def test_a_type_of_no_company_is_everybodys_to_read_and_administrators_to_change(
    db, login, member, works
):
    member.get("/business-types/", status=200)
    member.get(f"/business-types/{works.id}/edit", status=403)
    member.get("/business-types/add", status=403)
    admin = login(make_user(db, roles=["admin"]))
    save(admin.get(f"/business-types/{works.id}/edit"), label="Building works")
    db.refresh(works)
    assert works.label == "Building works"
    elsewhere = login(make_member(db, make_company(db)))
    assert "Building works" in words(elsewhere.get("/business-types/"))
