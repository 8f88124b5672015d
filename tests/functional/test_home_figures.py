"""The figures of the first page: what was invoiced, and what is owed."""

import datetime as dt

import pytest

from tests.factories import (
    TODAY,
    make_company,
    make_conditions,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_membership,
    make_user,
    pay,
)
from tests.functional.pages import words


@pytest.fixture
def company(db):
    return make_company(db)


@pytest.fixture
def customer(db, company):
    return make_customer(db, company)


def valid(db, customer, cost, **columns):
    return make_invoice(db, customer, lines=[cost], status="valid", **columns)


def rows(page, section):
    """Return what the rows of a table say, by their names."""
    table = page.html.select_one(f"section[aria-labelledby={section}] table")
    assert table is not None, section
    lines = table.select("tbody tr, tfoot tr")
    return {line.th.text: [cell.text for cell in line.select(".num")] for line in lines}


def test_a_member_sees_the_turnover_of_their_company_beside_last_year(
    db, login, company, customer
):
    valid(db, customer, "70", date=dt.date(TODAY.year - 2, 12, 31))
    valid(db, customer, "200", date=dt.date(TODAY.year - 1, 1, 31))
    valid(db, customer, "999", date=dt.date(TODAY.year - 1, 12, 31))
    valid(db, customer, "150", date=dt.date(TODAY.year, 1, 1))
    make_credit_note(db, valid(db, customer, "1000"), status="valid")
    valid(db, customer, "300")
    make_estimation(db, customer, lines=["5000"], status="valid")
    make_invoice(db, customer, lines=["800"], status="wait")
    valid(db, make_customer(db, make_company(db)), "4000")

    page = login(make_member(db, company)).get("/")

    months = rows(page, "turnover")
    assert months["Jan"] == ["150.00", "200.00"]
    assert months["Nov"] == ["300.00", "0.00"]
    assert months["Dec"] == ["0.00", "999.00"]
    said = words(page)
    assert "1 January to today: €450.00, +125% on 2025" in said
    assert len(page.html.select("svg.chart rect")) == 12


def test_who_is_in_no_company_or_sees_all_of_them_has_no_chart(db, login, customer):
    valid(db, customer, "100")
    for roles in ({"manager"}, {"accountant"}, set()):
        page = login(make_user(db, roles=roles)).get("/")
        assert page.html.select_one("svg.chart") is None


def test_a_company_that_has_not_invoiced_yet_has_no_empty_chart(db, login, company):
    page = login(make_member(db, company)).get("/")
    assert page.html.select_one("svg.chart") is None


@pytest.mark.parametrize(
    ("late", "age"),
    [
        (0, "Not due yet"),
        (1, "Up to 30 days late"),
        (30, "Up to 30 days late"),
        (31, "31 to 60 days late"),
        (60, "31 to 60 days late"),
        (61, "61 to 90 days late"),
        (90, "61 to 90 days late"),
        (91, "More than 90 days late"),
    ],
)
def test_what_is_owed_is_told_by_how_late_it_is(db, login, customer, late, age):
    at_once = make_conditions(db, days=0)
    day = TODAY - dt.timedelta(days=late)
    owed = valid(db, customer, "100", date=day, payment_conditions=at_once)
    pay(db, owed, "20")
    pay(db, valid(db, customer, "500", date=day, payment_conditions=at_once))

    page = login(make_user(db, roles={"accountant"})).get("/")

    found = rows(page, "to-collect")
    assert found.pop("In all") == ["1", "€100.00"]
    assert {name: n for name, n in found.items() if n[0] != "0"} == {
        age: ["1", "100.00"]
    }


def test_who_records_payments_in_one_company_is_told_of_that_one(
    db, login, company, customer
):
    valid(db, customer, "100")
    valid(db, make_customer(db, make_company(db)), "4000")
    member = make_member(db, company, "record_payment")
    assert rows(login(member).get("/"), "to-collect")["In all"] == ["1", "€120.00"]


def test_the_sum_leads_to_a_list_of_what_it_is_the_sum_of(db, login, company, customer):
    valid(db, customer, "100")
    other = make_company(db)
    valid(db, make_customer(db, other), "4000")
    member = make_member(db, company, "record_payment")

    def listed():
        page = login(member).get("/")
        link = page.html.select_one("section[aria-labelledby=to-collect] tfoot a")
        return link and page.click("In all", href="paid_status").html.select("a.rec")

    assert len(listed()) == 1
    make_membership(db, member, other)
    assert len(listed()) == 1, "that of the company where they record payments"
    third = make_company(db)
    make_membership(db, member, third, "record_payment")
    assert listed() is None
    accountant = login(make_user(db, roles={"accountant"})).get("/")
    assert len(accountant.click("In all").html.select("a.rec")) == 2


def test_who_records_no_payments_is_not_told_what_is_owed(db, login, company, customer):
    valid(db, customer, "100")
    page = login(make_member(db, company)).get("/")
    assert page.html.select_one("[aria-labelledby=to-collect]") is None


def test_no_sum_is_told_of_more_than_are_added_up(db, login, customer, monkeypatch):
    monkeypatch.setattr("endi_like.reports.ages.MOST", 2)
    for _ in range(3):
        valid(db, customer, "100")
    page = login(make_user(db, roles={"accountant"})).get("/")
    assert rows(page, "to-collect")["Not due yet"] == ["2+", ""]
    assert rows(page, "to-collect")["In all"] == ["2+", ""]
    assert "More than 2 unpaid invoices" in words(page)
