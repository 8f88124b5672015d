"""What happened to a record, of every kind, in one order: the newest first.

One statement reads a part of it, with how much there is of each kind, however long the
past is.  Who may read what is a condition of each stream.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Row, Select
from sqlalchemy.orm import Session

from endi_like.services.beside import Place
from endi_like.services.streams import KINDS, STREAMS
from endi_like.services.timeline_query import COUNTED, PINNED, REST, statement

SHOWN = 100
BATCH = 1000
LARGEST_ID = 2**31 - 1
LONGEST_KEY = 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Rows: TypeAlias = Sequence[Row[Any]]


@dataclass(frozen=True)
class Key:
    """Where in the order something stands; what is older comes after it."""

    at: datetime
    stream: int
    id: int

    def __str__(self) -> str:
        """Return the key as an address holds it."""
        return f"{(self.at - EPOCH) // MICROSECOND}-{self.stream}-{self.id}"

    @classmethod
    def read(cls, text: str) -> Key | None:
        """Return the key of an address; nothing for what is none."""
        parts = text.split("-")
        counts = [one for one in parts if one.isascii() and one.isdecimal()]
        if len(text) > LONGEST_KEY or len(parts) != len(counts) or len(parts) != 3:
            return None
        at, stream, row_id = map(int, parts)
        try:
            moment = EPOCH + at * MICROSECOND
        except OverflowError:
            return None
        return cls(moment, min(stream, LARGEST_ID), min(row_id, LARGEST_ID))


NEWEST = Key(datetime(9999, 1, 1, tzinfo=UTC), LARGEST_ID, LARGEST_ID)


@dataclass(frozen=True)
class Count:
    """How many there are of a kind; ``more`` when not all were counted."""

    n: int
    more: bool = False


@dataclass(frozen=True)
class Page:
    """A part of the timeline: what is pinned to its top, and the rest in its order.

    ``older`` is where the next part begins, if there is one; ``counts`` says how many
    there are of each kind in all.
    """

    pinned: Rows
    rows: Rows
    older: Key | None
    counts: Mapping[str, Count]


def read(
    db: Session,
    place: Place,
    reader_id: int,
    *,
    kind: str | None = None,
    before: Key | None = None,
    most: int = SHOWN,
) -> Page:
    """Return the newest of what is older than ``before``, as far as one may read it.

    Pinned memos are on top of the first part, and nowhere else.
    """
    query = statement(kind, "later" if before else "first")
    return asked(db, query, place, reader_id, before or NEWEST, most)


def every(db: Session, place: Place, kind: str | None = None) -> Iterator[Row[Any]]:
    """Yield all there is, a batch at a time, but for private memos.

    It is what a file holds, which may come into anybody's hands.
    """
    query, before = statement(kind, "file"), NEWEST
    while True:
        page = asked(db, query, place, None, before, BATCH)
        yield from page.rows
        if page.older is None:
            return
        before = page.older


def asked(
    db: Session,
    query: Select[Any],
    place: Place,
    reader_id: int | None,
    before: Key,
    most: int,
) -> Page:
    """Return what a statement finds."""
    values = {
        "node": place.node_id,
        "company": place.company_id,
        "every": place.is_whole,
        "caption": place.caption,
        "reader": reader_id,
        "before_at": before.at,
        "before_stream": before.stream,
        "before_id": before.id,
        "each": most + 1,
    }
    found = db.connection().execute(query, values).all()
    rows = [row for row in found if row.part == REST]
    pinned = [row for row in found if row.part == PINNED]
    last = rows[most - 1] if len(rows) > most else None
    older = Key(last.at, last.stream, last.id) if last else None
    return Page(pinned, rows[:most], older, counted(found[: -len(rows) or None]))


def counted(rows: Rows) -> dict[str, Count]:
    """Return how many there are of each kind, of the rows that say so."""
    numbers = [row for row in rows if row.part > PINNED]
    looked = Counter[int]()
    for row in numbers:
        looked[row.stream] += row.looked
    cut = {number for number, n in looked.items() if n > COUNTED}
    return {
        kind: Count(
            sum(row.told for row in numbers if row.kind == kind),
            any(one.number in cut for one in STREAMS if kind in one.kinds),
        )
        for kind in KINDS
    }
