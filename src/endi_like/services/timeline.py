"""What happened to a record, of every kind, in one order: the newest first.

One statement reads a page of it, another how much there is of each kind, however long
the past is.  Who may read what is a condition of each stream.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from endi_like.models.memos import Memo
from endi_like.models.people import User
from endi_like.models.types import Instant
from endi_like.services.files.attachments import Place
from endi_like.services.memos import MOST_PINNED
from endi_like.services.streams import KINDS, MEMO, NOTHING, STREAMS, Stream

SHOWN = 100
COUNTED = 1000
"""How far back each table is looked through for the numbers beside the kinds."""

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
class Page:
    """A part of the timeline: what is pinned to its top, and the rest in its order.

    ``older`` is where the next part begins, if there is one.
    """

    pinned: Rows
    rows: Rows
    older: Key | None


@dataclass(frozen=True)
class Count:
    """How many there are of a kind; ``more`` when not all were counted."""

    n: int
    more: bool = False


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
        **parameters(place, reader_id),
        "before_at": before.at,
        "before_stream": before.stream,
        "before_id": before.id,
        "each": most + 1,
        "all": most + 1 + 2 * MOST_PINNED,
    }
    found = db.connection().execute(query, values).all()
    pinned = [row for row in found if row.on_top]
    rows = found[len(pinned) :]
    last = rows[most - 1] if len(rows) > most else None
    older = Key(last.at, last.stream, last.id) if last else None
    return Page(pinned, rows[:most], older)


def parameters(place: Place, reader_id: int | None) -> dict[str, Any]:
    """Return what the streams need to know."""
    return {
        "node": place.node_id,
        "company": place.company_id,
        "caption": place.caption,
        "reader": reader_id,
    }


# Made once for each kind: to build it takes longer than to run it.
@cache
def statement(kind: str | None, part: str) -> Select[Any]:
    """Return the query of a part: the ``first`` one, a ``later`` one, or a ``file``."""
    streams = [one for one in STREAMS if kind is None or kind in one.kinds]
    parts = [newest(stream, kind, part) for stream in streams]
    if part == "first" and kind in (None, "memos"):
        memos = next(one for one in STREAMS if one.number == MEMO)
        parts.append(columns_of(memos, kind, on_top=1).where(Memo.pinned))
    rows = union_all(*parts).subquery("happened")
    who = func.coalesce(User.name, "").label("who")
    order = (rows.c.on_top, rows.c.at, rows.c.stream, rows.c.id)
    return (
        select(*rows.c, who)
        .outerjoin(User, User.id == rows.c.actor_id)
        .order_by(*(column.desc() for column in order))
        .limit(bindparam("all", type_=Integer))
    )


def newest(stream: Stream, kind: str | None, part: str) -> Select[Any]:
    """Return the query of the newest rows of a stream that are older than a key."""
    table = stream.table
    query = columns_of(stream, kind).where(
        stream.at <= bindparam("before_at", type_=Instant), is_older(stream)
    )
    if stream.number == MEMO and part == "file":
        query = query.where(~Memo.private, stream.there)
    elif stream.number == MEMO:
        query = query.where(~Memo.pinned)
    newest_first = query.order_by(stream.at.desc(), table.id.desc())
    limited = newest_first.limit(bindparam("each", type_=Integer)).subquery()
    return select(*limited.c)


def is_older(stream: Stream) -> ColumnElement[bool]:
    """Return the condition that a row comes after the key."""
    number = literal_column(str(stream.number), Integer)
    same = number == bindparam("before_stream", type_=Integer)
    return or_(
        stream.at < bindparam("before_at", type_=Instant),
        number < bindparam("before_stream", type_=Integer),
        and_(same, stream.table.id < bindparam("before_id", type_=Integer)),
    )


def columns_of(stream: Stream, kind: str | None, on_top: int = 0) -> Select[Any]:
    """Return the query of a stream's rows with the columns that all streams have."""
    said = {**NOTHING, **stream.columns}
    return stream.rows(
        kind,
        literal_column(str(on_top), Integer).label("on_top"),
        literal_column(str(stream.number), Integer).label("stream"),
        stream.table.id.label("id"),
        stream.at.label("at"),
        stream.actor.label("actor_id"),
        stream.kind.label("kind"),
        *(column.label(name) for name, column in said.items()),
    )


def counts(db: Session, place: Place, reader_id: int) -> Mapping[str, Count]:
    """Return how many there are of each kind that one may read."""
    found = db.connection().execute(numbers(), parameters(place, reader_id)).all()
    read_of = Counter[int]()
    for row in found:
        read_of[row.stream] += row.rows
    cut = {number for number, rows in read_of.items() if rows > COUNTED}
    return {
        kind: Count(
            sum(row.told for row in found if row.kind == kind),
            any(one.number in cut for one in STREAMS if kind in one.kinds),
        )
        for kind in KINDS
    }


@cache
def numbers() -> Select[Any]:
    """Return the query that counts what is told of each kind in each stream."""
    told = union_all(*(tellings(stream) for stream in STREAMS)).subquery("told")
    count, rows = func.count().label("told"), func.sum(told.c.rows).label("rows")
    return select(told.c.stream, told.c.kind, count, rows).group_by(
        told.c.stream, told.c.kind
    )


def tellings(stream: Stream) -> Select[Any]:
    """Return the query of a stream's entries: a row, or rows of one moment together."""
    single = case((stream.single, stream.table.id), else_=0).label("one")
    rows = (
        stream.rows(
            None,
            stream.kind.label("kind"),
            stream.at.label("at"),
            stream.actor.label("actor_id"),
            single,
        )
        .where(stream.there)
        .order_by(stream.at.desc())
        .limit(COUNTED + 1)
        .subquery()
    )
    number = literal_column(str(stream.number), Integer).label("stream")
    return select(number, rows.c.kind, func.count().label("rows")).group_by(*rows.c)
