"""Memos of a record: written, pinned, changed, removed and put back, by whom."""

import pytest
from sqlalchemy import select

from endi_like.models.contacts import Customer
from endi_like.models.memos import Memo
from endi_like.models.sales import Invoice
from tests.factories import (
    NOW,
    make_company,
    make_invoice,
    make_member,
    make_memo,
    make_user,
)
from tests.functional.kinds import KEPT_TOGETHER, address_of
from tests.functional.pages import post, save, token
from tests.functional.programs import Program

EVIL = "<script>x7()</script>\n{{7331*3}} =1+1\n\n  last line"


@pytest.fixture
def invoice(db, customer):
    return make_invoice(db, customer, status="valid")


@pytest.fixture
def colleague(db, company, login):
    return login(make_member(db, company))


@pytest.fixture(params=KEPT_TOGETHER)
def kept(request):
    """A record that has memos."""
    return request.getfixturevalue(KEPT_TOGETHER[request.param])


@pytest.fixture
def record(request, kept):
    """The address of that record."""
    return address_of(kept)


def write(browser, record, text="Call back on Monday", **ticked):
    """Fill in the small form of a record page, and return the page it leads to."""
    page = browser.get(record)
    form = next(one for one in page.forms.values() if "memos/add" in one.action)
    form["text"] = text
    for name in ticked:
        form[name] = True
    return form.submit("action", status=303).follow()


def memo_of(page, text="Call back on Monday"):
    """Return the line of a memo, if the page shows it."""
    lines = page.html.select(".timeline li")
    return next((one for one in lines if one.find("blockquote", string=text)), None)


def press(page, name, status=303):
    """Press a button of the only memo of a page."""
    form = next(one for one in page.forms.values() if one.action.endswith(f"/{name}"))
    return form.submit(status=status)


def test_a_memo_is_written_on_the_record_page_and_read_by_others(
    record, member, colleague
):
    page = write(member, record)
    assert "The memo is written." in page.text
    assert "Memo of Claire Delmas" in memo_of(page).text
    assert memo_of(colleague.get(record))


def test_a_private_memo_is_read_by_nobody_else(record, member, colleague, db, login):
    page = write(member, record, private=True)
    assert "only you see it" in memo_of(page).text
    manager = login(make_user(db, roles={"manager", "admin", "auditor"}))
    memo = db.scalars(select(Memo)).one()
    for browser in (colleague, manager):
        page = browser.get(record)
        assert "Call back" not in page.text
        assert "shown=memos" not in page.text
        asked = browser.get(f"{record}timeline/?fmt=json")
        assert "Call back" not in asked.text
        assert asked.json["counts"]["memos"] == 0
        assert "Call back" not in browser.get(f"{record}timeline/export.csv").text
        browser.get(f"{record}memos/{memo.id}/", status=404)
        for name in ("edit", "pin", "unpin", "remove", "restore"):
            answer = post(browser, f"{record}memos/{memo.id}/{name}", {}, status=404)
            assert "Call back" not in answer.text
    assert "Call back" not in member.get(f"{record}timeline/export.csv").text


def test_what_is_typed_is_shown_as_text_with_its_lines(record, member):
    page = write(member, record, EVIL)
    assert memo_of(page, EVIL)
    assert memo_of(page, EVIL).find("blockquote")["class"] == ["pre"]
    assert "<script>x7" not in page.text
    assert "21993" not in page.text


def test_a_pinned_memo_stays_on_top_until_it_is_unpinned(
    record, member, colleague, db, clock
):
    write(member, record, pinned=True)
    clock.advance(hours=1)
    page = write(colleague, record, "Something newer")
    assert "Call back" in page.html.select_one(".pinned").text
    assert len(page.html.find_all("blockquote", string="Call back on Monday")) == 1

    page = press(page, "unpin").follow()
    assert "The memo is no longer pinned." in page.text
    assert page.html.select_one(".pinned") is None
    texts = [one.text for one in page.html.select(".timeline blockquote")]
    assert texts[:2] == ["Something newer", "Call back on Monday"]

    first = db.scalars(select(Memo).order_by(Memo.id)).first()
    post(colleague, f"{record}memos/{first.id}/pin", {})
    assert "Call back" in member.get(record).html.select_one(".pinned").text


def test_one_changes_one_s_own_memo_and_it_says_so(record, member, clock):
    page = write(member, record)
    clock.advance(hours=1)
    edit = member.get(memo_of(page).select_one("a[href$=edit]")["href"])
    form = next(one for one in edit.forms.values() if "text" in one.fields)
    assert form["text"].value.strip() == "Call back on Monday"
    form["text"] = "Call back on Tuesday"
    form["private"] = True
    page = form.submit("action", status=303).follow()
    line = memo_of(page, "Call back on Tuesday")
    assert "The memo is changed." in page.text
    assert "changed on 20 Nov 2026" in line.text
    assert "only you see it" in line.text


def test_two_pages_of_the_same_memo_do_not_overwrite_one_another(record, member):
    page = write(member, record)
    address = memo_of(page).select_one("a[href$=edit]")["href"]
    first, second = member.get(address), member.get(address)
    for edit, text, status in ((first, "First", 303), (second, "Second", 409)):
        form = next(one for one in edit.forms.values() if "text" in one.fields)
        form["text"] = text
        answer = form.submit("action", status=status)
    assert "Second" in answer.text
    assert "First" in answer.text


def test_a_removed_memo_is_gone_for_others_and_comes_back(record, member, colleague):
    page = press(write(member, record), "remove").follow()
    assert "You removed a memo" in page.text
    assert memo_of(page) is None
    assert "removed a memo" not in colleague.get(record).text
    assert memo_of(colleague.get(record)) is None

    page = press(page, "restore").follow()
    assert memo_of(page)
    assert memo_of(colleague.get(record))


def test_a_memo_without_words_or_with_too_many_is_refused_and_kept(record, member, db):
    page = member.get(record)
    form = next(one for one in page.forms.values() if "memos/add" in one.action)
    for text, sentence in ((" ", "Please fill this in."), ("x" * 5001, "5000 fit")):
        form["text"] = text
        answer = form.submit("action", status=422)
        assert sentence in answer.text
        assert answer.html.find("textarea", attrs={"name": "text"}).text.strip() == (
            text.strip()
        )
    assert db.scalars(select(Memo)).all() == []


def test_a_form_sent_twice_writes_one_memo(record, member, db):
    page = member.get(record)
    form = next(one for one in page.forms.values() if "memos/add" in one.action)
    form["text"] = "Once"
    form.submit("action", status=303)
    again = form.submit("action", status=303).follow()
    assert "nothing was done twice" in again.text
    assert len(db.scalars(select(Memo)).all()) == 1


def test_a_locked_invoice_has_memos_and_stays_what_it_was(invoice, member, db):
    version, stamp = invoice.version, invoice.updated_at
    write(member, f"/invoices/{invoice.id}/", pinned=True)
    assert (invoice.version, invoice.updated_at) == (version, stamp)


def test_who_edits_the_invoice_is_not_told_that_somebody_was_faster(
    db, customer, member, colleague
):
    draft = make_invoice(db, customer)
    edit = member.get(f"/invoices/{draft.id}/edit")
    write(colleague, f"/invoices/{draft.id}/")
    save(edit, name="A new name")


def test_what_is_in_the_bin_is_read_and_not_written_on(db, customer, author, member):
    binned = make_invoice(db, customer, deleted_at=NOW)
    make_memo(db, binned, author)
    page = member.get(f"/invoices/{binned.id}/")
    assert memo_of(page)
    assert "memos/add" not in page.text
    assert page.html.select(".memo-moves") == []
    post(member, f"/invoices/{binned.id}/memos/add", {"text": "x"}, status=403)


TABLE = """
           read  write edit  pin  remove
author     200   303   303   303  303
colleague  200   303   403   303  403
manager    200   303   403   303  403
accountant 200   303   403   303  403
auditor    200   403   403   403  403
admin      404   404   404   404  404
elsewhere  404   404   404   404  404
nobody     404   404   404   404  404
"""
"""What each person is answered about a shared memo of the author's."""


@pytest.fixture
def people(db, author, company, login):
    roles = ("manager", "accountant", "auditor", "admin")
    users = {
        "author": author,
        "colleague": make_member(db, company),
        "elsewhere": make_member(db, make_company(db)),
        "nobody": make_user(db),
        **{role: make_user(db, roles={role}) for role in roles},
    }
    return {name: login(user) for name, user in users.items()}


@pytest.mark.parametrize("row", TABLE.strip().splitlines()[1:])
def test_A2_who_may_do_what_with_memos(row, kept, record, people, db, author):
    who, *expected = row.split()
    if who == "accountant" and not isinstance(kept, Customer | Invoice):
        expected = ["200", "403", "403", "403", "403"]  # who only looks at these
    browser = people[who]
    memo = make_memo(db, kept, author)
    base, csrf = f"{record}memos/{memo.id}/", token(browser)

    def status(address, **values):
        sent = {"csrf_token": csrf, "action": "save", **values}
        return browser.post(address, sent, status="*").status_int

    changed = {"text": "Changed", "version": memo.version}
    found = [
        browser.get(f"{base}?fmt=json", status="*").status_int,
        status(f"{record}memos/add", text="Written"),
        status(f"{base}edit", **changed),
        status(f"{base}pin"),
        status(f"{base}remove"),
    ]
    assert [str(one) for one in found] == expected


def test_a_program_writes_reads_changes_and_removes_memos(app, db, author, record):
    program = Program(app, db, author)
    made = program.post(f"{record}memos/add", {"text": "From outside"}, status=201).json
    memo = program.get(made["url"]).json
    assert (memo["text"], memo["private"]) == ("From outside", False)
    assert memo["mine"]

    changed = {"version": memo["version"], "private": True}
    program.post(f"{made['url']}edit", changed, status=200)
    memo = program.get(made["url"]).json
    assert (memo["text"], memo["private"]) == ("From outside", True)

    errors = program.post(f"{record}memos/add", {"text": ""}, status=422).json
    assert list(errors["errors"]) == ["text"]
    program.post(f"{made['url']}remove", {}, status=200)
    assert program.get(made["url"]).json["removed_at"]


def test_a_token_that_may_only_look_writes_no_memo(app, db, author, record):
    program = Program(app, db, author, read_only=True)
    program.post(f"{record}memos/add", {"text": "x"}, status=403)
    assert program.get(f"{record}timeline/").json["counts"]["memos"] == 0


def test_the_memo_of_another_record_is_not_here(db, author, customer, member, invoice):
    other = make_memo(db, make_invoice(db, customer), author)
    member.get(f"/invoices/{invoice.id}/memos/{other.id}/", status=404)
    for nonsense in ("x", "0", "-1", "9" * 30, "1.0"):
        member.get(f"/invoices/{invoice.id}/memos/{nonsense}/", status=404)
