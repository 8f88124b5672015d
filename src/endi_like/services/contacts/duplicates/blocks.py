"""Entities to be compared with one another: those whose names have the same letters.

They are read as plain rows, some blocks at a time, so that a million fit.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import Address, ContactElement, Entity
from endi_like.spelling import compared, without_forms

AT_ONCE = 500
Item: TypeAlias = tuple[str, str]
"""A telephone, a mailbox or something else: its kind, and what it is found by."""

ENTITY: Any = Entity.__table__
ELEMENT: Any = ContactElement.__table__
ADDRESS: Any = Address.__table__


@dataclass(slots=True)
class Member:
    """What is known of an entity that is compared with others of its block."""

    id: int
    name: tuple[str, str]
    plain: str
    country: str
    forms: int
    birth_date: dt.date | None
    numbers: dict[str, str]
    items: set[Item] = field(default_factory=set)
    places: set[Item] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Block:
    """Entities whose names have the same letters; of shared items, who has them all.

    ``holders`` counts the entities that have an item, in the whole directory.
    """

    members: Sequence[Member]
    holders: dict[Item, int]


COLUMNS = (
    ENTITY.c.id,
    ENTITY.c.letters_key,
    ENTITY.c.confidential,
    ENTITY.c.kind,
    ENTITY.c.first_name,
    ENTITY.c.last_name,
    ENTITY.c.trading_name,
    ENTITY.c.legal_name,
    ENTITY.c.country,
    ENTITY.c.birth_date,
    ENTITY.c.vat_key,
    ENTITY.c.tax_key,
    ENTITY.c.personal_id,
)
KNOWN = ENTITY.c.deleted_at.is_(None), ENTITY.c.anonymised_at.is_(None)
"""Who is compared at all: neither who is in the bin, nor who is forgotten."""

THERE = *KNOWN, ENTITY.c.letters_key != ""
SEVERAL = (
    select(ENTITY.c.letters_key)
    .where(*THERE)
    .group_by(ENTITY.c.letters_key, ENTITY.c.confidential)
    .having(func.count() > 1)
)


def keys_of(db: Session, ids: Iterable[int]) -> list[str]:
    """Return which blocks some entities belong to."""
    query = select(ENTITY.c.letters_key).where(ENTITY.c.id.in_(set(ids)), *THERE)
    return sorted(set(db.scalars(query)))


def blocks(db: Session, keys: Sequence[str] | None = None) -> Iterator[Block]:
    """Yield all blocks of several entities, or those of some keys.

    What is confidential is in blocks of its own.
    """
    wanted: Any = SEVERAL if keys is None else keys
    query = (
        select(*COLUMNS)
        .where(ENTITY.c.letters_key.in_(wanted), *THERE)
        .order_by(ENTITY.c.letters_key, ENTITY.c.confidential, ENTITY.c.id)
    )
    for rows in batches(db, query):
        yield from filled(db, rows)


def batches(db: Session, query: Select[Any]) -> Iterator[list[list[Any]]]:
    """Yield the rows of some blocks at a time, never a part of a block."""
    lines = db.execute(query.execution_options(yield_per=AT_ONCE))
    found, size = [], 0
    for _key, some in groupby(lines, lambda row: (row.letters_key, row.confidential)):
        rows = list(some)
        if len(rows) == 1:
            continue
        found.append(rows)
        size += len(rows)
        if size >= AT_ONCE:
            yield found
            found, size = [], 0
    if found:
        yield found


def filled(db: Session, blocks_of_rows: Sequence[Sequence[Any]]) -> Iterator[Block]:
    """Yield blocks with what their members are reached by."""
    known = {row.id: member(row) for rows in blocks_of_rows for row in rows}
    for ids in in_parts(list(known)):
        for entity_id, *item in db.execute(items_of(ids)):
            known[entity_id].items.add(tuple(item))
        for entity_id, *place in db.execute(places_of(ids)):
            known[entity_id].places.add(tuple(place))
    made = [[known[row.id] for row in rows] for rows in blocks_of_rows]
    counted = holders(db, {item for some in made for item in shared(some)})
    for some in made:
        yield Block(some, counted)


def member(row: Any) -> Member:
    """Return an entity as it is compared."""
    names = row.first_name, row.last_name, row.trading_name, row.legal_name
    name = compared(row.kind, *names)
    plain, forms = without_forms(name[0])
    forms = max(forms, without_forms(row.legal_name)[1])
    numbers = {
        "vat_number": row.vat_key,
        "tax_id": row.tax_key,
        "personal_id": row.personal_id.strip(),
    }
    return Member(row.id, name, plain, row.country, forms, row.birth_date, numbers)


def in_parts(ids: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield some ids at a time: a statement has room for so many."""
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def items_of(ids: Sequence[int]) -> Select[Any]:
    """Return the query for what some entities are reached by."""
    columns = ELEMENT.c.entity_id, ELEMENT.c.kind, ELEMENT.c.search_key
    return select(*columns).where(
        ELEMENT.c.entity_id.in_(ids), ELEMENT.c.search_key != ""
    )


def places_of(ids: Sequence[int]) -> Select[Any]:
    """Return the query for where some entities are."""
    columns = ADDRESS.c.entity_id, ADDRESS.c.lines_key, ADDRESS.c.postal_key
    return select(*columns).where(
        ADDRESS.c.entity_id.in_(ids),
        ADDRESS.c.lines_key != "",
        ADDRESS.c.postal_key != "",
    )


def shared(members: Sequence[Member]) -> dict[Item, list[Member]]:
    """Return what several members of a block are reached by, and who they are."""
    found: dict[Item, list[Member]] = defaultdict(list)
    for one in members:
        for item in one.items:
            found[item].append(one)
    return {item: some for item, some in found.items() if len(some) > 1}


def holders(db: Session, items: set[Item]) -> dict[Item, int]:
    """Return how many entities have each of some items."""
    keys = sorted({key for _kind, key in items})
    columns = ELEMENT.c.kind, ELEMENT.c.search_key
    found = {}
    for start in range(0, len(keys), AT_ONCE):
        query = (
            select(*columns, func.count(ELEMENT.c.entity_id.distinct()))
            .where(ELEMENT.c.search_key.in_(keys[start : start + AT_ONCE]))
            .group_by(*columns)
        )
        found.update({(kind, key): number for kind, key, number in db.execute(query)})
    return found
