"""Whatever is out of the bin is found where it is kept."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.node import Node
from endi_like.models.projects import Business, Project
from endi_like.models.sales import Task

KEPT = ((Task, Business), (Task, Project), (Business, Project))


def wrong_places(db: Session) -> Iterator[str]:
    """Yield a sentence for each thing that is kept in what is in the bin."""
    for kind, owner in KEPT:
        row, place = kind.__table__.c, owner.__table__.c
        name = str(owner.__mapper__.polymorphic_identity)
        query = (
            select(row.id, Node.type_, place.id)
            .join(place.id.table, place.id == row[f"{name}_id"])
            .join(Node.__table__, Node.id == row.id)
            .where(row.deleted_at.is_(None), place.deleted_at.is_not(None))
            .order_by(row.id)
        )
        for key, type_, where in db.execute(query):
            yield f"{type_} {key}: {name} {where}, which it is in, is in the bin"
