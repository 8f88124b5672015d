"""What the drop-downs of the search offer: what is in use, as far as one sees it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from endi_like.services.contacts.search.sources import ADDRESSES, ENTITY
from endi_like.services.rights.sight import Sight


def countries(db: Session, scope: ColumnElement[bool], sight: Sight) -> set[str]:
    """Return the countries of the entities one may see, and of their addresses."""
    place = ADDRESSES.table
    there = exists().where(ENTITY.c.id == place.c.entity_id, *visible(scope))
    in_places = exists().where(*ADDRESSES.seen(sight, place), there)
    own = used(db, ENTITY.c.country, exists().where(*visible(scope)))
    return own | used(db, place.c.country, in_places)


def stages(db: Session, scope: ColumnElement[bool]) -> set[str]:
    """Return what the entities one may see are marked as."""
    return used(db, ENTITY.c.stage, exists().where(*visible(scope)))


def visible(scope: ColumnElement[bool]) -> Sequence[ColumnElement[bool]]:
    """Return the conditions on the entities one may see in a list."""
    return scope, ENTITY.c.deleted_at.is_(None)


def used(db: Session, column: Any, seen: Any) -> set[str]:
    """Return the values of an indexed column of which one sees a row.

    It is looked for one value after the other, as there are few of them in a million
    rows; and for each whether there is a row that one sees, which is soon found.
    """
    first = select(func.min(column).label("value")).cte(recursive=True)
    following = select(func.min(column)).where(column > first.c.value)
    values = first.union_all(
        select(following.scalar_subquery()).where(first.c.value.is_not(None))
    )
    there = seen.where(column == values.c.value)
    query = select(values.c.value).where(values.c.value != "", there)
    return set(db.connection().execute(query).scalars())
