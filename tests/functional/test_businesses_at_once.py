"""Two move the documents of one business at once: it is closed only if all is paid."""

import threading
import time

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from endi_like.models.projects import Business
from endi_like.models.sales import Invoice
from tests.deadlines import PATIENCE, all_end
from tests.factories import (
    make_business,
    make_customer,
    make_invoice,
    make_mode,
    move,
    pay,
    signed,
)
from tests.processes import in_session, wrong

WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def engine(place):
    found = place.engine()
    yield found
    found.dispose()


def furnish(db):
    """Return the ids of a business, of what is to be paid of it, and of a draft."""
    customer = make_customer(db)
    asked = [make_invoice(db, customer, status="valid") for _ in range(2)]
    draft = make_invoice(db, customer)
    mode = make_mode(db).id
    business = make_business(db, customer.company, documents=[*asked, draft])
    return business.id, [one.id for one in asked], draft.id, mode


def at_once(engine, first, second):
    """Do the one, and while it is not committed the other one, which has to wait."""
    slower = threading.Thread(target=act, args=(engine, second))
    act(engine, first, lambda: (slower.start(), until_it_waits(engine, slower)))
    all_end([slower])


def act(engine, work, before_commit=lambda: None):
    """Do something in a transaction, signed by somebody."""
    with Session(engine) as db, db.begin():
        work(signed(db))
        db.flush()
        before_commit()


def until_it_waits(engine, thread):
    """Wait until the other transaction waits; on SQLite it cannot even begin."""
    end = time.monotonic() + PATIENCE
    while engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            if connection.scalar(sa.text(WAITING)):
                return
        assert thread.is_alive(), "it did not wait for anybody"
        assert time.monotonic() < end
        time.sleep(0.01)


def paying(key, mode):
    """Return what pays all of an invoice."""
    return lambda db: pay(db, db.get_one(Invoice, key), mode_id=mode)


def status(place, key):
    return in_session(place, lambda db: db.get_one(Business, key).business_status)


def test_the_last_payment_does_not_close_what_is_invoiced_meanwhile(place, engine):
    business, asked, draft, mode = in_session(place, furnish)
    act(engine, paying(asked[0], mode))

    def validate(db):
        move(db, db.get_one(Invoice, draft), "validate")

    at_once(engine, paying(asked[1], mode), validate)
    assert status(place, business) == "open"
    assert wrong(place) == []


@pytest.mark.parametrize("known", [False, True], ids=["unread", "read before"])
def test_the_last_two_payments_close_it(place, engine, known):
    business, asked, _draft, mode = in_session(place, furnish)

    def second(db):
        before = list(db.get_one(Business, business).tasks) if known else []
        paying(asked[1], mode)(db)
        assert len(before) == 3 * known

    at_once(engine, paying(asked[0], mode), second)
    assert status(place, business) == "closed"
    assert wrong(place) == []
