"""T4: nobody saves over what they have not seen, and nothing typed is lost."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from html import escape

import pytest
from bs4 import BeautifulSoup

from endi_like.models.sales import Invoice
from tests.factories import (
    TODAY,
    make_bank,
    make_business_type,
    make_company,
    make_conditions,
    make_customer,
    make_invoice,
    make_mention,
    make_mode,
    make_unit,
    make_user,
    make_vat,
    pay,
)
from tests.functional.pages import empty
from tests.processes import Press, action, csrf_of, in_session, logged_in, wrong
from tests.unit.forms.pages import controls

MINE, THEIRS = "Mine & <mine>", "Theirs, who were faster"

FORMS = {
    "invoice": ("name", lambda db: f"/invoices/{make_invoice(db).id}/edit"),
    "payment": ("reference", lambda db: f"/invoices/{paid(db).id}/payment"),
    "correction": ("reference", lambda db: correction(paid(db))),
    "customer": ("name", lambda db: f"/customers/{make_customer(db).id}/edit"),
    "company": ("name", lambda db: f"/companies/{make_company(db).id}/edit"),
    "user": ("name", lambda db: f"/users/{make_user(db).id}/edit"),
    "rate": ("label", lambda db: f"/vat-rates/{make_vat(db).id}/edit"),
    "mode": ("label", lambda db: f"/payment-modes/{make_mode(db).id}/edit"),
    "conditions": (
        "label",
        lambda db: f"/payment-conditions/{make_conditions(db).id}/edit",
    ),
    "bank": ("label", lambda db: f"/bank-accounts/{make_bank(db).id}/edit"),
    "mention": ("label", lambda db: f"/mentions/{make_mention(db).id}/edit"),
    "business type": (
        "label",
        lambda db: f"/business-types/{make_business_type(db).id}/edit",
    ),
    "unit": ("label", lambda db: f"/work-units/{make_unit(db).id}/edit"),
    "organisation": ("name", lambda _db: "/organisation/1/edit"),
}


def paid(db):
    """Write a validated invoice of which a part is paid."""
    make_mode(db).default = True
    invoice = make_invoice(db, status="valid")
    pay(db, invoice, "10")
    return invoice


def correction(invoice):
    """Return the address of the form that corrects its payment."""
    return f"/invoices/{invoice.id}/payments/{invoice.payments[0].id}/edit"


class Opened:
    """The form of a page, as a browser has it: what is in it can be replaced."""

    def __init__(self, browser, page):
        self.browser = browser
        self.path = page.request.path
        soup = BeautifulSoup(page.text, "html.parser")
        found = soup.select_one("form:has(input[name=version])")
        self.controls = controls(found)

    def __getitem__(self, name):
        return dict(self.controls)[name]

    def save(self, status, **typed):
        """Type, and press the button that saves."""
        fields = [(name, typed.get(name, value)) for name, value in self.controls]
        fields.append(("action", "save"))
        return self.browser.post(self.path, fields, status=status)


def opened(browser, path):
    """Open a form in a browser."""
    return Opened(browser, browser.get(path))


@pytest.mark.parametrize("kind", FORMS)
def test_T4_an_old_version_is_refused_and_the_text_is_kept(db, login, kind):
    name, address = FORMS[kind]
    path = address(db)
    people = [make_user(db, roles={"admin", "manager", "accountant"}) for _ in "ab"]
    forms = [opened(login(one), path) for one in people]
    # with all of the money there would be nothing left to correct it by
    part = {"amount": "1"} if kind == "payment" else {}
    forms[0].save(303, **{name: THEIRS}, **part)
    page = forms[1].save(409, **{name: MINE})
    assert escape(MINE) in page.text, "what was typed"
    if kind != "payment":  # theirs is another payment
        assert THEIRS in page.text, "what is stored now"
    assert opened(forms[0].browser, path)[name] != MINE


def test_T4_whoever_looks_at_the_conflict_may_save_then(db, login):
    path = FORMS["invoice"][1](db)
    people = [make_user(db, roles={"manager"}) for _ in "ab"]
    forms = [opened(login(one), path) for one in people]
    forms[0].save(303, name=THEIRS)
    page = forms[1].save(409, name=MINE)
    Opened(forms[1].browser, page).save(303)
    assert opened(forms[0].browser, path)["name"] == MINE


def test_T4_a_program_is_told_that_its_version_is_old(db, login):
    invoice = make_invoice(db, name=THEIRS)
    manager = login(make_user(db, roles={"manager"}))
    headers = {"X-CSRF-Token": csrf_of(manager)}
    body = {"version": invoice.version - 1, "name": MINE}
    path = f"/invoices/{invoice.id}/edit"
    answer = manager.post_json(path, body, headers=headers, status=409)
    assert answer.json["reasons"]
    assert invoice.name == THEIRS


def test_T4_a_form_opened_before_the_validation_says_who_was_faster(db, login):
    """It is locked by now, but that is not the fault of who typed."""
    invoice = make_invoice(db, status="draft")
    faster = make_user(db, roles={"manager"}, name="Francine Faster")
    slower = login(make_user(db, roles={"manager"}))
    form = opened(slower, f"/invoices/{invoice.id}/edit")
    fields = {"action": "validate", "version": invoice.version}
    browser = login(faster)
    fields["csrf_token"] = csrf_of(browser)
    browser.post(f"/invoices/{invoice.id}/do", fields, status=303)
    page = form.save(409, name=MINE)
    assert "Francine Faster" in page.text
    assert invoice.name != MINE


def edits(db, how_many):
    """Write an invoice; return it and as many presses that give it another name."""
    invoice = make_invoice(db)
    cookies = [logged_in(db, make_user(db, roles={"manager"})) for _ in "ab"]
    fields = {
        "version": str(invoice.version),
        "account_id": str(invoice.account_id),
        "date": TODAY.isoformat(),
        "payment_conditions_id": str(invoice.payment_conditions_id),
        "action": "save",
    }
    lists = empty("groups", "discounts", "post_tax_lines")
    presses = [
        Press(
            cookies[number % 2],
            f"/invoices/{invoice.id}/edit",
            (*fields.items(), *lists, ("name", f"Typed by number {number:02}")),
        )
        for number in range(how_many)
    ]
    return invoice, presses


def test_T4_of_sixteen_who_save_at_once_one_does(place, crowd):
    """The others find in the answer what they typed."""
    invoice, presses = in_session(place, lambda db: edits(db, 16))
    answers = crowd.press(place, presses, threads=2)
    assert Counter(answer.status for answer in answers) == {303: 1, 409: 15}
    for answer in answers:
        typed = dict(answer.press.fields)["name"]
        assert (typed in answer.text) == (answer.status == 409)
    stored = in_session(place, lambda db: db.get_one(Invoice, invoice.id).name)
    winner = next(answer for answer in answers if answer.status == 303)
    assert stored == dict(winner.press.fields)["name"]
    assert wrong(place) == []


def test_T4_who_saves_and_who_validates_at_once_do_not_both(place, crowd):
    """Four documents, each saved by two and validated by two in the same moment."""

    def prepare(db):
        pairs = [edits(db, 2) for _ in range(4)]
        validations = [
            action(press.cookie, invoice, "validate")
            for invoice, presses in pairs
            for press in presses
        ]
        return [press for _invoice, found in pairs for press in found] + validations

    presses = in_session(place, prepare)
    answers = crowd.press(place, presses, threads=2)
    assert Counter(answer.status for answer in answers) == {303: 4, 409: 12}
    assert wrong(place) == []


def test_T4_the_form_sends_what_it_was_opened_with(db, login):
    """A form that is saved as it was changes nothing, not even the version."""
    invoice = make_invoice(db, lines=("12.5", "7"), due_date=TODAY)
    browser = login(make_user(db, roles={"manager"}))
    path = f"/invoices/{invoice.id}/edit"
    form = opened(browser, path)
    form.save(303)
    after = opened(browser, path).controls
    changed = [name for name, value in after if (name, value) not in form.controls]
    assert changed == []
    assert invoice.due == Decimal("23.4")
