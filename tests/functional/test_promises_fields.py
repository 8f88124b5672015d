"""Promises about single fields: impossible values, foreign fields, doubled fields."""

import json
import unicodedata
from contextlib import contextmanager
from datetime import date
from itertools import product

import colander
import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Date, String, Text, select

from endi_like.db import Base
from endi_like.forms.sales import InvoiceSchema
from endi_like.models.sales import Invoice
from endi_like.models.types import Money, Quantity
from endi_like.money import MAX_AMOUNT
from tests.functional.hostile import (
    DAYS,
    NUMBERS,
    TEXTS,
    crawl,
    everything,
    insist,
    send,
    shared_out,
    sheets,
)
from tests.functional.programs import Program

WRITTEN = (
    *("node", "task", "line_group", "task_line", "discount_line", "post_tax_line"),
    *("vat_total", "invoice", "payment", "payment_part", "organisation"),
)
"""The tables that the forms tried here write to."""

BLANK = {"", " ", "\t", "\n", "\r\n", "\x85", "\u2028"}
POSSIBLE_NUMBERS = {
    *("-0", "-1", "0", "1", ".5", "0.00001", "1 000", "1\u202f000", "2147483648"),
    *("20261120", "99999999999.99", "-99999999999.99"),
}
POSSIBLE_DAYS = {"1990-01-01", "2026-02-28", "2026-11-20", "2100-12-31"}
IMPOSSIBLE_TEXTS = {
    *("\x00", "a\x00b", "\x1b[31m", "\x7f", "\ud800", "\udfff\ud800", "\ufffe"),
    *("\uffff", "\U0010ffff", "\u202ecod.exe", "\u2066x\u2069", "x" * 11_000),
}
JSON_VALUES = (
    *("null", "true", "-1", "0", "1.5", "1e399", "9" + "0" * 30, "[]", "{}", "[[]]"),
    *('"NaN"', '"\\u0000"', '"\\ud800"', '{"a": [1]}', '[null, {"id": -1}]'),
)

pytestmark = pytest.mark.shared_out

MARK = '"here"'
ALLOWED_SIGNS = "\n\t"


@pytest.fixture
def everybody(db, login):
    """Return the browser of somebody who may do everything there is."""
    return login(everything(db))


def first(db, status):
    """Return the address of an invoice in that state."""
    query = select(Invoice.id).where(Invoice.validation_status == status)
    return f"/invoices/{db.scalars(query.order_by(Invoice.id)).first()}/"


def sentence(answer):
    """Return what a refusal says, in words."""
    soup = BeautifulSoup(answer.text, "html.parser")
    said = soup.select_one(".err-summary") or soup.find("main") or soup.body
    return said.get_text(" ", strip=True)


def is_impossible(kind, value):
    """Tell whether no form of ours may have let a value in."""
    if value is None:
        return False
    if isinstance(kind, Money | Quantity):
        return not (value.is_finite() and abs(value) <= 10 * MAX_AMOUNT)
    if isinstance(kind, Date):
        return not date(1990, 1, 1) <= value <= date(2101, 12, 31)
    if isinstance(kind, String | Text):
        too_long = kind.length is not None and len(value) > kind.length
        return too_long or not all(map(is_printable, value))
    return False


def is_printable(sign):
    return unicodedata.category(sign) not in ("Cc", "Cs") or sign in ALLOWED_SIGNS


def impossible(db):
    """Return every stored value of documents that none of our forms may let in."""
    found = []
    for name in WRITTEN:
        table = Base.metadata.tables[name]
        for row in db.execute(select(table)).mappings():
            found += [
                (name, column.name, row[column.name])
                for column in table.columns
                if is_impossible(column.type, row[column.name])
            ]
    return found


@contextmanager
def undone(db):
    """Undo whatever is stored within."""
    around = db.begin_nested()
    db.connection()  # it begins where it is first used
    yield
    around.rollback()


def try_all(db, browser, page):
    """Type every value into every control of a form, one value at a time.

    Return for each kind of control which values were taken.
    """
    taken = {}
    sheet = next(sheets(browser.get(page)))
    for value in (*NUMBERS, *DAYS, *shared_out(db, TEXTS)):
        with undone(db):
            answer, typed = insist(browser, sheet, lambda _at, _one, text=value: [text])
            assert answer.status_int in (303, 400, 422), (
                value,
                sentence(answer),
                typed,
            )
            assert answer.status_int == 303 or len(sentence(answer)) > 20, value
            assert impossible(db) == [], value
        if answer.status_int == 303:
            for at in typed:
                taken.setdefault(sheet.controls[at].kind, set()).add(value)
    return taken


@pytest.mark.parametrize("page", ["draft edit", "valid payment"])
def test_I10_impossible_values_are_refused_and_never_stored(db, everybody, page):
    status, view = page.split()

    taken = try_all(db, everybody, first(db, status) + view)

    assert taken["number"] <= POSSIBLE_NUMBERS | BLANK
    assert taken["day"] <= POSSIBLE_DAYS | BLANK
    assert taken["text"].isdisjoint(IMPOSSIBLE_TEXTS)
    assert min(map(len, taken.values())) > 1


def test_I10_impossible_values_of_json_are_refused_and_never_stored(db, app):
    program = Program(app, db, everything(db))
    address = first(db, "draft")
    version = program.get(address).json["version"]
    bodies = [
        json.dumps({"version": version, **one}) for one in places(InvoiceSchema())
    ]
    assert len(bodies) > 30
    for body, value in shared_out(db, product(bodies, JSON_VALUES)):
        with undone(db):
            sent = body.replace(MARK, value)
            answer = program.send(f"{address}edit", sent.encode())
            assert answer.status_int in (200, 400, 422), (sent, answer.text)
            assert answer.status_int == 200 or len(answer.text) > 20
            assert impossible(db) == [], sent


def places(node):
    """Yield what a program may send, with a mark where the value of a field is."""
    if isinstance(node.typ, colander.Sequence):
        yield [json.loads(MARK)]
        yield from ([inner] for inner in places(node.children[0]))
    elif isinstance(node.typ, colander.Mapping):
        for child in node.children:
            yield {child.name: json.loads(MARK)}
            yield from ({child.name: inner} for inner in places(child))


def forms(browser):
    """Return one form of each kind that can be sent as it stands."""
    found = {}
    for page in crawl(browser).values():
        if page.content_type == "text/html":
            for sheet in sheets(page):
                found.setdefault(sheet.key, sheet)
    return list(found.values())


MEANWHILE = {"version", "updated_at", "updated_by_id", "search_key", "sort_name"}
APART = {
    "user_session",
    "field_change",
    "administration_change",
    "login_attempt",
    "job",
    "counter",
    "api_token",
}
DRAWN = {("mail_wording", "id")}
"""Rows that the first saving makes, under an id that a sequence gives once only."""
FOREIGN = "4711"
SEVERAL = {"file"}
"""What may be sent more than once."""


def snapshot(db):
    """Return what is stored, without what changes with every saving."""
    tables = (one for one in Base.metadata.sorted_tables if one.name not in APART)
    return {
        table.name: [
            {
                key: value
                for key, value in row.items()
                if key not in MEANWHILE and (table.name, key) not in DRAWN
            }
            for row in db.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in tables
    }


def test_I11_only_what_a_form_offers_is_stored(db, everybody):
    tables = Base.metadata.sorted_tables
    columns = {column.name for table in tables for column in table.columns}
    edits = [one for one in forms(everybody) if one.address.endswith("/edit")]
    assert len(edits) > 10
    for sheet in shared_out(db, edits):
        more = [(name, FOREIGN) for name in sorted(columns - named(sheet))]
        stored = []
        for pairs in (sheet.body({}), sheet.body({}) + more):
            with undone(db):
                answer = send(everybody, sheet.address, pairs)
                assert answer.status_int in (303, 422), sentence(answer)
                stored.append(snapshot(db))
        assert stored[0] == stored[1], sheet.address


def named(sheet):
    """Return the names of what a form offers, those of its lists included."""
    marks = {str(one.value).partition(":")[0] for one in sheet.controls}
    return {one.name for one in sheet.controls} | marks | {"action"}


def test_I12_a_field_is_sent_once(db, everybody):
    tried = 0
    for sheet in shared_out(db, forms(everybody)):
        sent, depth = sheet.body({}), 0
        for at, (name, _value) in enumerate(sent):
            depth += {"__start__": 1, "__end__": -1}.get(name, 0)
            if depth or name in ("__end__", "row", *SEVERAL):
                continue
            doubled = [*sent[:at], sent[at], *sent[at:]]
            with undone(db):
                answer = send(everybody, sheet.address, doubled)
            assert answer.status_int == 400, (sheet.address, name)
            tried += 1
    assert tried > 100


def test_I12_a_field_is_of_its_kind(db, everybody):
    tried = 0
    for sheet in shared_out(db, forms(everybody)):
        sent = sheet.body({})
        for at in once_each(sent):
            for pairs in twisted(sent, at):
                with undone(db):
                    answer = send(everybody, sheet.address, pairs)
                assert answer.status_int < 500, (sheet.address, *sent[at])
                tried += 1
    assert tried > 200


def once_each(sent):
    """Yield where the fields of a form are, of rows that are alike the first one's."""
    inside, seen = [], set()
    for at, (name, value) in enumerate(sent):
        if name == "__start__":
            inside.append(value)
        elif name == "__end__":
            inside.pop()
        elif (*inside, name) not in seen:
            seen.add((*inside, name))
            yield at


def twisted(sent, at):
    """Yield a form with one field left out, and with several values in its place."""
    name, value = sent[at]
    before, after = sent[:at], sent[at + 1 :]
    yield before + after
    marks = [("__start__", f"{name}:mapping"), ("__end__", f"{name}:mapping")]
    yield [*before, marks[0], (name, value), marks[1], *after]
