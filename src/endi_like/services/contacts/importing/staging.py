"""What has been read and found right, kept on the disk until it is stored.

A million contacts do not fit the memory that an import may take, and their parts are
in other files: here they come together, whatever the order of the files.
"""

from __future__ import annotations

import pickle
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

# An empty name is a file that nobody sees, and that goes away with its process.
PRIVATE = ""
AT_ONCE = 1000
TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA cache_size = -32000;
CREATE TABLE contact (
    key INTEGER PRIMARY KEY, line INTEGER, kept INTEGER, found BLOB, id INTEGER
);
CREATE TABLE account (key INTEGER PRIMARY KEY, contact INTEGER, kept INTEGER);
CREATE TABLE part (
    contact INTEGER, file TEXT, line INTEGER, account INTEGER, found BLOB,
    PRIMARY KEY (contact, file, line)
) WITHOUT ROWID;
CREATE TABLE taken (
    what TEXT, key TEXT, line INTEGER, PRIMARY KEY (what, key)
) WITHOUT ROWID;
CREATE TABLE reference (what TEXT, row INTEGER, contact INTEGER);
"""
PARTS = "SELECT contact, file, account, found FROM part ORDER BY contact, file, line"

REFERENCES = (
    "SELECT row, id FROM reference JOIN contact ON key = contact WHERE what = ?"
)


Found: TypeAlias = dict[str, Any]
"""The values of a row, by attribute."""


def read(packed: bytes) -> Found:
    """Return what was kept; nobody else can have written it."""
    found: Found = pickle.loads(packed)  # noqa: S301
    return found


@dataclass(frozen=True)
class Part:
    """A row that belongs to a contact, or to one of its accounts."""

    file: str
    account: int | None
    found: Found


@dataclass(frozen=True)
class Contact:
    """A contact with all its rows."""

    key: int
    found: Found
    parts: list[Part]


class Staging:
    """A private database of rows; it is gone when the process is, however it ends."""

    def __init__(self) -> None:
        # whoever imports in a job is not the thread that ends it
        self.db = sqlite3.connect(PRIVATE, isolation_level=None)
        self.db.executescript(TABLES)
        self.db.execute("BEGIN")
        self.parts: list[tuple[Any, ...]] = []

    def close(self) -> None:
        """Forget everything."""
        self.db.close()

    def line_of(self, key: int) -> int | None:
        """Return the line of the contact of that key, right or wrong."""
        found = self.db.execute("SELECT line FROM contact WHERE key = ?", (key,))
        return next(iter(found.fetchone() or ()), None)

    def add_contact(self, key: int, line: int, found: Found | None) -> None:
        """Keep a contact; when nothing is given, that it was refused."""
        row = (key, line, found is not None, pickle.dumps(found))
        self.db.execute("INSERT INTO contact VALUES (?, ?, ?, ?, NULL)", row)

    def knows_contact(self, key: int) -> bool | None:
        """Tell whether a contact goes in; nothing when there is none."""
        return self._kept("SELECT kept FROM contact WHERE key = ?", key)

    def add_account(self, key: int, contact: int, *, kept: bool) -> None:
        """Keep whose an account is, and whether it goes in."""
        self.db.execute("INSERT INTO account VALUES (?, ?, ?)", (key, contact, kept))

    def knows_account(self, key: int) -> bool | None:
        """Tell whether an account goes in; nothing when there is none."""
        return self._kept("SELECT kept FROM account WHERE key = ?", key)

    def contact_of(self, account: int) -> int:
        """Return whose an account is."""
        found = self.db.execute("SELECT contact FROM account WHERE key = ?", (account,))
        return int(found.fetchone()[0])

    def add_part(
        self,
        contact: int,
        file: str,
        line: int,
        account: int | None,
        found: Found,
    ) -> None:
        """Keep a row of a contact."""
        self.parts.append((contact, file, line, account, pickle.dumps(found)))
        if len(self.parts) == AT_ONCE:
            self.write_parts()

    def write_parts(self) -> None:
        """Write the parts that were kept: many at once take less time."""
        self.db.executemany("INSERT INTO part VALUES (?, ?, ?, ?, ?)", self.parts)
        self.parts.clear()

    def claim(self, what: str, key: str, line: int) -> int | None:
        """Note that a line has what only one may have; return who had it before."""
        row = (what, key, line)
        written = self.db.execute("INSERT OR IGNORE INTO taken VALUES (?, ?, ?)", row)
        if written.rowcount:
            return None
        found = self.db.execute(
            "SELECT line FROM taken WHERE what = ? AND key = ?", (what, key)
        )
        return int(found.fetchone()[0])

    def claimed(self, what: str, keys: Iterable[str]) -> set[str]:
        """Return which of some keys a line has claimed."""
        query = "SELECT 1 FROM taken WHERE what = ? AND key = ?"
        return {key for key in keys if self.db.execute(query, (what, key)).fetchone()}

    def count(self) -> int:
        """Return how many contacts go in."""
        found = self.db.execute("SELECT count(*) FROM contact WHERE kept")
        return int(found.fetchone()[0])

    def contacts(self) -> Iterator[Contact]:
        """Yield the contacts that go in, in the order of their keys."""
        self.write_parts()
        parts = groupby(self.db.execute(PARTS), key=itemgetter(0))
        following = next(parts, None)
        kept = "SELECT key, found FROM contact WHERE kept ORDER BY key"
        for key, found in self.db.execute(kept):
            of_it: list[Part] = []
            if following and following[0] == key:
                of_it = [
                    Part(file, account, read(packed))
                    for _key, file, account, packed in following[1]
                ]
                following = next(parts, None)
            yield Contact(key, read(found), of_it)

    def stored(self, ids: Iterable[tuple[int, int]]) -> None:
        """Note under which ids contacts were stored: pairs of id and key."""
        self.db.executemany("UPDATE contact SET id = ? WHERE key = ?", ids)

    def ids(self) -> Sequence[int]:
        """Return under which ids contacts were stored."""
        stored = self.db.execute("SELECT id FROM contact WHERE id IS NOT NULL")
        return array("q", (key for (key,) in stored))

    def refer(self, what: str, row: int, contact: int) -> None:
        """Note that a stored row points at a contact which may not be stored yet."""
        self.db.execute("INSERT INTO reference VALUES (?, ?, ?)", (what, row, contact))

    def references(self, what: str) -> Iterator[tuple[int, int]]:
        """Yield what was noted: the row, and the id of the contact."""
        yield from self.db.execute(REFERENCES, (what,))

    def _kept(self, query: str, key: int) -> bool | None:
        found = self.db.execute(query, (key,)).fetchone()
        return None if found is None else bool(found[0])
