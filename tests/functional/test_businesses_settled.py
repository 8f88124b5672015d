"""When a deal is closed: one document does not make up for another."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import event

from endi_like.models.sales import PostTaxLine
from endi_like.services import projects
from endi_like.services.businesses import figures
from endi_like.services.invoicing import invoice_all, invoice_next
from tests.factories import (
    TODAY,
    make_business,
    make_company,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    move,
    pay,
)

YESTERDAY = TODAY - timedelta(days=1)
FIGURES = ("estimated", "invoiced", "to_invoice", "to_pay")


@pytest.fixture
def customer(db):
    return make_customer(db, make_company(db))


@pytest.fixture
def read(db, customer, login):
    """Return what page and list say of a business, which is the same."""
    member = login(make_member(db, customer.company))

    def found(business):
        page = member.get(f"/businesses/{business.id}/?fmt=json").json
        (row,) = member.get("/businesses/?fmt=json").json["rows"]
        for name in FIGURES:
            assert Decimal(row[name]) == Decimal(page[name]), name
        health = [] if page["health"] == "good" else [page["health"]]
        assert row["status"] == [page["states"]["business_status"], *health]
        return page

    return found


def signed(db, customer, *lines, **columns):
    """Return a signed estimation."""
    made = make_estimation(db, customer, lines=list(lines), status="valid", **columns)
    move(db, made, "sign")
    return made


def settle(db, invoice):
    """Validate an invoice, and receive what it asks for."""
    move(db, invoice, "validate")
    pay(db, invoice)


def test_how_much_is_left_is_asked_of_no_invoice_one_by_one(db, customer):
    def statements(parts):
        offer = signed(db, customer, "1000", deposit="10", equal_parts=parts)
        business = make_business(db, customer.company, documents=[offer])
        for one in invoice_all(db, offer, TODAY):
            move(db, one, "validate")
        db.expire_all()
        found = projects.documents(db, "business_id", business.id)
        noted = []

        def note(_connection, _cursor, statement, *_rest):
            noted.append(statement)

        event.listen(db.connection(), "before_cursor_execute", note)
        assert figures(found, TODAY).to_invoice == 0
        event.remove(db.connection(), "before_cursor_execute", note)
        return len(noted)

    assert statements(2) == statements(6)


@pytest.mark.parametrize(("after_tax", "left"), [(30, 30), (-20, 40)])
def test_what_is_asked_for_after_tax_is_to_be_invoiced_too(
    db, customer, read, after_tax, left
):
    after = [PostTaxLine(label="Stamps", amount=Decimal(after_tax), position=0)]
    offer = signed(db, customer, "100", agreed=["60"], post_tax_lines=after)
    business = make_business(db, customer.company, documents=[offer])
    settle(db, invoice_next(db, offer, offer.deadlines[0].id, TODAY))
    asked = Decimal(read(business)["invoiced"])
    assert Decimal(read(business)["to_invoice"]) == offer.due - asked != 0
    assert business.business_status == "open"
    for one in invoice_all(db, offer, TODAY):
        settle(db, one)
    assert Decimal(read(business)["to_invoice"]) == 0
    assert business.business_status == "closed"


def test_what_is_given_back_is_still_to_be_invoiced(db, customer, read):
    offer, reduction = signed(db, customer, "1000"), signed(db, customer, "-200")
    business = make_business(db, customer.company, documents=[offer, reduction])
    for one in invoice_all(db, offer, TODAY):
        settle(db, one)
    found = read(business)
    assert (found["health"], Decimal(found["to_invoice"])) == ("attention", -240)
    assert business.business_status == "open"
    for one in invoice_all(db, reduction, TODAY):
        settle(db, one)
    assert read(business)["health"] == "good"
    assert business.business_status == "closed"


def test_what_is_not_attached_is_not_invoiced_of_an_estimation(db, customer, read):
    offer = signed(db, customer, "1000")
    other = make_invoice(db, customer, lines=["1000"])
    business = make_business(db, customer.company, documents=[offer, other])
    settle(db, other)
    assert Decimal(read(business)["to_invoice"]) == 1200
    assert business.business_status == "open"


def test_what_nobody_estimated_is_not_to_be_invoiced(db, customer, read):
    made = [make_invoice(db, customer, lines=[one]) for one in ("100", "-150")]
    business = make_business(db, customer.company, documents=made)
    for one in made:
        settle(db, one)
    found = read(business)
    assert (found["health"], Decimal(found["to_invoice"])) == ("good", 0)
    assert business.business_status == "closed"


def test_what_is_owed_both_ways_is_not_settled(db, customer, read):
    made = [make_invoice(db, customer, lines=[one]) for one in ("100", "-100")]
    business = make_business(db, customer.company, documents=made)
    for one in made:
        move(db, one, "validate")
    assert Decimal(read(business)["to_pay"]) == 0
    assert business.business_status == "open"


def test_what_is_late_is_late_whatever_is_owed_the_other_way(db, customer, read):
    for_late = {"status": "valid", "due_date": YESTERDAY}
    made = [
        make_invoice(db, customer, lines=[one], **for_late) for one in ("100", "-150")
    ]
    business = make_business(db, customer.company, documents=made)
    found = read(business)
    assert (found["health"], Decimal(found["late"])) == ("late", 120)


def test_what_was_never_noted_as_signed_is_closed_once_it_is_settled(
    db, customer, read
):
    offer = make_estimation(db, customer, status="valid", deposit="30")
    business = make_business(db, customer.company, documents=[offer])
    deposit, balance = invoice_all(db, offer, TODAY)
    settle(db, deposit)
    assert business.business_status == "open"
    settle(db, balance)
    assert read(business)["health"] == "good"
    assert business.business_status == "closed"
