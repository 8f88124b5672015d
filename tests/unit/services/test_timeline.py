"""The timeline: everything in one order, a part at a time, as far as one may read."""

from datetime import timedelta
from itertools import count

import pytest

from endi_like.models.history import FieldChange
from endi_like.services import timeline, timeline_query
from endi_like.services.beside import Place
from endi_like.services.payments import Payments
from endi_like.services.streams import KINDS
from endi_like.services.timeline import Count, Key
from tests.factories import (
    AUTHOR,
    NOW,
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_mail,
    make_memo,
    make_user,
    move,
    pay,
    transitions,
)


@pytest.fixture
def reader(db):
    return make_user(db)


@pytest.fixture
def invoice(db):
    return make_invoice(db, make_customer(db))


def place_of(record):
    """Return where what belongs to an invoice or customer is kept."""
    caption = getattr(record, "caption", "")
    return Place(record.node.id, record.company_id, caption)


def change(db, node, minute=0, **columns):
    """Store one changed field."""
    defaults = {
        "node_id": node.id,
        "actor_id": AUTHOR,
        "at": NOW + timedelta(minutes=minute),
        "what": "task",
        "row": "",
        "field": "name",
        "before": "a",
        "after": "b",
    }
    if columns.get("what") == "stored_file":
        defaults["company_id"] = getattr(node, "company_id", None)
    row = FieldChange(**defaults | columns)
    db.add(row)
    db.flush()
    return row


def rich(db, author):
    """Return an invoice to which everything happened, a minute apart."""
    minutes = count(1)

    def at():
        return NOW + timedelta(minutes=next(minutes))

    invoice = make_invoice(db, make_customer(db))
    change(db, invoice, next(minutes))
    make_memo(db, invoice, author, at=at())
    make_mail(db, node_id=invoice.id, created_at=at())
    change(db, invoice, next(minutes), what="stored_file", field="1", before=None)
    change(db, invoice, next(minutes), what="payment", field="", before=None)
    return invoice


def kinds(db, record, reader, **asked):
    """Return the kinds of what one finds, the newest first."""
    page = timeline.read(db, place_of(record), reader.id, **asked)
    return [row.kind for row in page.rows]


def test_all_kinds_come_in_one_order_the_newest_first(db, reader):
    found = kinds(db, rich(db, reader), reader)
    assert found == ["payments", "files", "mails", "memos", "changes"]


def test_the_moves_of_a_document_are_among_them(db, reader, clock, invoice):
    clock.advance(minutes=1)
    move(db, invoice, "submit")
    clock.advance(minutes=1)
    change(db, invoice, minute=2)
    assert kinds(db, invoice, reader) == ["changes", "moves"]


@pytest.mark.parametrize("kind", KINDS)
def test_one_kind_is_found_alone(kind, db, reader, clock):
    invoice = rich(db, reader)
    move(db, invoice, "submit")
    assert kinds(db, invoice, reader, kind=kind) == [kind]


def test_that_the_paper_is_fixed_along_with_it_goes_without_saying(db, reader):
    invoice = make_invoice(db, make_customer(db), status="valid")
    page = timeline.read(db, place_of(invoice), reader.id)
    assert [row.field for row in page.rows] == ["validate", "submit"]


def test_payments_and_their_corrections_are_of_one_kind(db, reader):
    invoice = make_invoice(db, make_customer(db), status="valid")
    pay(db, invoice, "10")
    change(db, invoice, 1, what="payment", field="amount")
    assert kinds(db, invoice, reader, kind="payments") == ["payments"] * 2
    assert kinds(db, invoice, reader, kind="changes") == []


def test_what_happened_to_others_is_not_there(db, reader, invoice):
    rich(db, reader)
    assert kinds(db, invoice, reader) == []


@pytest.mark.parametrize("most", [1, 2, 3, 7])
def test_every_part_goes_on_where_the_one_before_ended(most, db, reader, invoice):
    for at in range(10):
        change(db, invoice, minute=at // 4)
        make_memo(db, invoice, reader, at=NOW + timedelta(minutes=at // 3))
        make_mail(db, node_id=invoice.id, created_at=NOW)
    place, before, found = place_of(invoice), None, []
    while True:
        page = timeline.read(db, place, reader.id, before=before, most=most)
        found += [(row.at, row.stream, row.id) for row in page.rows]
        assert len(page.rows) <= most
        if page.older is None:
            break
        before = Key.read(str(page.older))
    assert len(found) == len(set(found)) == 30
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "1", "1-1", "1-1-1-1", "-1-1", "1--1", "1-1-", "1.5-1-1", "٣-1-1"),
        *("9" * 30 + "-1-1", "9" * 500 + "-1-1", "1-1-" + "9" * 500, "1 -1-1"),
    ],
)
def test_what_is_no_key_is_none(text):
    assert Key.read(text) is None


def test_a_key_is_read_as_it_was_written():
    key = Key(NOW + timedelta(microseconds=1), 4, 12)
    assert Key.read(str(key)) == key
    assert Key.read("0-99999999999-99999999999").id == 2**31 - 1


def test_pinned_memos_are_on_top_and_not_repeated(db, reader, invoice):
    old = make_memo(db, invoice, reader, pinned=True)
    for minute in range(1, 6):
        change(db, invoice, minute)
    page = timeline.read(db, place_of(invoice), reader.id, most=3)
    assert [row.id for row in page.pinned] == [old.id]
    assert len(page.rows) == 3
    later = timeline.read(db, place_of(invoice), reader.id, most=3, before=page.older)
    assert (later.pinned, len(later.rows), later.older) == ([], 2, None)


READING = """
                    me   other file
shared              yes  yes   yes
shared,pinned       yes  yes   yes
private             yes  no    no
private,pinned      yes  no    no
removed             yes  no    no
private,removed     yes  no    no
"""
"""In whose timeline a memo of mine is, and whether it is in a file that I fetch."""


@pytest.mark.parametrize("row", READING.strip().splitlines()[1:])
def test_a_private_memo_is_in_nobody_elses_timeline(row, db, invoice, reader):
    kind, *expected = row.split()
    columns = {
        "shared": {},
        "private": {"private": True},
        "pinned": {"pinned": True},
        "removed": {"removed_at": NOW},
    }
    said = {}
    for word in kind.split(","):
        said |= columns[word]
    make_memo(db, invoice, reader, **said)
    place = place_of(invoice)
    found = []
    for one in (reader, make_user(db)):
        page = timeline.read(db, place, one.id)
        found.append([*page.pinned, *page.rows])
    found.append(list(timeline.every(db, place)))
    assert ["yes" if rows else "no" for rows in found] == expected


def test_nobody_elses_private_memo_is_counted(db, invoice, reader):
    make_memo(db, invoice, reader, private=True)
    make_memo(db, invoice, reader, private=True, removed_at=NOW)
    make_memo(db, invoice, reader)
    place = place_of(invoice)
    people = reader.id, make_user(db).id
    found = [timeline.read(db, place, one).counts["memos"] for one in people]
    assert found == [Count(2), Count(1)]


def test_each_entry_is_counted_once(db, reader):
    invoice = rich(db, reader)
    for field in ("date", "notes"):
        change(db, invoice, 30, field=field)
    for _ in range(3):
        change(db, invoice, 31, what="payment", field="", before=None)
    move(db, invoice, "submit")
    assert timeline.read(db, place_of(invoice), reader.id).counts == {
        "moves": Count(1),
        "changes": Count(2),
        "memos": Count(1),
        "mails": Count(1),
        "files": Count(1),
        "payments": Count(4),
    }


def test_counting_stops_where_a_page_would_become_slow(
    db, reader, invoice, monkeypatch
):
    timeline_query.statement.cache_clear()
    for module in (timeline, timeline_query):
        monkeypatch.setattr(module, "COUNTED", 3)
    for minute in range(5):
        change(db, invoice, minute)
    make_memo(db, invoice, reader)
    found = timeline.read(db, place_of(invoice), reader.id).counts
    timeline_query.statement.cache_clear()
    assert found["changes"] == Count(4, more=True)
    assert found["files"] == Count(0, more=True)
    assert found["memos"] == Count(1)
    assert found["moves"] == Count(0)


def test_a_file_holds_all_there_is_a_batch_at_a_time(db, reader, invoice, monkeypatch):
    monkeypatch.setattr(timeline, "BATCH", 4)
    for minute in range(10):
        change(db, invoice, minute)
    make_memo(db, invoice, reader, pinned=True, at=NOW + timedelta(minutes=3))
    found = [row.at for row in timeline.every(db, place_of(invoice))]
    assert len(found) == 11
    assert found == sorted(found, reverse=True)
    (memo,) = timeline.every(db, place_of(invoice), "memos")
    assert memo.kind == "memos"


def test_each_company_has_its_own_past_with_a_customer_of_both(db, reader):
    entity = make_entity(db)
    here, there = (make_customer(db, make_company(db), entity=entity) for _ in range(2))
    change(db, entity, 1, what="entity")
    for minute, account in ((2, here), (3, there)):
        mine = {"company_id": account.company_id, "row": account.caption}
        change(db, entity, minute, what="credit_account", field="number", **mine)
        change(db, entity, minute, what="stored_file", field="1", **mine)
        make_memo(db, account, reader)
        make_mail(db, node_id=entity.id, company_id=account.company_id)
    make_mail(db, node_id=entity.id)
    # a company may be called otherwise later, and another one may be called like it
    here.company.code, there.company.code = "NEW", here.company.code
    db.flush()
    for account in (here, there):
        found = kinds(db, account, reader)
        assert sorted(found) == [*["changes"] * 3, "files", "mails", "memos"]
        told = timeline.read(db, place_of(account), reader.id).counts
        assert (told["changes"], told["mails"]) == (Count(3), Count(1))


def test_a_mail_of_another_company_is_not_told(db, reader, invoice):
    make_mail(db, node_id=invoice.id, company_id=make_company(db).id)
    make_mail(db, node_id=invoice.id, company_id=invoice.company_id)
    make_mail(db, node_id=invoice.id)
    make_mail(db)
    assert kinds(db, invoice, reader) == ["mails", "mails"]


def test_what_follows_stands_above_what_it_follows_from(db, reader, clock):
    clock.tick = timedelta(milliseconds=2)
    invoice = make_invoice(db, make_customer(db), status="valid")
    pay(db, invoice, "10")
    payment = pay(db, invoice)
    found = timeline.read(db, place_of(invoice), reader.id).rows
    told = [(row.kind, row.field or row.what) for row in found]
    part = [("moves", "part_pay"), ("payments", "payment")]
    assert told[:4] == [("moves", "settle"), ("payments", "payment"), *part]
    Payments(transitions(db)).remove(payment)
    found = timeline.read(db, place_of(invoice), reader.id).rows
    assert [row.kind for row in found[:2]] == ["moves", "payments"]
