"""Lists in the browser: what is shown to whom, bulk actions, nonsense."""

from datetime import date
from decimal import Decimal

import pytest

from endi_like.models.people import Company
from endi_like.resources import options
from endi_like.services import finding
from endi_like.views import bulk
from tests.factories import (
    make_company,
    make_customer,
    make_invoice,
    make_member,
    make_user,
    move,
    pay,
)
from tests.functional.moved import moves
from tests.functional.pages import post, save, token, words

COLLECTIONS = [
    *("invoices", "customers", "users", "companies"),
    *(name for name, *_about in options.COLLECTIONS if name != "organisation"),
]


@pytest.fixture
def company(db):
    return make_company(db, name="Menuiserie Élan")


@pytest.fixture
def member(db, company, login):
    return login(make_member(db, company))


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


def rows(page):
    return [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        for row in page.html.select("table.rows tbody tr")
    ]


@pytest.mark.parametrize("name", COLLECTIONS)
def test_every_list_has_a_page_json_and_both_exports(db, login, customer, name):
    make_invoice(db, customer)
    reader = login(make_user(db, roles={"auditor", "admin"}))

    reader.get(f"/{name}", status=200)
    page = reader.get(f"/{name}/", status=200)
    assert reader.get(f"/{name}/?fmt=json").json["count"] == len(rows(page))
    assert reader.get(f"/{name}/export.csv").content_type == "text/csv"
    assert reader.get(f"/{name}/export.xlsx").body[:2] == b"PK"


def test_a_row_shows_number_date_names_states_and_amounts(db, customer, manager):
    invoice = make_invoice(
        db, customer, name="Roof & walls", status="valid", date=date(2026, 10, 1)
    )

    (row,) = rows(manager.get("/invoices/"))

    assert row[1:] == [
        f"{invoice.official_number} 2026-10 F1",
        "01/10/2026",
        "Menuiserie Élan",
        "Ville de Rennes Roof & walls",
        "Waiting for payment Late",
        "100.00",
        "120.00",
        "120.00",
    ]


def test_a_long_name_is_shortened_to_the_eye_and_told_as_a_whole(db, customer, manager):
    customer.company.name = 'Gardens <b> "of the sea", planted & kept for you all'
    make_invoice(db, customer)
    page = manager.get("/invoices/")
    clipped = page.html.select_one("table.rows .clip")
    assert clipped.text == clipped["title"] == customer.company.name
    assert len(page.html.select("table.rows .clip")) == 1


def test_the_totals_row_adds_up_all_rows(db, customer, manager):
    for cost in ("100", "23.45"):
        make_invoice(db, customer, lines=[cost])

    page = manager.get("/invoices/")

    (total,) = page.html.select("tfoot tr.grand")
    assert total.get_text(" ", strip=True) == "All 2 rows 123.45 148.14 0.00"


def test_only_what_is_awaited_is_to_be_paid(db, customer, manager):
    for status in ("draft", "wait", "invalid", "valid"):
        make_invoice(db, customer, lines=["100"], status=status)
    pay(db, make_invoice(db, customer, lines=["10"], status="valid"), "2.50")
    closed = make_invoice(db, customer, lines=["100"], status="valid")
    move(db, closed, "close", "Bankrupt")

    found = manager.get("/invoices?fmt=json").json

    sums = [Decimal(found[name]["to_pay"]) for name in ("totals", "page_totals")]
    assert sums == [Decimal("129.50")] * 2
    amounts = [Decimal(row["to_pay"]) for row in found["rows"] if row["to_pay"]]
    assert sorted(amounts) == [Decimal("9.50"), 120]
    assert "Left unpaid" in manager.get(f"/invoices/{closed.id}/")


def test_a_draft_says_what_there_will_be_to_pay(db, customer, manager):
    page = manager.get(f"/invoices/{make_invoice(db, customer).id}/")

    assert "Total to pay" in page
    assert "To be paid" not in page


def test_a_member_sees_the_rows_of_their_companies_only(db, customer, member):
    make_invoice(db, customer, name="Mine")
    make_invoice(db, name="Theirs")

    page = member.get("/invoices/")

    assert "Mine" in page
    assert "Theirs" not in page
    assert "Theirs" not in member.get("/invoices/export.csv")
    assert member.get("/invoices?fmt=json").json["count"] == 1
    assert "Theirs" not in member.get("/invoices/?q=theirs")


def test_who_has_no_role_sees_no_list(db, login):
    nobody = login(make_user(db))

    for name in COLLECTIONS:
        for path in ("", "export.csv", "export.xlsx", "?fmt=json"):
            answer = nobody.get(f"/{name}/{path}", status="4*")
            assert answer.status_int in (403, 404)


def test_pages_lead_on_and_back(db, customer, manager):
    made = [make_invoice(db, customer, name=f"Job {n:02}") for n in range(85)]

    first = manager.get("/invoices/?sort=-date")
    second = first.click("Next")
    again = second.click("Previous")

    names = [row[4].split()[-1] for row in rows(first) + rows(second)]
    assert names == [f"{n:02}" for n in reversed(range(85))]
    assert rows(again) == rows(first)
    assert len(made) == 85


def test_filters_are_shown_as_what_is_in_force(db, customer, manager):
    make_invoice(db, customer)

    page = manager.get(
        f"/invoices/?customer={customer.id}&validation_status=draft&q=re"
    )

    assert chips(page) == [
        "Number, subject or customer re",
        "Customer Ville de Rennes",
        "Validation Draft",
    ]


def chips(page):
    return [chip.get_text(" ", strip=True) for chip in page.html.select(".chip")]


def test_what_is_in_force_is_written_as_the_reader_writes_it(db, customer, login):
    make_invoice(db, customer, lines=["1500"])
    german = login(make_user(db, roles={"manager"}, language="de"))

    page = german.get("/invoices/?from=2026-11-03&to=2026-11-30&min=1200.5&late=1")

    assert [chip.rsplit(maxsplit=1)[-1] for chip in chips(page)] == [
        "03.11.2026",
        "30.11.2026",
        "1.200,50",
        "ja",
    ]


def test_what_is_no_filter_is_not_shown_as_one(db, customer, manager):
    make_invoice(db, customer)

    page = manager.get("/invoices/?from=soon&min=x&validation_status=odd&q=,&late=no")

    assert chips(page) == []
    assert len(rows(page)) == 1


def test_members_read_the_name_of_the_company_they_filter_by(db, customer, member):
    make_invoice(db, customer)

    page = member.get(f"/invoices/?company={customer.company_id}")

    assert chips(page) == ["Company Menuiserie Élan"]


def test_the_name_of_what_one_may_not_see_is_not_told(db, member):
    other = make_customer(db, name="Secret customer")

    page = member.get(f"/invoices/?customer={other.id}&company={other.company_id}")

    assert "Secret" not in page.text
    assert other.company.name not in page.text


NONSENSE = [
    "sort=%27;drop table task",
    "sort=-",
    "after=%00",
    "after=AAAA&before=BBBB",
    "after=" + "A" * 5000,
    "from=0000-00-00&to=99999-01-01",
    "min=1e999&max=-inf",
    "customer=99999999999999999999",
    "company=-1&customer=%D9%A3",
    "validation_status=%3Cscript%3E&paid_status[]=x",
    "late=maybe&bin=2",
    "q=" + "%25_%5C" * 500,
    "q=" + "a+" * 3000,
    "q=%F0%9F%91%A9&sort=--date",
    "unknown=1",
]


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_never_fails(db, customer, manager, query):
    make_invoice(db, customer)
    expected = 400 if "%00" in query else 200

    for path in ("", "export.csv", "export.xlsx"):
        answer = manager.get(f"/invoices/{path}?{query}", status=expected)
        assert "<script>" not in answer.text if path != "export.xlsx" else True
    manager.get(f"/invoices/?{query}&fmt=json", status=expected)


def test_a_record_knows_its_neighbours_and_the_way_back(db, customer, manager):
    one, two, three = [make_invoice(db, customer, name=f"Job {n}") for n in "123"]
    page = manager.get("/invoices/?q=job&sort=date")

    record = manager.get(page.html.select("tbody a.rec")[1]["href"])

    assert "Job 2" in record
    assert record.html.select(f"a[href^='/invoices/{one.id}/']")
    assert record.html.select(f"a[href^='/invoices/{three.id}/']")
    assert record.html.select("a[href='/invoices/?q=job&sort=date']")
    assert two.name == "Job 2"


def tick(browser, action, *invoices, **more):
    sent = [("csrf_token", token(browser)), ("action", action)]
    sent += [("row", f"{one.id}-{one.version}") for one in invoices]
    return browser.post("/invoices/bulk", sent, **more)


def outcome(page):
    return [
        [cell.get_text(" ", strip=True) for cell in row.find_all(["th", "td"])]
        for row in page.html.find("main").select("tbody tr")
    ]


def test_bulk_validation_says_what_became_of_each_row(db, customer, manager):
    good = make_invoice(db, customer, name="Good")
    waiting = make_invoice(db, customer, name="Waiting", status="wait")
    bad = make_invoice(db, customer, name="Bad", lines=[])
    done = make_invoice(db, customer, name="Done", status="valid")
    number = done.official_number

    page = tick(manager, "validate", good, waiting, bad, done)

    found = {row[0]: row[1] for row in outcome(page)}
    assert found["Bad"] == "Not done Add at least one line."
    assert found["Done"].startswith("Not done")
    assert list(found.values()).count("Done") == 2
    assert [one.validation_status for one in (good, waiting, bad, done)] == [
        "valid",
        "valid",
        "draft",
        "valid",
    ]
    assert done.official_number == number
    assert moves(db, bad) == []


def test_bulk_validation_follows_the_dates(db, customer, manager):
    made = [make_invoice(db, customer, date=date(2026, 11, day)) for day in (20, 3, 11)]

    tick(manager, "validate", *made)

    in_order = sorted(made, key=lambda one: one.official_number)
    assert [one.date.day for one in in_order] == [3, 11, 20]


def test_a_row_refused_half_way_leaves_no_gap_in_the_numbers(db, customer, manager):
    first = make_invoice(db, customer)
    future = make_invoice(db, customer, date=date(2026, 11, 21))
    tick(manager, "validate", first, future)
    last = make_invoice(db, customer)

    tick(manager, "validate", last)

    assert future.official_number is None
    assert moves(db, future) == []
    numbers = [int(one.number_key.rpartition("-")[2]) for one in (first, last)]
    assert numbers[1] == numbers[0] + 1


def test_a_row_changed_since_the_list_was_shown_stays_put(
    db, customer, manager, member
):
    invoice = make_invoice(db, customer)
    ticked = f"{invoice.id}-{invoice.version}"
    save(member.get(f"/invoices/{invoice.id}/edit"), name="Changed")
    sent = [("csrf_token", token(manager)), ("action", "validate"), ("row", ticked)]

    page = manager.post("/invoices/bulk", sent)

    assert "It has changed since your page was opened." in words(page)
    assert invoice.validation_status == "draft"


@pytest.mark.parametrize("action", ["validate", "settle", "delete", "nonsense", ""])
def test_bulk_does_nothing_that_a_member_may_not_do(db, customer, member, action):
    invoice = make_invoice(db, customer)

    page = tick(member, action, invoice)

    assert [row[1].startswith("Not done") for row in outcome(page)] == [True]
    assert (invoice.validation_status, moves(db, invoice)) == ("draft", [])


def test_bulk_asks_for_a_reason_where_one_is_needed(db, customer, manager):
    invoice = make_invoice(db, customer, status="wait")

    page = tick(manager, "invalidate", invoice)

    assert "Say why: a reason is needed." in words(page)
    assert invoice.validation_status == "wait"


def test_bulk_tells_nothing_about_rows_out_of_sight(db, member):
    secret = make_invoice(db, name="Secret")

    page = tick(member, "submit", secret)

    assert "Secret" not in page.text
    assert page.html.select("main tbody tr") == []
    assert "1 row was not found, so nothing was done to it." in words(page)
    assert secret.validation_status == "draft"


@pytest.mark.parametrize(
    "ticked", ["", "x", "-1", "1", "1-", "1-1-1", "9" * 30 + "-1", "1-x", "%00"]
)
def test_nonsense_in_the_ticks_moves_nothing(db, customer, manager, ticked):
    invoice = make_invoice(db, customer)
    text = ticked.replace("1-", f"{invoice.id}-", 1)
    sent = {"action": "validate", "row": text}

    assert post(manager, "/invoices/bulk", sent, "*").status_int in (200, 400)

    assert (invoice.validation_status, moves(db, invoice)) == ("draft", [])


def test_one_row_ticked_twice_moves_once(db, customer, manager):
    invoice = make_invoice(db, customer)

    page = tick(manager, "validate", invoice, invoice)

    assert len(outcome(page)) == 1
    assert moves(db, invoice) == ["validate"]


def test_the_buttons_for_many_rows_are_those_one_may_press(
    db, customer, manager, member, login
):
    make_invoice(db, customer)
    auditor = login(make_user(db, roles={"auditor"}))

    def buttons(browser):
        page = browser.get("/invoices/")
        return [one["value"] for one in page.html.select(".bulk button[name=action]")]

    assert buttons(manager) == ["validate", "submit"]
    assert buttons(member) == ["submit"]
    assert buttons(auditor) == []


def test_more_rows_than_are_done_at_once_are_said_to_be_left(
    db, customer, manager, monkeypatch
):
    monkeypatch.setattr(bulk, "MOST_TICKED", 2)
    made = [make_invoice(db, customer) for _ in range(4)]

    page = tick(manager, "submit", *made, made[0])

    assert len(outcome(page)) == 2
    assert "At most 2 rows are done at once: 2 rows are as they were." in words(page)
    assert sorted(one.validation_status for one in made) == [
        "draft",
        "draft",
        "wait",
        "wait",
    ]


def test_who_searches_companies_finds_those_in_sight(db, company, manager, login):
    make_company(db, name="Menuiserie Zénith", active=False)
    make_company(db, name="Autre")

    found = manager.get("/companies/find?q=menui").json

    assert found == [{"id": company.id, "label": company.name, "hint": company.code}]
    assert finding.found(db, Company, Company.id != company.id, "menui", {}) == []
    accountant = login(make_user(db, roles={"accountant"}))
    accountant.get("/companies/find?q=menui", status=404)
