"""What the factories make is what the application would have made."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from endi_like.models.history import StatusLogEntry
from tests.factories import AUTHOR, make_invoice, make_vat, pay


@pytest.mark.parametrize("status", ["draft", "wait", "invalid", "valid"])
def test_an_invoice_arrives_where_it_should(db, status):
    invoice = make_invoice(db, status=status)
    db.expire_all()
    assert invoice.validation_status == status
    assert (invoice.official_number is not None) == (status == "valid")
    assert invoice.updated_by_id == AUTHOR


def test_a_paid_invoice_is_settled_and_each_move_is_written_down(db):
    invoice = make_invoice(db, lines=["100", "50.50"], status="valid")
    pay(db, invoice)
    db.expire_all()
    assert (invoice.paid_status, invoice.to_pay) == ("resulted", Decimal(0))
    moves = select(StatusLogEntry.action).where(StatusLogEntry.node_id == invoice.id)
    assert list(db.scalars(moves)) == ["submit", "validate", "fix", "settle"]


def test_a_rate_is_made_once(db):
    assert make_vat(db, "5.5") is make_vat(db, "5.5")
    assert make_vat(db, "-1", label="Exempt") is not make_vat(db, "-1", label="Export")
