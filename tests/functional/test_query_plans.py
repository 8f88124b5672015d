"""A page of a record never reads through a table that grows, however it is asked.

SQLite plans by rules alone as long as nobody has counted its rows, so its plans for a
few rows are those for a million.  PostgreSQL, which rightly reads small tables through,
is told to do so only where there is no other way.
"""

import re

import pytest
from sqlalchemy import event

from tests.factories import make_customer, make_user
from tests.functional.pages import press, save
from tests.functional.test_query_counts import FEW, rich_invoice

SMALL = {
    "bank_account",
    "company",
    "mention",
    "organisation",
    "payment_conditions",
    "payment_mode",
    "user",
    "vat_rate",
    "work_unit",
}
"""Tables an administrator fills by hand: to read them through costs nothing."""

FOUND = {"happened", "looked", "newest", "told"}
"""What a statement calls rows that it has found by an index before."""

THROUGH = {
    "sqlite": re.compile(r"^SCAN (\w+?)(?:_\d+)?(?: LEFT-JOIN)?$|^(MATERIALIZE)"),
    "postgresql": re.compile(r"Seq Scan on (\w+)"),
}
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


@pytest.fixture
def read_through(connection, engine):
    """The tables that were read through while a test went on, each with the step."""
    name = engine.dialect.name
    found = []

    def note(connection, _cursor, statement, parameters, _context, many):
        if many or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        cursor = connection.connection.cursor()
        cursor.execute(f"{EXPLAIN[name]} {statement}", parameters)
        for *_numbers, step in cursor.fetchall():
            through = THROUGH[name].search(step)
            table = through and (through[1] or step)
            if table and table not in SMALL | FOUND:
                found.append((table, step, statement))
        note.seen += 1

    note.seen = 0
    if name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
    event.listen(connection, "before_cursor_execute", note)
    yield found
    event.remove(connection, "before_cursor_execute", note)
    assert note.seen > 5


PAGES = ["", "edit", "print", "payment", "?shown=memos", "timeline/export.csv"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_finds_its_rows_by_an_index(page, db, manager, read_through):
    status = "draft" if page == "edit" else "valid"
    invoice = rich_invoice(db, make_customer(db), FEW, status)
    read_through.clear()
    manager.get(f"/invoices/{invoice.id}/{page}")
    assert not read_through


def test_saving_and_moving_find_their_rows_by_an_index(db, manager, read_through):
    invoice = rich_invoice(db, make_customer(db), FEW, "draft")
    page = manager.get(f"/invoices/{invoice.id}/edit")
    read_through.clear()
    save(page, name="Something else")
    press(manager.get(f"/invoices/{invoice.id}/"), "validate")
    assert not read_through
