"""The pairs that were found, as somebody goes through them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from endi_like.models.contacts import Entity, EntityPair
from endi_like.models.people import User
from endi_like.services.contacts.duplicates.reasons import LIKELY

ON_A_PAGE = 25
MOST_COUNTED = 1000
SHOWN = ("likely", "possible", "dismissed")


@dataclass(frozen=True)
class Listed:
    """Some pairs, the next page's beginning if there is one, and how many in all.

    The number stops at a thousand.
    """

    pairs: Sequence[EntityPair]
    after: str
    total: int


def listed(
    db: Session, scope: ColumnElement[bool], shown: str, after: str = ""
) -> Listed:
    """Return the pairs of entities within the scope, the likeliest first."""
    query = select(EntityPair).where(*wanted(scope, shown))
    counted = query.with_only_columns(EntityPair.id).limit(MOST_COUNTED)
    total = db.scalar(select(func.count()).select_from(counted.subquery())) or 0
    query = query.order_by(EntityPair.score.desc(), EntityPair.id)
    query = following(query, after).limit(ON_A_PAGE + 1)
    both = joinedload(EntityPair.first), joinedload(EntityPair.second)
    by = joinedload(EntityPair.dismissed_by).load_only(User.name)
    found = db.scalars(query.options(*both, by)).all()
    pairs = found[:ON_A_PAGE]
    last = pairs[-1] if len(found) > ON_A_PAGE else None
    return Listed(pairs, f"{last.score}.{last.id}" if last else "", total)


def wanted(scope: ColumnElement[bool], shown: str) -> list[ColumnElement[bool]]:
    """Return the conditions on the pairs of one of the lists."""
    dismissed = EntityPair.dismissed_at.is_not(None)
    level = {
        "likely": and_(~dismissed, EntityPair.score >= LIKELY),
        "possible": and_(~dismissed, EntityPair.score < LIKELY),
        "dismissed": dismissed,
    }
    return [level[shown], *seen(scope)]


def seen(scope: ColumnElement[bool]) -> list[ColumnElement[bool]]:
    """Return that both halves are within the scope, and neither is in the bin."""
    return [
        exists().where(Entity.id == half, Entity.deleted_at.is_(None), scope)
        for half in (EntityPair.first_id, EntityPair.second_id)
    ]


def following(query: Select[Any], after: str) -> Select[Any]:
    """Return the query for what comes after a place; nonsense is the beginning."""
    score, _point, key = after.partition(".")
    if not (is_small(score) and is_small(key)):
        return query
    lower, same = EntityPair.score < int(score), EntityPair.score == int(score)
    return query.where(or_(lower, and_(same, EntityPair.id > int(key))))


def is_small(text: str) -> bool:
    """Tell whether a text is a number that fits into a column."""
    return text.isascii() and text.isdigit() and len(text) < len("2000000000")


def pair_of(db: Session, scope: ColumnElement[bool], key: str) -> EntityPair | None:
    """Return the pair of an id, if both halves are within the scope."""
    if not is_small(key):
        return None
    query = select(EntityPair).where(EntityPair.id == int(key), *seen(scope))
    return db.scalar(query)


def dismiss(pair: EntityPair, *, by_id: int, now: dt.datetime) -> None:
    """Write down that the two are not the same; who said so first is kept."""
    if pair.dismissed_at is None:
        pair.dismissed_at, pair.dismissed_by_id = now, by_id


def take_back(pair: EntityPair) -> None:
    """Have the two be asked about again."""
    pair.dismissed_at = pair.dismissed_by_id = None
