"""Promise I2: whatever is asked of a list is a question, never a statement."""

import datetime as dt
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from endi_like.db import Base
from endi_like.grids import GRIDS
from tests.factories import make_customer, make_invoice
from tests.functional.hostile import everything

INJECTIONS = (
    *("'", '"', "''", "';--", "' OR '1'='1", "1 OR 1=1", "1; DROP TABLE invoice"),
    *('\') UNION SELECT login, password_hash FROM "user" --', "1)) OR ((1=1"),
    *("\\", "\\'", "%", "_", "%%%", "%(place)s", ":place", "?", "{0}", "$1", "/*"),
    *("--", "sqlite_version()", "pg_sleep(9)", "id; select 1", "-id", "--date"),
    *("password_hash", "bm90IGpzb24", "WyJ4IiwgMV0", "WzFd", "W251bGwsIDFd", "e30"),
    *("=", "AAAA", "\u0660", "9" * 30, "-1", "1e400", "NaN", "2026-02-31"),
    *("\x00", "\ud800", "x" * 5000),
)
BESIDE = ("sort", "after", "before", "page", "columns", "fmt", "size", "from", "limit")


@pytest.fixture
def everybody(db, login):
    """Return the browser of somebody who may do everything there is."""
    return login(everything(db))


@pytest.fixture
def lists(app):
    """The parameters of every list there is, by its address."""
    return {
        f"/{name}/": parameters(GRIDS[kind.model], kind.model)
        for name, kind in app.registry["resources"].items()
        if kind.model in GRIDS
    }


def parameters(grid, model):
    """Return the names of whatever a list may be asked for."""
    made = grid(model.id > 0, dt.date(2026, 3, 1))
    return [*(one.name for one in made.filters), *BESIDE]


def counted(db):
    """Return how many rows each table has."""
    tables = Base.metadata.sorted_tables
    return {
        one.name: db.scalar(select(func.count()).select_from(one)) for one in tables
    }


def asked(browser, address, params):
    """Return the answer to a question; it is one, or a refusal."""
    query = urlencode(params, errors="surrogatepass")
    answer = browser.get(f"{address}?{query}", status="*")
    assert answer.status_int < 500, (address, params)
    assert "Traceback" not in answer.text
    return answer


def test_there_are_lists_to_ask(lists):
    assert {"/invoices/", "/customers/", "/users/", "/companies/"} < lists.keys()
    assert sum(map(len, lists.values())) > 60


def test_I2_a_question_is_never_a_statement(db, everybody, lists):
    before = counted(db)
    for text in INJECTIONS:
        for address, names in lists.items():
            params = dict.fromkeys(names, text)
            asked(everybody, address, params)
            asked(everybody, f"{address}export.csv", params)
            asked(everybody, f"{address}find", params)
            asked(everybody, f"{address}1/", {"from": urlencode({"sort": "-x"}) + text})
    assert counted(db) == before


@pytest.mark.parametrize("text", ["'", "' OR '1'='1", "\\", "%(place)s"])
def test_I2_each_parameter_by_itself_is_none_either(db, everybody, lists, text):
    before = counted(db)
    for address, names in lists.items():
        for name in names:
            asked(everybody, address, {"fmt": "json", name: text})
    assert counted(db) == before


NAMES = ("a_b", "axb", "a%b", "a\\b")
WILD = (
    ("a_b", "a_b a%b a\\b"),
    ("a%b", "a_b a%b a\\b"),
    ("a\\b", "a_b a%b a\\b"),
    ("ax", "axb"),
    ("a%", "a_b axb a%b a\\b"),
    ("%b", "a_b a%b a\\b"),
    ("x%", ""),
    ("_x", ""),
    ("a_x", ""),
    ("a%x", ""),
    ("_", "a_b axb a%b a\\b"),
    ("%", "a_b axb a%b a\\b"),
)
"""What is searched for, and what is found: no sign stands for any other.

A sign divides words; without any word nothing is looked for.
"""


def test_I2_a_wildcard_stands_for_itself(db, everybody):
    for name in NAMES:
        make_invoice(db, make_customer(db, name=name, place={"city": ""}), name=name)

    for typed, names in WILD:
        wanted = set(names.split())
        for address in ("/invoices/", "/customers/"):
            rows = asked(everybody, address, {"q": typed, "fmt": "json"}).json["rows"]
            assert wanted == {row["name"] for row in rows} & set(NAMES), typed
        found = asked(everybody, "/customers/find", {"q": typed}).json
        assert wanted == {one["label"] for one in found} & set(NAMES), typed
