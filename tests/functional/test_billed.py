"""Invoices and credit notes in one list: page, files, JSON, moves, neighbours."""

import re

import pytest
from sqlalchemy import event

from tests.factories import (
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    make_member,
    make_user,
)
from tests.functional.test_query_plans import avoid, explained

STATEMENT = re.compile(r"^(SELECT|WITH)")


@pytest.fixture
def customer(db):
    return make_customer(db, make_company(db, name="Menuiserie Élan"))


@pytest.fixture
def invoice(db, customer):
    return make_invoice(db, customer, status="valid", lines=["100"], name="Roof")


@pytest.fixture
def note(db, invoice):
    return make_credit_note(db, invoice, status="wait")


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


def links(page):
    return [one["href"] for one in page.html.select("tbody a.rec")]


def test_both_are_listed_each_leading_to_its_own_page(db, customer, note, manager):
    make_estimation(db, customer)
    page = manager.get("/invoices/")
    assert links(page) == [
        f"/credit-notes/{note.id}/?of=invoices",
        f"/invoices/{note.invoice_id}/",
    ]
    assert "Credit note" in page.html.select_one("tbody tr").get_text()


@pytest.mark.parametrize(
    ("kind", "found"),
    [("invoice", ["invoices"]), ("cancelinvoice", ["credit-notes"])],
)
def test_one_kind_can_be_asked_for(note, manager, kind, found):
    page = manager.get(f"/invoices/?kind={kind}")
    assert [one.split("/")[1] for one in links(page)] == found
    rows = manager.get(f"/invoices/?kind={kind}&fmt=json").json["rows"]
    assert [one["url"].split("/")[1] for one in rows] == found


def test_the_sums_are_over_both(invoice, manager, db):
    make_credit_note(db, invoice, status="valid")
    found = manager.get("/invoices/?fmt=json").json
    assert found["count"] == 2
    assert {name: float(one) for name, one in found["totals"].items()} == {
        "ht": 0,
        "ttc": 0,
        "to_pay": 0,
    }
    assert found["rows"][0]["status"] == ["cancelinvoice"]


def test_files_hold_both(note, manager):
    lines = manager.get("/invoices/export.csv").text.splitlines()
    assert len(lines) == 3
    assert "Credit note" in lines[1]
    assert manager.get("/invoices/export.xlsx").status_int == 200


def test_pages_follow_one_another_over_both(db, invoice, customer, manager):
    for _ in range(45):
        make_invoice(db, customer, status="valid")
        make_credit_note(db, make_invoice(db, customer, status="valid"))
    page = manager.get("/invoices/?fmt=json&sort=-number").json
    rest = manager.get(page["next"]).json
    urls = [one["url"] for one in (*page["rows"], *rest["rows"])]
    assert len(set(urls)) == len(urls) == page["count"] == 136


def test_one_press_validates_both_with_a_result_for_each(db, customer, note, manager):
    draft = make_invoice(db, customer, status="wait")
    lacking = make_invoice(db, customer, status="draft", lines=[])
    ticked = [draft, note, lacking]
    token = manager.get("/invoices/").html.select_one("[name=csrf_token]")["value"]
    rows = [("row", f"{one.id}-{one.version}") for one in ticked]
    sent = [("csrf_token", token), ("action", "validate"), *rows]
    page = manager.post("/invoices/bulk", sent)
    db.expire_all()
    assert [one.validation_status for one in ticked] == ["valid", "valid", "draft"]
    assert f"/credit-notes/{note.id}/" in page
    assert note.invoice.paid_status == "resulted"


def test_an_estimation_that_is_ticked_all_the_same_is_not_found(
    db, customer, invoice, manager
):
    estimation = make_estimation(db, customer, status="wait")
    token = manager.get("/invoices/").html.select_one("[name=csrf_token]")["value"]
    row = f"{estimation.id}-{estimation.version}"
    sent = {"csrf_token": token, "action": "validate", "row": row}
    assert "1 row was not found" in manager.post("/invoices/bulk", sent)
    assert estimation.validation_status == "wait"


def test_the_pages_of_both_know_their_neighbours(db, invoice, note, manager):
    last = make_invoice(db, invoice.account, name="Last")
    here = manager.get("/invoices/?sort=number")
    found, asked = [], links(here)[0]
    while asked:
        page = manager.get(asked)
        found.append(asked.split("?")[0])
        following = page.html.select_one("a[data-neigh=']']")
        asked = following and following["href"]
    assert found == [
        f"/credit-notes/{note.id}/",
        f"/invoices/{last.id}/",
        f"/invoices/{invoice.id}/",
    ]
    alone = manager.get(f"/credit-notes/{note.id}/?from=sort%3Dnumber&of=nonsense")
    assert alone.html.select_one("a[data-neigh=']']") is None


def test_a_member_sees_those_of_the_company_only(db, note, login):
    stranger = make_credit_note(db, make_invoice(db, make_customer(db), status="valid"))
    member = login(make_member(db, note.company))
    found = member.get("/invoices/?fmt=json").json
    assert found["count"] == 2
    assert all(str(stranger.id) not in one["url"] for one in found["rows"])
    member.get(f"/invoices/{note.id}/", status=404)


ASKED = ("", "?kind=invoice&sort=-ttc", "?paid_status=open")


@pytest.mark.parametrize("asked", ASKED)
def test_a_page_is_read_in_the_order_of_an_index(asked, connection, note, manager):
    sorts = []

    def look(step, statement):
        if "LIMIT 81" in statement and re.search(r"Sort|TEMP B-TREE|^SCAN node", step):
            sorts.append((step, statement))

    avoid(connection, "seqscan", "bitmapscan", "sort")
    with explained(connection, look) as seen:
        manager.get(f"/invoices/{asked}")
    assert any("LIMIT 81" in one for one in seen)
    assert not sorts


def test_a_page_costs_as_many_statements_however_many_kinds(
    db, connection, invoice, customer, manager
):
    def asked():
        seen = []
        note = lambda *about: seen.append(about[2])  # noqa: E731
        event.listen(connection, "before_cursor_execute", note)
        manager.get("/invoices/")
        event.remove(connection, "before_cursor_execute", note)
        return len([one for one in seen if STATEMENT.match(one)])

    few = asked()
    for _ in range(20):
        make_credit_note(db, make_invoice(db, customer, status="valid"))
    assert asked() == few
