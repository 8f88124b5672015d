"""Two change at once what was made of one estimation: the slower one sees it."""

import threading
from decimal import Decimal

from sqlalchemy.orm import Session

from endi_like.models.estimations import Estimation
from endi_like.resources.sales import (
    CancelInvoiceResource,
    EstimationResource,
    InvoiceResource,
)
from endi_like.services.invoicing import invoice_all
from endi_like.workflow.errors import ActionError
from tests.deadlines import all_end
from tests.factories import TODAY, make_credit_note, make_estimation, move, signed
from tests.processes import in_session, wrong

LEAD = 0.5
"""So many seconds the slower one has, at most, before the other one is done."""


def furnish(db):
    """Return the ids of an estimation, its balance, and a draft of a credit note."""
    estimation = make_estimation(db, status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    move(db, deposit, "validate")
    return estimation.id, balance.id, make_credit_note(db, deposit).id


def change(engine, resource, key, act, *, meanwhile=lambda: None):
    """Change a document as a request does; return why it could not be, if so."""
    with Session(engine) as db:
        signed(db)
        resource.reserve(db, [key])
        try:
            act(db, resource.load(db, key))
        except ActionError as error:
            return str(error)
        db.flush()
        meanwhile()
        db.commit()
    return ""


def validate(db, task):
    """Validate a document."""
    move(db, task, "validate")


def invoice(db, estimation):
    """Write a balance in place of that of before, which goes into the bin."""
    estimation.invoices[-1].deleted_at = estimation.created_at
    db.flush()
    db.expire_all()
    invoice_all(db, estimation, TODAY)


def at_once(place, first, second):
    """Run both changes, the second before the first is committed; return refusals."""
    engine, refused = place.engine(), []
    slower = threading.Thread(
        target=lambda: refused.append(change(engine, *second)), daemon=True
    )

    def begin():
        slower.start()
        slower.join(LEAD)

    refused.append(change(engine, *first, meanwhile=begin))
    all_end([slower])
    engine.dispose()
    return refused


def left(place, key):
    """Return what of an estimation is not invoiced."""
    return in_session(
        place, lambda db: Decimal(db.get_one(Estimation, key).left_to_invoice)
    )


def test_a_balance_is_not_validated_beside_a_credit_note_of_the_same_moment(place):
    _key, balance, note = in_session(place, furnish)
    first = (CancelInvoiceResource, note, validate)
    refused = at_once(place, first, (InvoiceResource, balance, validate))
    assert [bool(one) for one in refused] == [False, True]
    assert "make this one anew" in refused[1]
    assert wrong(place) == []


def test_a_balance_knows_the_credit_note_of_the_same_moment(place):
    key, _balance, note = in_session(place, furnish)
    first = (CancelInvoiceResource, note, validate)
    assert at_once(place, first, (EstimationResource, key, invoice)) == ["", ""]
    assert left(place, key) == 0
    assert wrong(place) == []
