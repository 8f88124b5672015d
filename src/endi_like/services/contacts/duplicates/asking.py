"""Asking for entities to be compared anew, in the transaction that changes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy.orm import Session

from endi_like.models.contacts import Entity
from endi_like.services.jobs import enqueue

JOB = "compare_contacts"
NIGHTLY = "find_duplicates"
MOST_BY_NAME = 500
"""So many entities are compared with the others; of more, all are with all."""


def compare_later(db: Session, entity: Entity, now: dt.datetime) -> None:
    """Have an entity compared with all others, once for each of its versions."""
    if entity.id is None:
        db.flush()
    key = f"{JOB}:{entity.id}:{entity.version}"
    enqueue(db, JOB, {"ids": [entity.id]}, dedupe_key=key, at=now)


def compare_many_later(db: Session, ids: Collection[int], now: dt.datetime) -> None:
    """Have entities that came in together compared with all others, by one job."""
    few = len(ids) <= MOST_BY_NAME
    enqueue(
        db,
        JOB,
        {"ids": sorted(ids)} if few else {},
        dedupe_key=f"{JOB}:{min(ids)}-{max(ids)}:{now.isoformat()}",
        at=now,
        alone=None if few else NIGHTLY,
    )
