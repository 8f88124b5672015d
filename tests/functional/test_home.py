"""The first page of whoever has logged in."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from endi_like.models.organisation import Organisation
from endi_like.reports.waiting import NEXT, SHOWN
from endi_like.services.organisation import NAMELESS, founded
from tests.factories import (
    TODAY,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_user,
    move,
    pay,
)
from tests.functional.pages import save, words

UNSAID = "Who runs this office has not been said yet."


@pytest.fixture
def nameless(db):
    """The organisation of a new installation, as ``migrate`` leaves it."""
    db.execute(update(Organisation).values(name=NAMELESS, version=1))
    return founded(db)


def test_an_administrator_is_led_to_where_a_new_installation_gets_its_name(
    db, login, nameless
):
    admin = login(make_user(db, roles={"admin"}))
    home = admin.get("/")
    assert UNSAID in words(home)
    save(home.click("Say it now"), name="Horizon")
    db.refresh(nameless)
    assert nameless.name == "Horizon"
    assert UNSAID not in words(admin.get("/"))


@pytest.mark.parametrize("role", ["manager", "auditor"])
def test_nobody_else_is_asked_for_it(db, login, nameless, role):
    assert UNSAID not in words(login(make_user(db, roles={role})).get("/"))


def test_a_name_that_was_meant_is_left_alone(db, login, nameless):
    nameless.town = "Nantes"
    db.flush()
    assert UNSAID not in words(login(make_user(db, roles={"admin"})).get("/"))


def test_all_kinds_of_documents_wait_for_whoever_may_validate_them(db, login):
    company = make_company(db)
    customer = make_customer(db, company)
    estimation = make_estimation(db, customer, status="wait", name="Oak staircase")
    make_estimation(db, customer, status="valid")
    make_credit_note(db, make_invoice(db, customer, status="valid"), status="wait")
    manager = login(make_user(db, roles={"manager"}))
    page = manager.get("/")
    found = {
        link["href"]: link.get_text(" ", strip=True)
        for link in page.html.select(".counters a")
    }
    assert found["/estimations/?validation_status=wait"] == "1 estimation to validate"
    assert found["/credit-notes/?validation_status=wait"] == "1 credit note to validate"
    assert found["/estimations/?signed_status=open"] == "1 estimation without an answer"
    assert "Estimations to validate" in page
    row = page.html.select_one("main table a.rec, main table tbody a")
    assert row["href"].startswith(f"/estimations/{estimation.id}/")


def tables(page):
    """Return the documents of each table: the numbers at the end of their links."""
    found = page.html.select("section[aria-labelledby^=oldest]")
    return {
        one.h2.get_text(strip=True): [
            int(link["href"].split("/")[2]) for link in one.select("tbody a.rec")
        ]
        for one in found
    }


def test_a_manager_has_a_table_of_each_kind_to_validate_the_oldest_first(db, login):
    customer = make_customer(db, make_company(db))
    newer, older = (
        make_invoice(db, customer, status="wait", date=TODAY - timedelta(days=days))
        for days in (1, 2)
    )
    estimation = make_estimation(db, customer, status="wait")
    paid = make_invoice(db, customer, status="valid")
    note = make_credit_note(db, paid, status="wait")
    page = login(make_user(db, roles={"manager"})).get("/")
    assert tables(page) == {
        "Invoices to validate": [older.id, newer.id],
        "Estimations to validate": [estimation.id],
        "Credit notes to validate": [note.id],
        "Invoices to be paid, not late yet": [paid.id],
    }


def test_a_member_has_what_to_write_on_and_beside_it_what_is_late(db, login):
    company = make_company(db)
    customer = make_customer(db, company)
    draft = make_invoice(db, customer)
    unpaid = make_invoice(db, customer, status="valid")
    note = make_credit_note(db, unpaid)
    move(db, note, "submit")
    move(db, note, "invalidate", "The reason is missing.")
    due = TODAY - timedelta(days=3)
    late = make_invoice(db, customer, status="valid", due_date=due)
    browser = login(make_member(db, company))
    assert tables(browser.get("/")) == {
        "Credit notes sent back, to correct": [note.id],
        "Late invoices": [late.id],
        "Invoices to be paid, not late yet": [unpaid.id],
    }
    note.deleted_at = late.updated_at
    db.flush()
    assert tables(browser.get("/"))["Drafts of invoices"] == [draft.id]


def test_beside_what_is_late_stands_what_is_to_be_paid_next(db, login):
    company = make_company(db)
    customer = make_customer(db, company)

    def due_in(days, status="valid"):
        day = TODAY + timedelta(days=days)
        return make_invoice(db, customer, status=status, due_date=day)

    late, last = due_in(-1), due_in(NEXT)
    following = [due_in(days) for days in reversed(range(NEXT))]
    due_in(1, "draft")
    pay(db, due_in(1))
    browser = login(make_member(db, company))
    page = browser.get("/")
    found = tables(page)
    title = "Invoices to be paid, not late yet"
    assert found["Late invoices"] == [late.id]
    assert found[title] == [one.id for one in reversed(following)]
    assert "Next due first" in words(page)
    (table,) = (
        one for one in page.html.select("section") if title in one.h2.get_text()
    )
    assert "Due date" in table.thead.get_text()
    every = browser.get(table.h2.find_next("a")["href"])
    listed = [int(one["href"].split("/")[2]) for one in every.html.select("a.rec")]
    assert listed == [*found[title], last.id]


def test_what_does_not_fit_is_in_the_list(db, login):
    customer = make_customer(db, make_company(db))
    for _ in range(SHOWN + 1):
        make_estimation(db, customer, status="wait")
    page = login(make_user(db, roles={"manager"})).get("/")
    assert len(tables(page)["Estimations to validate"]) == SHOWN
    listed = page.click("All of them")
    assert len(listed.html.select("tbody a.rec")) == SHOWN + 1


def test_what_waits_is_validated_from_the_first_page(db, login):
    customer = make_customer(db, make_company(db))
    first, second = (make_invoice(db, customer, status="wait") for _ in range(2))
    page = login(make_user(db, roles={"manager"})).get("/")
    form = page.forms[
        next(n for n, one in page.forms.items() if "data-bulk" in one.text)
    ]
    for box in form.fields["row"]:
        box.checked = True
    done = form.submit("action", value="validate")
    assert words(done).count("Done") == 2
    db.expire_all()
    assert {first.validation_status, second.validation_status} == {"valid"}


def test_what_waits_for_a_payment_is_not_ticked(db, login):
    customer = make_customer(db, make_company(db))
    make_invoice(db, customer, status="valid")
    page = login(make_user(db, roles={"accountant"})).get("/")
    assert page.html.select("[data-rows] tbody tr")
    assert not page.html.select("main input[type=checkbox], main .bulk")
