"""Invoices written by hand are attached to an estimation, and detached."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from endi_like.models.history import FieldChange
from endi_like.models.sales import Invoice
from endi_like.services.invariants import invariants
from endi_like.services.sales import compute
from tests.factories import (
    make_business,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_line,
    make_member,
    make_user,
    make_vat,
    move,
)
from tests.functional.pages import button, post, press, words


@pytest.fixture
def company(db):
    return make_company(db)


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Ville de Saint-Brieuc", language="en")


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, "self_validate", name="Mona Member"))


@pytest.fixture
def estimation(db, customer):
    return make_estimation(db, customer, lines=["1000"], status="valid", deposit="30")


def url(estimation, page=""):
    return f"/estimations/{estimation.id}/{page}"


def tick(browser, estimation, path, *tasks, status=303):
    """Tick invoices on the page of an estimation and press the button."""
    page = browser.get(url(estimation))
    forms = page.forms.values()
    form = next(one for one in forms if one.action.endswith(f"/{path}"))
    wanted = {str(one.id) for one in tasks}
    for box in form.fields["row"]:
        box.checked = box._value in wanted
    return form.submit(status=status)


def send(browser, estimation, path, *tasks, status=303):
    """Send ids as a page of ours would, whatever it offers."""
    sent = {"version": estimation.version}
    for one in tasks:
        sent["row"] = one.id
    return post(browser, url(estimation, path), sent, status=status)


def test_without_a_tick_it_is_said_what_to_tick(db, customer, estimation, member):
    make_invoice(db, customer, status="valid")
    page = tick(member, estimation, "attach").follow()
    assert "Tick the invoices to attach or to detach first." in page


def test_what_is_attached_counts_and_is_deducted_from_the_balance(
    db, customer, estimation, member
):
    move(db, estimation, "sign")
    lines = [make_line(db, "100"), make_line(db, "10", vat=make_vat(db, "5.5"))]
    invoice = make_invoice(db, customer, lines=lines, status="valid")
    note = make_credit_note(db, make_invoice(db, customer, status="valid"))
    page = tick(member, estimation, "attach", invoice).follow()
    assert "1 invoice is attached." in page
    assert invoice.estimation is estimation
    business = estimation.business
    assert invoice.business is business
    assert "€130.55 of €1,200.00 invoiced" in words(page)
    assert invoice.official_number in words(page)
    found = member.get(f"/businesses/{business.id}/?fmt=json").json
    assert Decimal(found["to_invoice"]) == estimation.ttc - invoice.ttc
    button(page, "invoice-all")
    made = db.scalars(select(Invoice).where(Invoice.deadline_id.is_not(None))).all()
    for name in ("ht", "tva", "ttc", "due"):
        total = sum(getattr(one, name) for one in (invoice, *made))
        assert total == getattr(estimation, name)
    assert note.business is None
    assert list(invariants(db)) == []


def test_credit_notes_follow_and_both_businesses_look_again(
    db, company, customer, estimation, member
):
    move(db, estimation, "sign")
    invoice = make_invoice(db, customer, status="valid")
    note = make_credit_note(db, invoice, status="valid")
    before = make_business(db, company, documents=[invoice, note])
    move_on = member.get(f"/businesses/{before.id}/?fmt=json").json
    assert Decimal(move_on["invoiced"]) == 0
    tick(member, estimation, "attach", invoice)
    after = estimation.business
    assert {invoice.business, note.business} == {after} != {before}
    assert db.scalars(
        select(FieldChange.field).where(
            FieldChange.node_id == invoice.id, FieldChange.field == "estimation_id"
        )
    ).all() == ["estimation_id"]
    page = member.get(f"/invoices/{invoice.id}/")
    assert "Estimation" in words(page)
    assert estimation.official_number in words(page)

    page = tick(member, estimation, "detach", invoice).follow()
    assert "1 invoice is detached." in page
    assert (invoice.estimation, invoice.business, note.business) == (None, None, None)
    assert not estimation.is_invoiced
    member.get(f"/invoices/{invoice.id}/")


def test_an_invoice_takes_its_credit_notes_into_a_business(
    db, company, customer, member
):
    invoice = make_invoice(db, customer, status="valid")
    note = make_credit_note(db, invoice, status="valid")
    business = make_business(db, company)
    sent = {"version": business.version, "row": invoice.id}
    post(member, f"/businesses/{business.id}/put", sent)
    db.refresh(note)
    assert note.business is business
    sent["version"] = business.version
    post(member, f"/businesses/{business.id}/take-out", sent)
    db.refresh(note)
    assert note.business is None


def test_what_does_not_belong_there_is_refused_with_a_sentence(
    db, company, customer, estimation, member
):
    other = make_customer(db, company)
    taken = make_invoice(db, customer)
    taken.estimation = make_estimation(db, customer, status="valid")
    wrong = {
        "is for another customer": make_invoice(db, other),
        "is of an estimation already": taken,
        "more than what is left to invoice": make_invoice(db, customer, lines=["1001"]),
    }
    for sentence, invoice in wrong.items():
        page = send(member, estimation, "attach", invoice).follow()
        assert sentence in words(page)
        assert invoice.estimation is not estimation
    stranger = make_invoice(db)
    binned = make_invoice(db, customer)
    binned.deleted_at = binned.created_at
    db.flush()
    for one in (stranger, binned, make_estimation(db, customer)):
        page = send(member, estimation, "attach", one).follow()
        assert "0 invoices are attached." in words(page)
    assert estimation.invoices == []
    draft = make_estimation(db, customer)
    page = send(member, draft, "attach", make_invoice(db, customer)).follow()
    assert "It is not validated yet." in words(page)


def test_what_was_made_of_it_or_is_deducted_stays(db, customer, estimation, member):
    invoice = make_invoice(db, customer, status="valid")
    tick(member, estimation, "attach", invoice)
    button(member.get(url(estimation)), "invoice-all")
    deposit, balance = (one.invoice for one in estimation.deadlines)
    page = send(member, estimation, "detach", deposit).follow()
    assert "was made of it: it stays" in words(page)
    page = send(member, estimation, "detach", invoice).follow()
    assert f"deducts “{invoice.official_number}”: it stays" in words(page)
    assert "Attach invoices" not in words(page)
    button(member.get(f"/invoices/{balance.id}/"), "delete")
    tick(member, estimation, "detach", invoice)
    assert invoice.estimation is None


def test_of_what_is_invoiced_by_progress_it_is_deducted_as_well(
    db, customer, estimation, member
):
    invoice = make_invoice(db, customer, lines=["50"], status="valid")
    tick(member, estimation, "attach", invoice)
    half = {"id": estimation.groups[0].id, "percent": "50", "lines": []}
    for sent in ({"groups": [half]}, {"groups": [], "action": "rest"}):
        post(member, url(estimation, "progress"), sent)
    asked = sum(one.due for one in estimation.living_invoices)
    assert (len(estimation.living_invoices), asked) == (3, estimation.due)


def test_nothing_is_invoiced_beyond_what_was_attached_by_progress(
    db, customer, estimation, member
):
    tick(member, estimation, "attach", make_invoice(db, customer, lines=["700"]))
    group = {"id": estimation.groups[0].id, "percent": "60", "lines": []}
    page = post(member, url(estimation, "progress"), {"groups": [group]}, 422)
    assert "detach something first" in words(page)
    post(member, url(estimation, "progress"), {"groups": [], "action": "rest"})
    assert [one.due for one in estimation.living_invoices] == [840, 360]


def test_nothing_is_invoiced_beyond_what_was_attached_by_the_schedule(
    db, customer, member
):
    estimation = make_estimation(
        db, customer, lines=["1000"], status="valid", deposit="80"
    )
    tick(member, estimation, "attach", make_invoice(db, customer, lines=["700"]))
    page = button(member.get(url(estimation)), "invoice-all").follow()
    assert "detach something first" in words(page)
    assert estimation.amount_invoiced == 840


def test_what_was_credited_asks_for_nothing_that_is_left(
    db, customer, estimation, member
):
    tick(member, estimation, "attach", make_invoice(db, customer, lines=["300"]))
    credited = make_invoice(db, customer, lines=["900"], status="valid")
    make_credit_note(db, credited, status="valid")
    tick(member, estimation, "attach", credited)
    assert credited.estimation is estimation
    assert estimation.left_to_invoice == 840


def test_a_restored_draft_asks_for_no_more_than_is_left(
    db, customer, estimation, member
):
    draft = make_invoice(db, customer, lines=["900"])
    tick(member, estimation, "attach", draft)
    binned = button(member.get(f"/invoices/{draft.id}/"), "delete").follow()
    button(member.get(url(estimation)), "invoice-all")
    assert "is invoiced otherwise" in words(button(binned, "restore").follow())
    assert draft.deleted_at
    assert estimation.left_to_invoice == 0


def test_a_draft_that_has_grown_beyond_its_estimation_is_not_validated(
    db, customer, estimation, member
):
    draft = make_invoice(db, customer, lines=["10"])
    tick(member, estimation, "attach", draft)
    draft.groups[0].lines[0].cost = Decimal(5000)
    compute(draft)
    db.flush()
    assert draft.lacking == ["With it, more than all of its estimation is invoiced."]


def test_only_whoever_may_write_invoices_attaches_them(
    db, company, customer, estimation, login
):
    invoice = make_invoice(db, customer)
    reader = login(make_user(db, roles={"accountant"}))
    assert "Attach invoices" not in words(reader.get(url(estimation)))
    stranger = login(make_member(db, make_company(db)))
    for path in ("attach", "detach"):
        send(reader, estimation, path, invoice, status=403)
        send(stranger, estimation, path, invoice, status=404)


def test_an_old_page_is_told_so(db, customer, estimation, member):
    invoice = make_invoice(db, customer)
    page = member.get(url(estimation))
    form = next(one for one in page.forms.values() if one.action.endswith("/attach"))
    form.fields["row"][0].checked = True
    estimation.version += 0
    form["version"] = str(estimation.version + 1)
    form.submit(status=409)
    assert invoice.estimation is None


def given_up(member, estimation, draft):
    """Put a draft into the bin, give its estimation up, and return the draft's page."""
    button(member.get(f"/invoices/{draft.id}/"), "delete")
    press(member.get(url(estimation)), "abort", reason="too dear")
    assert estimation.signed_status == "aborted"
    return member.get(f"/invoices/{draft.id}/")


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_draft_stays_in_the_bin_while_its_estimation_is_given_up(
    by_hand, db, customer, estimation, member
):
    if by_hand:
        draft = make_invoice(db, customer)
        tick(member, estimation, "attach", draft)
    else:
        button(member.get(url(estimation)), "invoice")
        draft = db.scalars(select(Invoice)).one()
    page = button(given_up(member, estimation, draft), "restore").follow()
    assert "Its estimation was given up: note the signature first." in words(page)
    assert draft.deleted_at
    press(member.get(url(estimation)), "sign")
    button(member.get(f"/invoices/{draft.id}/"), "restore")
    assert draft.deleted_at is None


def test_nothing_is_validated_of_what_was_given_up_and_verify_names_it(
    db, customer, estimation, member
):
    draft = make_invoice(db, customer)
    tick(member, estimation, "attach", draft)
    given_up(member, estimation, draft)
    draft.deleted_at = None  # as restoring did once
    db.flush()
    assert list(invariants(db)) == [
        f"invoicing: estimation {estimation.id}: it was given up, and is invoiced"
    ]
    page = member.get(f"/invoices/{draft.id}/")
    assert "Its estimation was given up" in words(page)
    answer = post(
        member,
        f"/invoices/{draft.id}/do",
        {"action": "validate", "version": draft.version},
    )
    assert "Its estimation was given up" in words(answer.follow())
    assert draft.official_number is None


def test_what_was_credited_as_a_whole_and_given_up_is_nothing_wrong(
    db, customer, estimation, member
):
    invoice = make_invoice(db, customer, status="valid")
    tick(member, estimation, "attach", invoice)
    make_credit_note(db, invoice, status="valid")
    press(member.get(url(estimation)), "abort", reason="too dear")
    assert estimation.signed_status == "aborted"
    assert list(invariants(db)) == []
