"""The turnover of a day: counted on as documents are validated, and looked at again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select, update

from endi_like.models.turnover import DayTurnover
from endi_like.services.invariants import invariants
from tests.factories import (
    TODAY,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    move,
)

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def customer(db):
    return make_customer(db)


def kept(db):
    """Return what is kept: the amount of each day of each company."""
    rows = db.execute(select(DayTurnover.company_id, DayTurnover.date, DayTurnover.ht))
    return {(row.company_id, row.date): row.ht for row in rows}


def test_a_day_is_what_its_validated_invoices_and_credit_notes_come_to(db, customer):
    own, other = customer.company_id, make_customer(db, make_company(db))
    make_invoice(db, customer, lines=["70"], status="valid", date=YESTERDAY)
    invoice = make_invoice(db, customer, lines=["200"], status="valid")
    make_invoice(db, customer, lines=["50"], status="valid")
    make_credit_note(db, invoice, status="valid")
    make_invoice(db, other, lines=["4000"], status="valid")
    make_estimation(db, customer, lines=["5000"], status="valid")
    draft = make_invoice(db, customer, lines=["900"], status="wait")
    assert kept(db) == {
        (own, YESTERDAY): Decimal(70),
        (own, TODAY): Decimal(50),
        (other.company_id, TODAY): Decimal(4000),
    }
    move(db, draft, "validate")
    assert kept(db)[own, TODAY] == Decimal(950)
    assert not list(invariants(db))


@pytest.mark.parametrize(
    "tamper", [update(DayTurnover).values(ht=Decimal("119.99")), delete(DayTurnover)]
)
def test_what_is_altered_behind_the_application_is_found(db, customer, tamper):
    make_invoice(db, customer, lines=["120"], status="valid")
    assert not list(invariants(db))
    db.execute(tamper.execution_options(synchronize_session=False))
    company = customer.company_id
    said = [one for one in invariants(db) if one.startswith("turnover: ")]
    assert said == [
        f"turnover: company {company}, {TODAY}: 120.00000 is not what is kept of it"
    ]
