"""Asking for entities to be compared anew, in the transaction that changes them."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from endi_like.models.contacts import Entity
from endi_like.services.jobs import enqueue

JOB = "compare_contacts"


def compare_later(db: Session, entity: Entity, now: dt.datetime) -> None:
    """Have an entity compared with all others, once for each of its versions."""
    if entity.id is None:
        db.flush()
    key = f"{JOB}:{entity.id}:{entity.version}"
    enqueue(db, JOB, {"ids": [entity.id]}, dedupe_key=key, at=now)
