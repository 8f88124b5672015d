"""T3: a button that many press at once does what it says exactly once."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from endi_like.models.history import StatusLogEntry
from endi_like.models.payments import Payment
from endi_like.models.sales import Invoice
from endi_like.workflow.sales import INVOICE
from tests.factories import TODAY, make_invoice, make_mode, make_user, move
from tests.processes import Press, action, in_session, logged_in, wrong

PRESSES = 16
CHOICES = {action.name: (manager, action) for manager, action in INVOICE.choices()}
WAYS = {"draft": "draft", "wait": "wait", "invalid": "invalid", "valid": "valid"}


def in_place_for(db, name):
    """Write an invoice on which the action of that name can be run."""
    manager, wanted = CHOICES[name]
    source = wanted.sources[-1]
    if manager.key == "validation_status":
        return make_invoice(db, status=WAYS[source])
    invoice = make_invoice(db, status="valid")
    if source == "closed":
        move(db, invoice, "close", "It will not be paid.")
    return invoice


def moves(db, invoice_id):
    """Return how often each action is in the log of an invoice."""
    mine = StatusLogEntry.node_id == invoice_id
    rows = select(StatusLogEntry.action, func.count()).where(mine)
    return dict(db.execute(rows.group_by(StatusLogEntry.action)).all())


def two_managers(db):
    """Log two managers in, each in a browser of their own."""
    return [logged_in(db, make_user(db, roles={"manager"})) for _ in range(2)]


@pytest.mark.parametrize("people", [1, 2])
@pytest.mark.parametrize("name", CHOICES)
def test_T3_a_transition_is_applied_exactly_once(place, crowd, name, people):
    """Sixteen presses: one succeeds, fifteen are told that it is done already."""

    def prepare(db):
        invoice = in_place_for(db, name)
        return invoice, moves(db, invoice.id), two_managers(db)[:people]

    invoice, before, cookies = in_session(place, prepare)
    presses = [
        action(cookie, invoice, name, reason="Because it must be.")
        for cookie in cookies * (PRESSES // people)
    ]
    answers = crowd.press(place, presses, threads=2)
    assert Counter(answer.status for answer in answers) == {303: 1, 409: 15}
    target = CHOICES[name][1].target

    def look(db):
        found = db.get_one(Invoice, invoice.id)
        return getattr(found, CHOICES[name][0].key), moves(db, invoice.id)

    state, after = in_session(place, look)
    assert state == target
    assert after[name] == before.get(name, 0) + 1
    assert wrong(place) == []


def payment(cookie, invoice, mode):
    """Return the press of the button that records a payment of the whole amount."""
    fields = {
        "version": str(invoice.version),
        "date": TODAY.isoformat(),
        "amount": "120.00",
        "mode_id": str(mode.id),
        "action": "save",
    }
    path = f"/invoices/{invoice.id}/payment"
    return Press(cookie, path, tuple(fields.items()))


def test_T3_money_is_received_exactly_once(place, crowd):
    def prepare(db):
        return make_invoice(db, status="valid"), make_mode(db), two_managers(db)

    invoice, mode, cookies = in_session(place, prepare)
    presses = [payment(cookie, invoice, mode) for cookie in cookies * 8]
    answers = crowd.press(place, presses, threads=2)
    assert Counter(answer.status for answer in answers) == {303: 1, 409: 15}

    def look(db):
        mine = Payment.invoice_id == invoice.id
        amounts = list(db.scalars(select(Payment.amount).where(mine)))
        return amounts, db.get_one(Invoice, invoice.id).paid_status

    assert in_session(place, look) == ([120], "resulted")
    assert wrong(place) == []


def test_T3_an_old_page_changes_nothing(db, login):
    """One press after the other, on the page as it was before the first."""
    manager = login(make_user(db, roles={"manager"}))
    for name, (_machine, wanted) in CHOICES.items():
        invoice = in_place_for(db, name)
        page = manager.get(f"/invoices/{invoice.id}/")
        form = next(
            form
            for form in page.forms.values()
            if form.action.endswith("/do") and name in form.text
        )
        sent = {**dict(form.submit_fields()), "action": name, "reason": "Because."}
        assert manager.post(form.action, sent).status_int == 303
        state = {key: getattr(invoice, key) for key in INVOICE.managers}
        again = manager.post(form.action, sent, status=409)
        assert "done already" in again.text.lower() or wanted.label in again.text
        assert {key: getattr(invoice, key) for key in INVOICE.managers} == state
