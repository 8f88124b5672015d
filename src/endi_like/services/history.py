"""What is known of a node's past, in one statement for each kind of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from endi_like.models.files import StoredFile
from endi_like.models.history import FieldChange, StatusLogEntry
from endi_like.models.node import Node

SHOWN = 200


def moves(db: Session, node: Node) -> Sequence[StatusLogEntry]:
    """Return the last moves of a node with their actors, oldest first."""
    query = (
        select(StatusLogEntry)
        .where(StatusLogEntry.node_id == node.id)
        .options(joinedload(StatusLogEntry.actor))
        .order_by(StatusLogEntry.position.desc())
        .limit(SHOWN)
    )
    return db.scalars(query).all()[::-1]


def field_changes(db: Session, node: Node) -> Sequence[FieldChange]:
    """Return the last changed fields of a node with their actors, oldest first."""
    query = (
        select(FieldChange)
        .where(FieldChange.node_id == node.id)
        .options(joinedload(FieldChange.actor))
        .order_by(FieldChange.id.desc())
        .limit(SHOWN)
    )
    return db.scalars(query).all()[::-1]


def files(db: Session, node: Node) -> Sequence[StoredFile]:
    """Return the files of a node, oldest first."""
    query = select(StoredFile).where(StoredFile.node_id == node.id)
    return db.scalars(query.order_by(StoredFile.id)).all()
