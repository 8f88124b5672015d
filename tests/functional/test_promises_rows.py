"""F14: whatever is in a row, no page, list, file or JSON breaks for everybody.

What the forms refuse today may have come in yesterday, by an import or by another
version: so it is written past them, straight into the tables.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Date, String, select, update
from sqlalchemy.exc import DBAPIError

from endi_like.db import Base
from endi_like.models.types import Scaled
from tests.functional.hostile import LINK, TEXTS, crawl, everything
from tests.functional.test_promises_input import with_json

UNSTORABLE = ("\x00", "\ud800", "\udfff")
STORABLE = [
    text
    for text in TEXTS
    if len(text) < 1000 and not any(sign in text for sign in UNSTORABLE)
]
ROWS = 3 * len(STORABLE)
"""So many rows of a table meet every text in every column."""

MIXED = "".join(text for text in STORABLE if len(text) < 20)
"""All signs that do harm somewhere, in one text."""

AMOUNTS = [Decimal(text) for text in ("99999999999.99", "-99999999999.99", "0")]
DAYS = [date(1, 1, 1), date(9999, 12, 31), date(1990, 1, 1), date(2100, 12, 31)]

PROGRAM = {
    "node.type_": "names the class that reads the row",
    "credit_account.class": "the same",
    "organisation.time_zone": "chosen from a list, and no clock goes without it",
    "job.payload": "JSON that only jobs read",
    "schedule.parameters": "JSON, checked when it is saved",
    "scheduled_run.report": "JSON that jobs write",
    "field_change.before": "JSON that listeners write",
    "field_change.after": "JSON that listeners write",
    "paper.content": "JSON, and its sha256 is in the log",
    "task.awaited": "computed, and nothing but for invoices, which lists rely on",
    "user.password_hash": "whoever has another one cannot log in any more",
}
"""What nobody types, and the program itself cannot do without."""


def cut(text, column):
    """Return as much of a text as a column holds."""
    return text[: column.type.length]


KINDS = {
    "each another": lambda number: STORABLE[number % len(STORABLE)],
    "all at once": lambda _number: MIXED,
    "nothing": lambda _number: "",
    "much": lambda number: ("x" * 900, "Z\u0351" * 450, "Wi " * 300)[number % 3],
}
"""Which texts are written, by how they are chosen."""


def worst(column, number, kind):
    """Return the worst there is for a column of a row; None where nobody writes."""
    name = f"{column.table.name}.{column.name}"
    if column.primary_key or column.foreign_keys or name in PROGRAM:
        return None
    if isinstance(column.type, Scaled):
        return AMOUNTS[number % len(AMOUNTS)]
    if isinstance(column.type, Date):
        return DAYS[number % len(DAYS)]
    if not isinstance(column.type, String):
        return None
    text = KINDS[kind](number)
    if column.unique:
        return cut(f"{number}{text}", column)
    return cut(text, column)


def spoil(db, kind, shift):
    """Write the worst into every column of a table's first rows; return what into.

    What constraints and triggers refuse cannot be there either.
    """
    written, number = set(), shift
    for table in Base.metadata.sorted_tables:
        keys = list(table.primary_key)
        for row in db.execute(select(*keys).order_by(*keys).limit(ROWS)).all():
            mine = [key == one for key, one in zip(keys, row, strict=True)]
            for column in table.columns:
                number += 1
                bad = worst(column, number, kind)
                if bad is not None and write(
                    db, update(table).where(*mine), column, bad
                ):
                    written.add(f"{table.name}.{column.name}")
    db.expire_all()
    return written


def write(db, statement, column, bad):
    """Write it past all rules but those of the database; tell whether it let us."""
    try:
        with db.begin_nested():
            db.execute(statement.values({column: bad}))
    except DBAPIError:
        return False
    return True


class Unmoved:
    """A browser that notes what is broken, and goes on."""

    def __init__(self, browser):
        self.browser, self.broken = browser, {}

    def get(self, path, **_more):
        """Return what there is at an address, even if it is an error."""
        answer = self.browser.get(path, status="*")
        if answer.status_int not in (200, 303):
            self.broken[path] = answer.status_int
        return answer


def linked(pages, wanted):
    """Return the addresses on the pages whose path or query is wanted."""
    found = {}
    for path, page in pages.items():
        if page.content_type != "text/html":
            continue
        for link in LINK.findall(page.text):
            address = urlsplit(unescape(link))
            if wanted(address) and not address.netloc:
                found.setdefault(address.path or path, set()).add(address.query)
    return [f"{path}?{query}" for path, queries in found.items() for query in queries]


def look_everywhere(browser):
    """Return what is broken, of all there is to be looked at."""
    unmoved = Unmoved(browser)
    pages = with_json(unmoved, crawl(unmoved))
    printed = linked(pages, lambda address: address.path.endswith(".pdf"))
    ordered = linked(pages, lambda address: "sort=" in address.query)
    for address in (*printed, *ordered):
        unmoved.get(address)
    assert len(pages) > 150
    assert printed
    assert ordered
    return unmoved.broken


@pytest.mark.parametrize(
    ("kind", "shift"),
    [
        ("each another", 0),
        ("nothing", 0),
        pytest.param("all at once", 0, marks=pytest.mark.nightly),
        pytest.param("much", 0, marks=pytest.mark.nightly),
        *(
            pytest.param("each another", n, marks=pytest.mark.nightly)
            for n in range(1, len(STORABLE), 3)
        ),
    ],
)
def test_F14_one_bad_row_breaks_no_page_and_no_file(db, login, kind, shift):
    browser = login(everything(db))
    written = spoil(db, kind, shift)
    assert {"invoice", "task_line", "user"} <= {name.split(".")[0] for name in written}
    assert len(written) > 100
    assert look_everywhere(browser) == {}
