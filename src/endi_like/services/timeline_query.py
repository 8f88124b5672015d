"""The statement that reads a part of a timeline: its streams, united and in order."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from endi_like.models.memos import Memo
from endi_like.models.people import User
from endi_like.models.types import Instant
from endi_like.services.streams import MEMO, NOTHING, STREAMS, Stream

REST, PINNED, NUMBERS = 0, 1, 2
"""What a row is: one of the order, a pinned memo, or how many there are of a kind."""

COUNTED = 1000
"""How far back each table is looked through for the numbers beside the kinds."""

EACH = bindparam("each", type_=Integer)
BEFORE_AT = bindparam("before_at", type_=Instant)
BEFORE_STREAM = bindparam("before_stream", type_=Integer)
BEFORE_ID = bindparam("before_id", type_=Integer)


def whole(number: int) -> ColumnElement[int]:
    """Return a number of ours as it stands in a statement."""
    return literal_column(str(number), Integer)


# Made once for each kind: to build it takes longer than to run it.
@cache
def statement(kind: str | None, part: str) -> Select[Any]:
    """Return the query of a part: the ``first`` one, a ``later`` one, or a ``file``.

    Each stream gives as many rows as are asked for, and one more; so does the whole.
    """
    streams = [one for one in STREAMS if kind is None or kind in one.kinds]
    queries = [newest(stream, kind, part) for stream in streams]
    if part == "first" and kind in (None, "memos"):
        memos = next(one for one in STREAMS if one.number == MEMO)
        queries.append(columns_of(memos, kind, PINNED).where(Memo.pinned))
    if part != "file":
        queries += map(numbers, STREAMS)
    rows = union_all(*queries).subquery("happened")
    who = func.coalesce(User.name, "").label("who")
    order = (rows.c.part, rows.c.at, rows.c.stream, rows.c.id)
    return (
        select(*rows.c, who)
        .outerjoin(User, User.id == rows.c.actor_id)
        .order_by(*(column.desc() for column in order))
    )


def newest(stream: Stream, kind: str | None, part: str) -> Select[Any]:
    """Return the query of the newest rows of a stream that are older than a key."""
    query = columns_of(stream, kind, REST)
    if part != "first":
        query = query.where(*is_older(stream))
    if stream.number == MEMO and part == "file":
        query = query.where(~Memo.private, stream.there)
    elif stream.number == MEMO:
        query = query.where(~Memo.pinned)
    limited = query.order_by(stream.at.desc(), stream.table.id.desc()).limit(EACH)
    return select(*limited.subquery("newest").c)


def is_older(stream: Stream) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a row comes after the key; an index serves one."""
    number = whole(stream.number)
    same = and_(number == BEFORE_STREAM, stream.table.id < BEFORE_ID)
    older = or_(stream.at < BEFORE_AT, number < BEFORE_STREAM, same)
    return stream.at <= BEFORE_AT, older


def columns_of(stream: Stream, kind: str | None, part: int) -> Select[Any]:
    """Return the query of a stream's rows with the columns that all streams have."""
    return stream.rows(kind, *labelled(stream, part))


def labelled(stream: Stream, part: int = REST) -> list[Any]:
    """Return the columns that all streams have, as a stream fills them."""
    about = {
        "part": whole(part),
        "stream": whole(stream.number),
        "id": stream.table.id,
        "at": stream.at,
        "actor_id": stream.actor,
        "kind": stream.kind,
    }
    said = {**NOTHING, **about, **stream.columns}
    return [one.label(name) for name, one in said.items()]


def numbers(stream: Stream) -> Select[Any]:
    """Return the query of how much is told of each kind, and how many rows that is."""
    is_single = stream.together is None
    rows = (looked_at if is_single else tellings)(stream).subquery("told")
    found = {
        "part": whole(NUMBERS),
        "stream": whole(stream.number),
        "kind": rows.c.kind,
        "told": func.count(),
        "looked": func.count() if is_single else cast(func.sum(rows.c.rows), Integer),
    }
    columns = (one.label(name) for name, one in {**NOTHING, **found}.items())
    return select(*columns).group_by(rows.c.kind)


def looked_at(stream: Stream, **columns: Any) -> Select[Any]:
    """Return the query of the rows that are counted, with their kind."""
    found = {"kind": stream.kind, **columns}
    query = stream.rows(None, *(one.label(name) for name, one in found.items()))
    return query.where(stream.there).limit(whole(COUNTED + 1))


def tellings(stream: Stream) -> Select[Any]:
    """Return the query of entries: a row of its own, or rows of one moment together."""
    alone = case((stream.together, whole(0)), else_=stream.table.id)
    moment = {"at": stream.at, "actor_id": stream.actor, "alone": alone}
    rows = looked_at(stream, **moment).subquery("looked")
    return select(rows.c.kind, func.count().label("rows")).group_by(*rows.c)
