"""A page of a record never reads through a table that grows, however it is asked.

SQLite plans by rules alone as long as nobody has counted its rows, so its plans for a
few rows are those for a million.  PostgreSQL, which rightly reads small tables through,
is told to do so only where there is no other way.
"""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event

from endi_like.services import jobs as queue
from endi_like.services import schedules
from tests.factories import (
    NOW,
    TODAY,
    make_company,
    make_customer,
    make_invoice,
    make_membership,
    make_received,
    make_run,
    make_user,
)
from tests.functional.pages import press, save, words
from tests.functional.test_query_counts import FEW, rich_invoice, rich_project

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
    "business_type",
}
"""Tables an administrator fills by hand: to read them through costs nothing."""

COUNTED = "anon"
"""What SQLAlchemy calls the first rows of a list, which are counted."""

FOUND = {"happened", "looked", "named", "newest", "told"}
"""What a statement calls rows that it has found by an index before."""

THROUGH = {
    "sqlite": re.compile(r"^SCAN (\w+?)(?:_\d+)?(?: LEFT-JOIN)?$|^(MATERIALIZE)"),
    "postgresql": re.compile(r"Seq Scan on (\w+)"),
}
EXPLAIN = {"sqlite": "EXPLAIN QUERY PLAN", "postgresql": "EXPLAIN"}


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


@contextmanager
def explained(connection, look):
    """Look at each step of whatever is asked meanwhile, and at its statement."""
    name, seen = connection.dialect.name, []

    def explain(connection, _cursor, statement, parameters, _context, many):
        if many or not statement.startswith(("SELECT", "UPDATE", "DELETE")):
            return
        cursor = connection.connection.cursor()
        cursor.execute(f"{EXPLAIN[name]} {statement}", parameters)
        for *_numbers, step in cursor.fetchall():
            look(step, statement)
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", explain)
    yield seen
    event.remove(connection, "before_cursor_execute", explain)


def avoid(connection, *ways):
    """Have PostgreSQL do it in another way, if there is one."""
    if connection.dialect.name == "postgresql":
        for way in ways:
            connection.exec_driver_sql(f"SET LOCAL enable_{way} = off")


@pytest.fixture
def read_through(connection):
    """The tables that were read through while a test went on, each with the step."""
    found = []

    def note(step, statement):
        through = THROUGH[connection.dialect.name].search(step)
        table = through and (through[1] or step)
        if table and table not in SMALL | FOUND:
            found.append((table, step, statement))

    avoid(connection, "seqscan")
    with explained(connection, note) as seen:
        yield found
    assert len(seen) > 5


PAGES = ["", "edit", "print", "payment", "?shown=memos", "timeline/export.csv"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_finds_its_rows_by_an_index(page, db, manager, read_through):
    status = "draft" if page == "edit" else "valid"
    invoice = rich_invoice(db, make_customer(db), FEW, status)
    read_through.clear()
    manager.get(f"/invoices/{invoice.id}/{page}")
    assert not read_through


def test_a_project_and_a_business_find_their_rows_by_an_index(
    db, manager, read_through
):
    keys = rich_project(db, FEW)
    read_through.clear()
    for name, key in keys.items():
        for page in ("", "edit"):
            manager.get(f"/{name}/{key}/{page}")
        manager.get(f"/{name}/")
    assert not read_through


def test_the_first_page_finds_what_is_to_be_paid_by_an_index(db, manager, read_through):
    for due in (TODAY - timedelta(days=1), TODAY):
        make_invoice(db, make_customer(db), status="valid", due_date=due)
    read_through.clear()
    assert "not late yet" in words(manager.get("/"))
    assert not [one for one in read_through if one[0] != COUNTED]


def test_what_was_received_finds_its_rows_by_an_index(db, manager, read_through):
    received = make_received(db)
    read_through.clear()
    manager.get("/supplier-invoices/?reception_status=received")
    manager.get(f"/invoices/{received.source_id}/")
    press(manager.get(f"/supplier-invoices/{received.id}/"), "acknowledge")
    assert not read_through


def test_saving_and_moving_find_their_rows_by_an_index(db, manager, read_through):
    invoice = rich_invoice(db, make_customer(db), FEW, "draft")
    page = manager.get(f"/invoices/{invoice.id}/edit")
    read_through.clear()
    save(page, name="Something else")
    press(manager.get(f"/invoices/{invoice.id}/"), "validate")
    assert not read_through


ONCE_A_ROW = re.compile("CORRELATED SCALAR SUBQUERY|SubPlan")


def test_whether_anything_is_unread_is_asked_once_however_many_memberships(
    db, connection, login
):
    user = make_user(db, roles={"manager"})
    for _ in range(3):
        make_membership(db, user, make_company(db))
    browser, asked, again = login(user), [], []

    def note(step, statement):
        if "AS unread" in statement:
            asked.append(step)
            again.extend(ONCE_A_ROW.findall(step))

    with explained(connection, note):
        browser.get("/customers/")
    assert asked
    assert not again


def test_a_worker_finds_the_next_jobs_without_sorting_those_that_wait(db, connection):
    for number in range(20):
        queue.enqueue(db, "x", {}, dedupe_key=f"{number}", at=NOW)
    sorts = []

    def note(step, statement):
        if "run_after <=" in statement and re.search("Sort|TEMP B-TREE", step):
            sorts.append((step, statement))

    avoid(connection, "seqscan", "bitmapscan", "sort")
    with explained(connection, note) as seen:
        assert queue.anything_due(db, NOW)
        assert len(queue.claim(db, NOW, most=10)) == 10
    assert not sorts
    assert len(seen) == 4, "one is what died, one changes what was found"


def test_what_is_due_by_the_clock_is_found_without_reading_old_runs(db, connection):
    make_run(db)
    steps = []

    def note(step, _statement):
        steps.append(step)

    avoid(connection, "seqscan", "bitmapscan", "sort")
    with explained(connection, note):
        list(schedules.all_due(db, NOW, "UTC"))
    (found,) = [one for one in steps if "scheduled_run" in one]
    assert "ix_scheduled_run_schedule_id_period" in found
    assert not found.startswith("SCAN")
    assert not [one for one in steps if "Aggregate" in one]
