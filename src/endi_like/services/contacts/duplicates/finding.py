"""Finding the pairs of the whole directory, or of what has changed; keeping them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.orm import Session

from endi_like.models.contacts import Entity, EntityPair
from endi_like.services.contacts.duplicates.blocks import (
    blocks,
    in_parts,
    keys_of,
)
from endi_like.services.contacts.duplicates.comparing import Found, found_in
from endi_like.services.contacts.duplicates.numbers import found_by_numbers

MOST_PAIRS = 50_000
"""More than anybody will ever look at; the likeliest are kept."""
ENTITY: Any = Entity.__table__
PAIR: Any = EntityPair.__table__
Key: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class Difference:
    """How many pairs are new, changed, and gone."""

    new: int
    changed: int
    gone: int


def find(db: Session, ids: Collection[int] | None = None) -> dict[Key, Found]:
    """Return the pairs of all entities, or those of which some entities are one half.

    It only reads, and may take a minute for a hundred thousand entities.
    """
    keys = None if ids is None else keys_of(db, ids)
    alike = chain.from_iterable(map(found_in, blocks(db, keys)))
    found: dict[Key, Found] = {}
    for one in chain(alike, found_by_numbers(db, ids)):
        if ids is None or one.first in ids or one.second in ids:
            known = found.get((one.first, one.second))
            found[one.first, one.second] = both(known, one) if known else one
    if len(found) > MOST_PAIRS:
        best = sorted(found.values(), key=lambda one: -one.score)[:MOST_PAIRS]
        return {(one.first, one.second): one for one in best}
    return found


def both(one: Found, other: Found) -> Found:
    """Return what was found in two ways as one."""
    words = tuple(dict.fromkeys([*one.reasons, *other.reasons]))
    return Found(one.first, one.second, max(one.score, other.score), words)


def keep(
    db: Session, found: dict[Key, Found], ids: Collection[int] | None = None
) -> Difference:
    """Write down the pairs found, of all entities or of some; others of theirs go.

    What somebody has dismissed stays dismissed, even while it looks alike no more.
    """
    known = {(row.first_id, row.second_id): row for row in db.execute(stored(ids))}
    gone = [
        row.id for key, row in known.items() if key not in found and not row.dismissed
    ]
    for some in in_parts(gone):
        db.execute(delete(PAIR).where(PAIR.c.id.in_(some)))
    changed = [
        {"id": known[key].id, **values(one)}
        for key, one in found.items()
        if key in known and values(one) != values_of(known[key])
    ]
    if changed:
        db.execute(update(EntityPair), changed)
    new = [one for key, one in found.items() if key not in known]
    made = sum(add(db, some) for some in in_parts(new))
    return Difference(made, len(changed), len(gone))


def stored(ids: Iterable[int] | None) -> Any:
    """Return the query for the pairs of all entities, or of some."""
    query = select(
        PAIR.c.id,
        PAIR.c.first_id,
        PAIR.c.second_id,
        PAIR.c.score,
        PAIR.c.reasons,
        PAIR.c.dismissed_at.is_not(None).label("dismissed"),
    )
    if ids is None:
        return query
    some = list(ids)
    return query.where(or_(PAIR.c.first_id.in_(some), PAIR.c.second_id.in_(some)))


def values(one: Found) -> dict[str, Any]:
    """Return what is stored of a pair besides its entities."""
    return {"score": one.score, "reasons": " ".join(one.reasons)}


def values_of(row: Any) -> dict[str, Any]:
    """Return what is stored of a pair already."""
    return {"score": row.score, "reasons": row.reasons}


def add(db: Session, found: Sequence[Found]) -> int:
    """Add pairs of entities that are still there; return how many."""
    there = set(db.scalars(select(ENTITY.c.id).where(ENTITY.c.id.in_(ids_of(found)))))
    rows = [
        {"first_id": one.first, "second_id": one.second, **values(one)}
        for one in found
        if {one.first, one.second} <= there
    ]
    if rows:
        db.execute(insert(PAIR), rows)
    return len(rows)


def ids_of(found: Iterable[Found]) -> list[int]:
    """Return the entities of some pairs."""
    return sorted(set(each(found)))


def each(found: Iterable[Found]) -> Iterator[int]:
    """Yield both halves of some pairs."""
    for one in found:
        yield one.first
        yield one.second
