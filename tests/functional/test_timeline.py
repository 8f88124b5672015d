"""The timeline of a record: every kind in one order, filtered, paged, and as a file."""

import csv
import io
from datetime import timedelta

import pytest

from endi_like.models.history import FieldChange
from endi_like.services.timeline import SHOWN
from tests.factories import (
    NOW,
    make_invoice,
    make_mail,
    make_member,
    make_memo,
    make_mode,
    make_user,
    move,
    pay,
)
from tests.functional.programs import Program

KINDS = ["moves", "changes", "memos", "mails", "files", "payments"]


@pytest.fixture
def invoice(db, customer, author, clock):
    """An invoice to which something of each kind happened, but for files."""
    invoice = make_invoice(db, customer, name="Repairs")
    clock.advance(minutes=1)
    invoice.name = "=Repairs of the roof"
    db.flush()
    for action in ("submit", "validate"):
        clock.advance(minutes=1)
        move(db, invoice, action)
    clock.advance(minutes=1)
    pay(db, invoice, "10", mode_id=make_mode(db).id)
    make_memo(db, invoice, author, text="=1+1\nin two lines", at=clock())
    make_mail(
        db,
        node_id=invoice.id,
        company_id=invoice.company_id,
        subject="Your invoice",
        recipient="town@example.org",
        state="refused",
        error="550 No such person",
        created_at=clock(),
    )
    return invoice


def url(invoice, query=""):
    return f"/invoices/{invoice.id}/{query}"


def told(page):
    """Return the first sentence of each entry of the timeline, the newest first."""
    return [one.text for one in page.html.select(".timeline > li > p:first-of-type")]


def tabs(page):
    """Return the kinds that are offered, with their numbers."""
    found = page.html.select("aside .tabs a")
    return {one.contents[0].strip(): one.select_one(".n") for one in found}


def test_everything_stands_in_one_order(invoice, member):
    lines = told(member.get(url(invoice)))
    assert lines[0] == "Memo of Claire Delmas"
    assert lines[1] == "Mail to town@example.org: Your invoice"
    assert "recorded a payment" in lines[-5]
    assert lines[-4:] == [
        "Ada Author: Validate",
        "Ada Author: Ask for validation",
        "Ada Author changed it",
        "Written by Ada Author",
    ]


def test_a_refused_recipient_is_seen_on_the_timeline(invoice, member):
    page = member.get(url(invoice))
    line = page.html.find("p", string="Mail to town@example.org: Your invoice").parent
    assert "Recipient refused" in line.text
    assert line.find("blockquote").text == "550 No such person"
    assert line.find("a") is None


def test_who_may_open_mails_finds_them_from_there(db, invoice, login):
    boss = login(make_user(db, roles={"admin", "manager"}))
    page = boss.get(url(invoice))
    link = page.html.find("a", string="Mail to town@example.org: Your invoice")
    assert "Your invoice" in boss.get(link["href"]).text


def test_each_kind_says_how_many_there_are_and_is_shown_alone(invoice, member):
    page = member.get(url(invoice))
    numbers = {name: n and n.text for name, n in tabs(page).items()}
    assert numbers["All"] is None
    assert (numbers["Changes"], numbers["Memos"], numbers["Mails"]) == ("1", "1", "1")
    assert numbers["Payments"] == "1"
    assert int(numbers["Status"]) == len(told(member.get(url(invoice, "?shown=moves"))))
    assert "Files" not in numbers

    alone = page.click("^Memos")
    assert told(alone) == ["Memo of Claire Delmas"]
    assert alone.html.select_one(".tabs a[aria-current]").text.startswith("Memos")


@pytest.mark.parametrize(
    "query",
    [
        *("?shown=x", "?shown=", "?before=x", "?before=1-2"),
        *("?before=99999999999999999999-1-1", "?shown=MOVES", "?before=-1-1-1"),
    ],
)
def test_nonsense_in_the_address_is_not_heard(query, invoice, member):
    assert told(member.get(url(invoice, query))) == told(member.get(url(invoice)))


def test_of_an_empty_kind_the_page_says_so(invoice, member):
    page = member.get(url(invoice, "?shown=files"))
    assert told(page) == []
    assert "Nothing of this kind yet." in page.text


def test_the_way_back_to_one_s_list_stays_in_the_address(invoice, member):
    page = member.get(url(invoice, "?from=validation_status%3Dvalid"))
    for link in page.html.select("aside .tabs a"):
        assert "from=validation_status%3Dvalid" in link["href"]
        assert link["href"].endswith("#timeline")


def test_what_is_older_is_a_page_further(invoice, member, author, db, clock):
    later = [clock() + timedelta(minutes=at) for at in range(1, SHOWN + 21)]
    for at, moment in enumerate(later):
        make_memo(db, invoice, author, text=f"Memo {at}", at=moment)
    top = make_memo(db, invoice, author, text="On top", pinned=True, at=NOW)
    page = member.get(url(invoice))
    assert len(told(page)) == SHOWN + 1
    assert "Back to the newest" not in page.text

    older = page.click("Show older entries")
    assert told(older)[-1] == "Written by Ada Author"
    assert top.text not in older.text
    assert "Show older entries" not in older.text
    assert told(page)[1:] + told(older) == [
        *["Memo of Claire Delmas"] * (SHOWN + 20),
        *told(member.get(url(invoice, "?before=" + key(clock)))),
    ]
    assert told(older.click("Back to the newest")) == told(page)


def key(clock):
    """Return the key before which the first memo is."""
    return f"{int((clock() + timedelta(seconds=1)).timestamp() * 10**6)}-9-9"


def rows_of(answer, delimiter=","):
    """Return the lines of a CSV file."""
    text = answer.body.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=delimiter))


def test_the_timeline_is_a_file_too(invoice, member):
    page = member.get(url(invoice))
    answer = page.click(href="export.csv")
    head, *rows = rows_of(answer)
    assert head == [
        *("Time (UTC)", "Kind", "Who", "What happened"),
        *("Field", "Before", "After", "Text"),
    ]
    assert len(rows) == len(told(page))
    memo, mail = rows[0], rows[1]
    assert memo[1:4] == ["Memos", "Claire Delmas", "Memo of Claire Delmas"]
    assert memo[7] == "'=1+1\nin two lines"
    assert mail[3] == "Mail to town@example.org: Your invoice"
    assert mail[6:] == ["Recipient refused", "550 No such person"]
    changed = next(row for row in rows if row[1] == "Changes")
    assert changed[4:7] == ["Name", "Repairs", "'=Repairs of the roof"]
    assert rows[-1][3] == "Written by Ada Author"
    filled_in = {row[1] for row in rows for cell in row[5:7] if cell}
    assert filled_in == {"Mails", "Status", "Changes"}, "the others have no before"
    assert "None" not in {cell for row in rows for cell in row}
    assert f"timeline-{invoice.id}-" in answer.headers["Content-Disposition"]


def test_what_is_attached_and_the_subject_of_a_memo_stand_in_the_file(
    db, invoice, author, member
):
    make_memo(db, invoice, author, subject="Roof", text="Call back")
    filed = {"what": "stored_file", "field": "1", "before": "", "after": "plan.pdf"}
    named = {"what": "node", "field": "name", "before": None, "after": "Roof"}
    by = {"node_id": invoice.id, "company_id": invoice.company_id, "row": ""}
    for one in (filed, named):
        db.add(FieldChange(at=NOW, actor_id=author.id, **by, **one))
    db.flush()
    _head, *rows = rows_of(member.get(url(invoice, "timeline/export.csv")))
    assert "Roof\nCall back" in {row[7] for row in rows}
    assert [row[4:] for row in rows if row[1] == "Files"] == [["", "", "", ""]]
    assert ["Name", "", "Roof", ""] in [row[4:] for row in rows]


def test_the_file_holds_the_kind_that_is_shown(invoice, member):
    answer = member.get(url(invoice, "?shown=memos")).click(href="export.csv")
    assert [row[1] for row in rows_of(answer)[1:]] == ["Memos"]


@pytest.mark.parametrize(("language", "kind"), [("fr", "Mémos"), ("de", "Notizen")])
def test_the_file_is_for_the_spreadsheets_of_its_reader(
    language, kind, db, company, invoice, login
):
    reader = login(make_member(db, company, language=language))
    rows = rows_of(reader.get(url(invoice, "timeline/export.csv")), ";")
    assert rows[1][1] == kind
    payment = next(row for row in rows if "10,00" in row[3])
    assert len(payment) == 8


def test_a_program_is_told_what_is_stored(app, db, author, invoice):
    program = Program(app, db, author)
    found = program.get(url(invoice, "timeline/")).json
    memo, mail = found["entries"][:2]
    assert memo["text"] == "=1+1\nin two lines"
    assert memo["url"] == url(invoice, f"memos/{memo['id']}/")
    assert (mail["state"], mail["recipient"]) == ("refused", "town@example.org")
    assert "url" not in mail
    move = next(one for one in found["entries"] if one.get("action") == "submit")
    assert (move["old"], move["new"], move["who"]) == ("draft", "wait", "Ada Author")
    change = next(one for one in found["entries"] if one["kind"] == "changes")
    assert (change["field"], change["before"]) == ("name", "Repairs")
    assert found["counts"]["memos"] == 1
    assert found["before"] is None
    only = program.get(url(invoice, "timeline/?shown=mails")).json
    assert [one["kind"] for one in only["entries"]] == ["mails"]


def test_a_person_is_led_to_the_timeline_of_the_page(invoice, member):
    answer = member.get(url(invoice, "timeline/?shown=memos"), status=303)
    assert answer.location.endswith(url(invoice, "?shown=memos#timeline"))


TABLE = """
           page  json  csv
member     200   200   200
manager    200   200   200
accountant 200   200   200
auditor    200   200   200
admin      404   404   404
nobody     404   404   404
"""


@pytest.mark.parametrize("row", TABLE.strip().splitlines()[1:])
def test_A2_who_sees_the_record_sees_its_timeline(row, db, company, invoice, login):
    who, *expected = row.split()
    roles = {who} - {"member", "nobody"}
    user = make_member(db, company) if who == "member" else make_user(db, roles=roles)
    browser = login(user)
    found = [
        browser.get(url(invoice, path), status="*").status_int
        for path in ("", "timeline/?fmt=json", "timeline/export.csv")
    ]
    assert [str(one) for one in found] == expected
    browser.get(url(invoice, "timeline/export.csv")[:-1], status=404)


def test_what_is_in_the_bin_keeps_its_timeline(db, customer, member):
    binned = make_invoice(db, customer, deleted_at=NOW)
    member.get(url(binned, "timeline/?fmt=json"))
    assert "Written by" in member.get(url(binned)).text
    assert "export.csv" not in member.get(url(binned)).text
