"""Businesses: what a deal comes to, when it is closed, and how it goes."""

from datetime import timedelta
from decimal import Decimal

import pytest

from endi_like.models.projects import Business
from endi_like.services import businesses
from endi_like.services.businesses import Figures, figures, health
from endi_like.services.invoicing import invoice_all, invoice_next, is_invoiceable
from endi_like.services.payments import Payments
from endi_like.workflow.errors import Refused
from tests.factories import (
    NOW,
    TODAY,
    make_business,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_project,
    make_user,
    move,
    pay,
    transitions,
)
from tests.functional.pages import button, post, save, words

YESTERDAY = TODAY - timedelta(days=1)


def only(db):
    """Return the only business there is."""
    return db.query(Business).one()


HEALTH = """
to_invoice  to_pay  late  | health
0           0       0     | good
0           100     0     | good
40          60      0     | attention
-40         0       0     | attention
40          60      10    | late
0           100     100   | late
"""


@pytest.mark.parametrize("row", HEALTH.strip().splitlines()[1:])
def test_how_well_a_deal_goes(row):
    amounts, expected = row.split("|")
    names = ("to_invoice", "to_pay", "late")
    found = dict(zip(names, map(Decimal, amounts.split()), strict=True))
    assert health(Figures(**found)).name == expected.strip()


def test_a_business_is_closed_once_all_is_settled_and_open_again_after(db, customer):
    invoice = make_invoice(db, customer)
    business = make_business(db, customer.company, documents=[invoice])
    assert business.business_status == "open"
    move(db, invoice, "validate")
    assert business.business_status == "open"
    payment = pay(db, invoice)
    assert business.business_status == "closed"
    second = make_invoice(db, customer, business=business)
    assert business.business_status == "closed", "a draft is nothing yet"
    move(db, second, "validate")
    assert business.business_status == "open"
    move(db, second, "close", "It is not worth the trouble.")
    assert business.business_status == "closed"
    move(db, second, "undo_close", "It is, after all.")
    assert business.business_status == "open"
    pay(db, second)
    assert business.business_status == "closed"
    Payments(transitions(db)).remove(payment)
    assert business.business_status == "open"


def test_what_moves_to_another_business_changes_both(db, customer):
    settled = make_invoice(db, customer, status="valid")
    pay(db, settled)
    unpaid = make_invoice(db, customer, status="valid")
    first = make_business(db, customer.company, documents=[settled, unpaid])
    assert first.business_status == "open"
    second = make_business(db, customer.company, documents=[unpaid])
    assert (first.business_status, second.business_status) == ("closed", "open")


def test_page_list_and_json_say_the_same(db, member, customer):
    late = make_invoice(db, customer, status="valid", due_date=YESTERDAY)
    paid = make_invoice(db, customer, status="valid", lines=["50"])
    make_invoice(db, customer, lines=["7"])
    pay(db, paid)
    project = make_project(db, customer.company, code="TOIT")
    business = make_business(
        db, customer.company, project=project, documents=[late, paid]
    )
    page = member.get(f"/businesses/{business.id}/")
    shown = words(page)
    for sentence in ("Invoiced 180.00", "Paid 60.00", "Late 120.00", "Ville de Rennes"):
        assert sentence in shown.replace("€", "").replace("\xa0", ""), shown
    assert page.html.find("svg", class_="share")["aria-label"].startswith("Paid ")

    read = member.get(f"/businesses/{business.id}/?fmt=json").json
    (row,) = member.get("/businesses/?fmt=json").json["rows"]
    for name in ("estimated", "invoiced", "to_pay", "to_invoice"):
        assert Decimal(read[name]) == Decimal(row[name]), name
    assert read["health"] == "late"
    assert row["status"] == ["open", "late"]
    assert (row["customer"], row["project"]) == ("Ville de Rennes", "TOIT")
    for query in ("late=1", f"customer={customer.id}", f"project={project.id}"):
        found = member.get(f"/businesses/?fmt=json&{query}").json["rows"]
        assert [one["id"] for one in found] == [business.id], query
    assert member.get("/businesses/?fmt=json&business_status=closed").json["rows"] == []


def test_a_business_is_begun_changed_and_put_into_the_bin(db, member, company):
    project = make_project(db, company, name="Roof")
    page = save(member.get("/businesses/add"), name="Tiles").follow()
    assert "No document yet" in words(page)
    page = save(
        member.get(f"/businesses/{only(db).id}/edit"), project_id=str(project.id)
    ).follow()
    assert only(db).project_id == project.id
    assert project.title in words(page)
    button(page, "delete")
    assert only(db).deleted_at


def test_a_business_that_holds_documents_is_not_deleted(db, member, customer):
    invoice = make_invoice(db, customer)
    business = make_business(db, customer.company, documents=[invoice])
    sent = {"version": business.version}
    refused = post(member, f"/businesses/{business.id}/delete", sent).follow()
    assert "It holds 1 document" in refused.text


def test_the_project_of_a_business_is_an_open_one_of_its_company(db, member, company):
    archived = make_project(db, company)
    move(db, archived, "archive")
    foreign = make_project(db)
    for project in (archived, foreign):
        sent = {"name": "Tiles", "project_id": project.id, "action": "save"}
        page = post(member, "/businesses/add", sent, status=422)
        assert "cannot be chosen here" in page.text

    business = make_business(db, company, project=archived)
    save(member.get(f"/businesses/{business.id}/edit"), name="Slates")
    assert (only(db).name, only(db).project_id) == ("Slates", archived.id)


def test_nobody_else_finds_it(db, login, company):
    business = make_business(db, company)
    elsewhere = login(make_member(db, make_company(db)))
    for path in ("", "edit"):
        elsewhere.get(f"/businesses/{business.id}/{path}", status=404)


def test_no_post_closes_a_business(db, member, company):
    business = make_business(db, company)
    sent = {"version": business.version, "action": "conclude"}
    post(member, f"/businesses/{business.id}/do", sent, status=403)
    assert only(db).business_status == "open"


def test_documents_are_put_in_and_taken_out_by_ticking_them(db, member, customer):
    paid = make_invoice(db, customer, status="valid", name="Slates")
    pay(db, paid)
    make_invoice(db, customer, name="In the bin", deleted_at=NOW)
    business = make_business(db, customer.company)
    page = member.get(f"/businesses/{business.id}/")
    assert "In the bin" not in words(page)
    form = next(one for one in page.forms.values() if one.action.endswith("/put"))
    form.set("row", True, index=0)
    page = form.submit(status=303).follow()
    assert "1 document is put in." in page.text
    assert only(db).business_status == "closed"
    assert not [one for one in page.forms.values() if one.action.endswith("/put")]

    form = next(one for one in page.forms.values() if one.action.endswith("/take-out"))
    form.set("row", True, index=0)
    assert "1 document is taken out." in form.submit(status=303).follow().text
    assert only(db).business_status == "open"


def test_what_is_offered_is_of_the_project_or_of_the_company(db, company, customer):
    project = make_project(db, company)
    inside = make_invoice(db, customer, project=project)
    outside = make_invoice(db, customer)
    make_invoice(db, make_customer(db))
    whole = make_business(db, company)
    part = make_business(db, company, project=project)
    assert set(businesses.candidates(db, whole)) == {inside, outside}
    assert businesses.candidates(db, part) == [inside]


def test_only_who_may_edit_puts_documents_in(db, login, customer):
    invoice = make_invoice(db, customer)
    business = make_business(db, customer.company)
    auditor = login(make_user(db, roles={"auditor"}))
    page = auditor.get(f"/businesses/{business.id}/")
    assert not page.html.select("form[action$='/put']")
    sent = {"version": business.version, "row": invoice.id}
    for path in ("put", "take-out"):
        post(auditor, f"/businesses/{business.id}/{path}", sent, status=403)


def test_what_another_company_owns_is_not_put_in(db, member, customer):
    foreign = make_invoice(db, make_customer(db))
    business = make_business(db, customer.company)
    sent = {"version": business.version, "row": foreign.id}
    answer = post(member, f"/businesses/{business.id}/put", sent).follow()
    assert "0 documents are put in." in answer.text
    assert only(db).tasks == []


ANSWERS = """
                     estimated agreed to_invoice health    state
waiting              120       0      0          good      open
sent                 120       0      0          good      open
signed               120       120    120        attention open
aborted              0         0      0          good      closed
"""
MOVES = {
    "waiting": (),
    "sent": ("mark_sent",),
    "signed": ("sign",),
    "aborted": ("abort",),
}


@pytest.mark.parametrize("row", ANSWERS.strip().splitlines()[1:])
def test_what_a_customer_answers_says_what_is_to_be_invoiced(row, db, member, customer):
    answer, *amounts, health, state = row.split()
    estimation = make_estimation(db, customer, status="valid")
    business = make_business(db, customer.company, documents=[estimation])
    for name in MOVES[answer]:
        move(db, estimation, name, "They have said so." if name == "abort" else "")
    read = member.get(f"/businesses/{business.id}/?fmt=json").json
    (row,) = member.get("/businesses/?fmt=json").json["rows"]
    names = ("estimated", "agreed", "to_invoice")
    assert [Decimal(read[name]) for name in names] == [*map(Decimal, amounts)]
    assert Decimal(row["estimated"]) == Decimal(amounts[0])
    assert Decimal(row["to_invoice"]) == Decimal(amounts[2])
    assert (read["health"], read["states"]) == (health, {"business_status": state})
    assert row["status"] == [state, *([] if health == "good" else [health])]


def test_a_deal_from_the_offer_to_the_last_payment(db, member, customer):
    project = make_project(db, customer.company, phases=("Work",))
    place = {"project": project, "phase": project.phases[0]}
    estimation = make_estimation(
        db, customer, status="valid", deposit="30", lines=["1000"], **place
    )
    business = make_business(
        db, customer.company, project=project, documents=[estimation]
    )
    move(db, estimation, "sign")
    shown = words(member.get(f"/businesses/{business.id}/"))
    assert "Deadlines" in shown
    assert shown.count("Not invoiced yet") == 2

    for invoice in invoice_all(db, estimation, TODAY):
        assert (invoice.project, invoice.phase) == (project, project.phases[0])
        assert invoice.business is business
        move(db, invoice, "validate")
        assert business.business_status == "open"
        pay(db, invoice)
    assert business.business_status == "closed"
    read = member.get(f"/businesses/{business.id}/?fmt=json").json
    assert Decimal(read["invoiced"]) == Decimal(read["agreed"]) == Decimal(1200)
    assert all(one["invoice_id"] for one in read["deadlines"])
    assert "Not invoiced yet" not in words(member.get(f"/businesses/{business.id}/"))


def test_a_credit_note_is_in_the_same_place_and_opens_the_deal_again(db, customer):
    project = make_project(db, customer.company)
    estimation = make_estimation(db, customer, status="valid", project=project)
    business = make_business(db, customer.company, documents=[estimation])
    move(db, estimation, "sign")
    (invoice,) = invoice_all(db, estimation, TODAY)
    move(db, invoice, "validate")
    note = make_credit_note(db, invoice)
    db.expire_all()
    move(db, note, "validate")
    assert (note.project, note.business) == (project, business)
    assert invoice.to_pay == 0
    assert figures(business.tasks, TODAY).to_invoice == estimation.ttc
    assert business.business_status == "open"


@pytest.fixture
def in_parts(db, customer):
    """An estimation whose deposit is invoiced, and credited."""
    lines = {"lines": ["1000"], "deposit": "30"}
    estimation = make_estimation(db, customer, status="valid", **lines)
    first = invoice_next(db, estimation, estimation.deadlines[0].id, TODAY)
    move(db, first, "validate")
    make_credit_note(db, first, whole=False)
    return estimation


def kept_in(estimation):
    """Return the businesses of all that was made of an estimation, and its own."""
    invoices = estimation.invoices
    notes = [note for one in invoices for note in one.credit_notes]
    assert notes, "there is a credit note"
    return {one.business for one in (estimation, *invoices, *notes)}


def test_what_was_made_of_an_estimation_goes_where_it_goes(
    db, member, customer, in_parts
):
    before = in_parts.business
    other = make_business(db, customer.company)
    sent = {"version": other.version, "row": in_parts.id}
    answer = post(member, f"/businesses/{other.id}/put", sent).follow()
    assert "1 document is put in." in answer.text
    assert kept_in(in_parts) == {other} != {before}
    sent["version"] = other.version
    post(member, f"/businesses/{other.id}/take-out", sent)
    assert kept_in(in_parts) == {None}


@pytest.mark.parametrize("kind", ["invoice", "credit note"])
def test_what_was_made_of_an_estimation_takes_it_along(
    db, member, customer, in_parts, kind
):
    (invoice,) = in_parts.invoices
    moved = invoice if kind == "invoice" else invoice.credit_notes[0]
    other = make_business(db, customer.company)
    sent = {"version": other.version, "row": moved.id}
    answer = post(member, f"/businesses/{other.id}/put", sent).follow()
    assert "1 document is put in." in answer.text
    assert kept_in(in_parts) == {other}
    sent["version"] = other.version
    post(member, f"/businesses/{other.id}/take-out", sent)
    assert kept_in(in_parts) == {None}


def test_a_credit_note_takes_its_invoice_along(db, customer):
    invoice = make_invoice(db, customer, status="valid")
    note = make_credit_note(db, invoice)
    business = make_business(db, customer.company, documents=[note])
    assert {invoice.business, note.business} == {business}


@pytest.mark.parametrize("path", ["invoice", "invoice-all"])
def test_a_closed_business_that_is_invoiced_in_again_is_open(
    db, member, customer, path
):
    lines = {"lines": ["1000"], "deposit": "30"}
    estimation = make_estimation(db, customer, status="valid", **lines)
    move(db, estimation, "sign")
    first = invoice_next(db, estimation, estimation.deadlines[0].id, TODAY)
    move(db, first, "validate")
    pay(db, first)
    business = make_business(db, customer.company, documents=[first])
    balance = estimation.deadlines[1].id
    estimation.business = None  # as it could be once
    db.flush()
    businesses.look_again(db, {business}, transitions(db))
    assert business.business_status == "closed"
    post(member, f"/estimations/{estimation.id}/{path}", {"deadline": balance})
    assert {one.business for one in (estimation, *estimation.invoices)} == {business}
    assert business.business_status == "open"


def test_the_invoices_of_an_estimation_are_in_one_business(db, customer, in_parts):
    business = in_parts.business
    businesses.take_out(db, [in_parts.id], business, transitions(db))
    invoice_next(db, in_parts, in_parts.deadlines[1].id, TODAY)
    (now,) = kept_in(in_parts)
    assert now not in (None, business)


def test_an_estimation_comes_back_to_where_its_invoices_are(db, in_parts):
    business = in_parts.business
    in_parts.business = None
    db.flush()
    invoice_next(db, in_parts, in_parts.deadlines[1].id, TODAY)
    assert kept_in(in_parts) == {business}


def test_what_was_granted_does_not_keep_a_deal_open(db, member, customer):
    estimation = make_estimation(db, customer, status="valid")
    business = make_business(db, customer.company, documents=[estimation])
    move(db, estimation, "sign")
    (invoice,) = invoice_all(db, estimation, TODAY)
    move(db, invoice, "validate")
    pay(db, invoice, "106")
    move(db, make_credit_note(db, invoice), "validate")
    assert (invoice.paid_status, estimation.left_to_invoice) == ("resulted", 14)
    assert "All of it is invoiced." in is_invoiceable(db, estimation)
    assert business.business_status == "closed"
    read = member.get(f"/businesses/{business.id}/?fmt=json").json
    (row,) = member.get("/businesses/?fmt=json").json["rows"]
    for found in (read, row):
        assert Decimal(found["to_invoice"]) == 0
        assert Decimal(found["invoiced"]) == 106
    assert (read["health"], row["status"]) == ("good", ["closed"])


def left(member, business):
    """Return what is still to be invoiced, as the page and the list say it."""
    read = member.get(f"/businesses/{business.id}/?fmt=json").json
    (row,) = member.get("/businesses/?fmt=json").json["rows"]
    assert read["to_invoice"] == row["to_invoice"]
    return Decimal(row["to_invoice"])


def test_what_a_balance_makes_good_is_still_to_be_invoiced(db, member, customer):
    estimation = make_estimation(db, customer, status="valid", deposit="30")
    business = make_business(db, customer.company, documents=[estimation])
    move(db, estimation, "sign")
    deposit = invoice_next(db, estimation, estimation.deadlines[0].id, TODAY)
    move(db, deposit, "validate")
    assert left(member, business) == 84
    pay(db, deposit, "26")
    move(db, make_credit_note(db, deposit), "validate")
    assert left(member, business) == 94
    balance = invoice_next(db, estimation, estimation.deadlines[1].id, TODAY)
    move(db, balance, "validate")
    assert (balance.due, left(member, business)) == (94, 0)
    pay(db, balance, "90")
    move(db, make_credit_note(db, balance), "validate")
    assert left(member, business) == 0
    assert business.business_status == "closed"


def test_what_was_granted_stays_so_beside_what_is_to_be_invoiced_again(
    db, member, customer
):
    estimation = make_estimation(db, customer, status="valid", deposit="30")
    business = make_business(db, customer.company, documents=[estimation])
    move(db, estimation, "sign")
    deposit, balance = invoice_all(db, estimation, TODAY)
    for one in (deposit, balance):
        move(db, one, "validate")
    pay(db, balance, "74")
    move(db, make_credit_note(db, balance), "validate")
    assert left(member, business) == 0
    make_credit_note(db, deposit, status="valid")
    again = invoice_next(db, estimation, estimation.deadlines[0].id, TODAY)
    assert left(member, business) == again.due == 36


def test_what_was_credited_as_a_whole_is_to_be_invoiced(db, member, customer):
    estimation = make_estimation(db, customer, status="valid", deposit="30")
    business = make_business(db, customer.company, documents=[estimation])
    move(db, estimation, "sign")
    deposit, balance = invoice_all(db, estimation, TODAY)
    for one in (deposit, balance):
        move(db, one, "validate")
    pay(db, balance)
    make_credit_note(db, deposit, status="valid")
    read = member.get(f"/businesses/{business.id}/?fmt=json").json
    (row,) = member.get("/businesses/?fmt=json").json["rows"]
    assert Decimal(read["to_invoice"]) == Decimal(row["to_invoice"]) == 36
    assert (read["health"], row["status"]) == ("attention", ["open", "attention"])
    assert business.business_status == "open"


def test_nothing_is_invoiced_of_what_is_in_an_archived_project(db, customer):
    project = make_project(db, customer.company)
    estimation = make_estimation(db, customer, status="valid", project=project)
    move(db, estimation, "sign")
    move(db, project, "archive")
    with pytest.raises(Refused, match="archived"):
        invoice_all(db, estimation, TODAY)
