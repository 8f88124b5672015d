"""The story of an estimation: sent, signed, invoiced in parts, paid to the cent."""

import io
from decimal import Decimal

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from endi_like.models.estimations import Estimation
from endi_like.models.history import StatusLogEntry
from endi_like.models.sales import Invoice
from endi_like.services.invariants import invariants
from tests.factories import (
    TODAY,
    make_company,
    make_conditions,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_user,
    make_vat,
    move,
    pay,
)
from tests.functional.pages import button, offered, press, save, token, words


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan", code="MEN")


@pytest.fixture
def customer(db, company):
    return make_customer(db, company, name="Ville de Saint-Brieuc", language="en")


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company, "self_validate", name="Mona Member"))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, name="Max Manager", roles={"manager"}))


def url(estimation):
    return f"/estimations/{estimation.id}/"


def pdf_text(browser, address):
    answer = browser.get(f"{address}print.pdf", status=200)
    pages = PdfReader(io.BytesIO(answer.body)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_from_the_empty_form_to_the_paid_balance(db, customer, member, manager):
    vat, conditions = make_vat(db, "20"), make_conditions(db)
    page = save(
        member.get("/estimations/add"),
        account_id=str(customer.id),
        name="Oak staircase",
        description_1="Staircase",
        cost="1,000",
        vat_id=str(vat.id),
        payment_conditions_id=str(conditions.id),
        deposit="30",
        equal_parts="2",
    ).follow()
    estimation = db.scalars(select(Estimation)).one()
    assert "The draft is saved." in page
    assert [one.amount for one in estimation.deadlines] == [360, 420, 420]
    assert "Write this invoice" not in words(page)

    page = press(page, "validate").follow()
    assert estimation.official_number == "D2026-0001"
    assert "Estimation D2026-0001" in words(page)
    assert set(offered(page)) == {"mark_sent", "sign", "abort"}
    text = pdf_text(member, url(estimation))
    assert "Deposit of 30%" in text
    assert "Good for agreement" in text

    page = press(page, "mark_sent").follow()
    assert "Sent to the customer" in words(page)
    page = press(page, "sign").follow()
    assert estimation.signed_status == "signed"

    # the deposit
    page = button(page, "invoice").follow()
    deposit = db.scalars(select(Invoice)).one()
    assert (deposit.due, deposit.deadline.kind) == (360, "deposit")
    assert "Deposit of 30% on estimation D2026-0001" in words(page)
    assert page.html.find("a", href=url(estimation)).text == "D2026-0001"
    page = press(page, "validate").follow()
    pay(db, deposit)

    # all that is left, at once; the balance waits for the part before it
    page = button(member.get(url(estimation)), "invoice-all").follow()
    assert "2 drafts of invoices are written." in page
    _deposit, part, balance = db.scalars(select(Invoice).order_by(Invoice.id))
    assert (part.due, balance.due) == (420, 420)
    address = f"/invoices/{balance.id}/"
    refused = press(member.get(address), "validate").follow()
    assert "validate it first" in words(refused)
    move(db, part, "validate")
    page = press(member.get(address), "validate").follow()
    assert balance.official_number in words(page)
    text = pdf_text(member, address)
    assert deposit.official_number in text
    assert part.official_number in text
    pay(db, part)
    pay(db, balance)
    invoices = [deposit, part, balance]
    assert [one.paid_status for one in invoices] == ["resulted"] * 3
    for name in ("ht", "tva", "ttc", "due"):
        total = sum(getattr(one, name) for one in invoices)
        assert total == getattr(estimation, name)
    page = member.get(url(estimation))
    assert "€1,200.00 of €1,200.00 invoiced" in words(page)
    assert "Write this invoice" not in words(page)


def test_a_part_is_invoiced_once_whoever_presses_and_however_often(
    db, customer, member, manager
):
    estimation = make_estimation(db, customer, status="valid", equal_parts=3)
    mine, theirs = member.get(url(estimation)), manager.get(url(estimation))
    button(mine, "invoice")
    button(mine, "invoice")  # twice
    assert len(db.scalars(select(Invoice)).all()) == 1
    refused = button(theirs, "invoice", status=409)
    assert "This is invoiced already." in words(refused)
    assert len(db.scalars(select(Invoice)).all()) == 1


def test_a_draft_in_the_bin_can_be_made_again(db, customer, member):
    estimation = make_estimation(db, customer, status="valid", deposit="50")
    page = button(member.get(url(estimation)), "invoice").follow()
    button(page, "delete")
    page = member.get(url(estimation))
    assert "Write this invoice" in words(page)
    assert not estimation.is_invoiced
    button(page, "invoice")
    first, second = db.scalars(select(Invoice).order_by(Invoice.id))
    assert (first.due, second.due) == (60, 60)


def test_what_is_invoiced_cannot_be_given_up(db, customer, member):
    estimation = make_estimation(db, customer, status="valid")
    button(member.get(url(estimation)), "invoice")
    refused = press(member.get(url(estimation)), "abort", reason="too dear").follow()
    assert "Invoices were made of it" in words(refused)
    assert estimation.signed_status == "waiting"


def test_what_was_given_up_cannot_be_invoiced(db, customer, member):
    estimation = make_estimation(db, customer, status="valid")
    page = press(member.get(url(estimation)), "abort", reason="too dear").follow()
    assert "too dear" in words(page)
    assert "Write this invoice" not in words(page)
    logged = db.scalars(
        select(StatusLogEntry.action).where(
            StatusLogEntry.node_id == estimation.id,
            StatusLogEntry.manager == "signed_status",
        )
    )
    assert list(logged) == ["abort"]
    values = {"csrf_token": token(member), "deadline": estimation.deadlines[0].id}
    answer = member.post(f"{url(estimation)}invoice", values).follow()
    assert "It was given up" in words(answer)
    assert db.scalars(select(Invoice)).all() == []


def test_a_draft_is_not_signed_nor_invoiced(db, customer, member):
    estimation = make_estimation(db, customer)
    page = member.get(url(estimation))
    assert set(offered(page)) == {"submit", "validate"}
    assert "Write this invoice" not in words(page)
    values = {"csrf_token": token(member), "deadline": estimation.deadlines[0].id}
    answer = member.post(f"{url(estimation)}invoice", values).follow()
    assert "It is not validated yet." in words(answer)
    assert db.scalars(select(Invoice)).all() == []


WRONG = {
    "a deposit above 100 %": {"deposit": "101"},
    "validity before the date": {"valid_until": "2026-01-01"},
    "a schedule without parts": {"equal_parts": "0"},
}


@pytest.mark.parametrize("values", WRONG.values(), ids=WRONG)
def test_what_cannot_be_is_refused_with_a_sentence(db, customer, member, values):
    page = save(
        member.get("/estimations/add"),
        status=422,
        account_id=str(customer.id),
        name="Stairs",
        **values,
    )
    assert page.html.select(".error")
    assert db.scalars(select(Estimation)).all() == []


def test_parts_that_come_to_more_than_the_total_are_refused(db, customer, member):
    estimation = make_estimation(db, customer, agreed=["40"])
    page = member.get(f"{url(estimation)}edit")
    kept = estimation.version
    answer = save(page, amount_0="500", status="*")
    assert answer.status_int in (409, 422)
    assert "more than the total" in words(answer)
    assert (estimation.version, estimation.deadlines[0].amount) == (kept, 40)


def test_agreed_parts_and_their_dates_are_kept(db, customer, member):
    estimation = make_estimation(db, customer, deposit="10", agreed=["50", "30"])
    amounts = [(one.kind, one.amount) for one in estimation.deadlines]
    assert amounts == [
        ("deposit", 12),
        ("part", 50),
        ("part", 30),
        ("balance", 28),
    ]
    page = member.get(f"{url(estimation)}edit")
    save(page).follow()
    assert [(one.kind, one.amount) for one in estimation.deadlines] == amounts


def test_a_copy_keeps_the_schedule_and_is_valid_as_long(db, customer, member):
    estimation = make_estimation(db, customer, deposit="10", agreed=["50"])
    button(member.get(url(estimation)), "duplicate")
    copy = db.scalars(select(Estimation).order_by(Estimation.id.desc())).first()
    assert copy.id != estimation.id
    assert [one.amount for one in copy.deadlines] == [12, 50, 58]
    assert (copy.date, copy.official_number) == (TODAY, None)


def test_whoever_is_elsewhere_sees_nothing_of_it(db, customer, login):
    estimation = make_estimation(db, customer, status="valid")
    foreign = login(make_member(db, make_company(db), "self_validate"))
    foreign.get(url(estimation), status=404)
    values = {"csrf_token": token(foreign), "deadline": "1"}
    foreign.post(f"{url(estimation)}invoice", values, status=404)
    assert str(estimation.official_number) not in foreign.get("/estimations/")


def test_json_says_what_is_to_be_paid_when(db, customer, member):
    estimation = make_estimation(db, customer, status="valid", deposit="25")
    found = member.get(f"{url(estimation)}?fmt=json").json
    assert [Decimal(one["amount"]) for one in found["deadlines"]] == [30, 90]
    assert Decimal(found["due"]) == 120
    assert found["states"]["signed_status"] == "waiting"


def test_its_numbers_have_a_template_and_a_series_of_their_own(db, customer, login):
    admin = login(make_user(db, roles={"admin"}))
    edit = "/organisation/1/edit"
    page = save(admin.get(edit), estimation_number_template="nonsense", status=422)
    assert page.html.select_one("#estimation_number_template-error")
    template = "OFF-{YY}-{SEQYEAR:0>3}"
    page = save(admin.get(edit), estimation_number_template=template)
    assert "OFF-26-001" in words(page.follow())
    make_invoice(db, customer, status="valid")
    numbers = [
        make_estimation(db, customer, status="valid").official_number for _n in "ab"
    ]
    assert numbers == ["OFF-26-001", "OFF-26-002"]
    assert list(invariants(db)) == []
