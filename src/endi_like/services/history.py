"""What is known of a node's past, in one statement for each kind of it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from endi_like.models.files import StoredFile
from endi_like.models.history import FieldChange, StatusLogEntry
from endi_like.models.node import Node
from endi_like.models.people import User

SHOWN = 200

# Made once: to build them and to compute their keys takes longer than to run them.
MOVES = (
    select(StatusLogEntry)
    .where(StatusLogEntry.node_id == bindparam("node_id"))
    .options(joinedload(StatusLogEntry.actor).load_only(User.name))
    .order_by(StatusLogEntry.position.desc())
    .limit(SHOWN)
)
FIELD_CHANGES = (
    select(FieldChange)
    .where(FieldChange.node_id == bindparam("node_id"))
    .options(joinedload(FieldChange.actor).load_only(User.name))
    .order_by(FieldChange.id.desc())
    .limit(SHOWN)
)
FILES = (
    select(StoredFile)
    .where(StoredFile.node_id == bindparam("node_id"))
    .order_by(StoredFile.id)
)


def moves(db: Session, node: Node) -> Sequence[StatusLogEntry]:
    """Return the last moves of a node with their actors, oldest first."""
    return db.scalars(MOVES, {"node_id": node.id}).all()[::-1]


def field_changes(db: Session, node: Node) -> Sequence[FieldChange]:
    """Return the last changed fields of a node with their actors, oldest first."""
    return db.scalars(FIELD_CHANGES, {"node_id": node.id}).all()[::-1]


def files(db: Session, node: Node) -> Sequence[StoredFile]:
    """Return the files of a node, oldest first."""
    return db.scalars(FILES, {"node_id": node.id}).all()
