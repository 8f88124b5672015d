"""What the history says of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.history import StatusLogEntry


def moves(db: Session, node: Any) -> Sequence[str]:
    """Return the names of the actions that moved a node, in order."""
    moved = StatusLogEntry.manager.in_(node.lifecycle.managers)
    mine = StatusLogEntry.node_id == node.id
    query = select(StatusLogEntry.action).where(mine, moved)
    return db.scalars(query.order_by(StatusLogEntry.position)).all()
