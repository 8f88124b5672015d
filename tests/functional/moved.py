"""What the history says of a document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.history import StatusLogEntry


def moves(db: Session, node: Any) -> Sequence[str]:
    """Return the names of the actions that moved a node, in order."""
    query = select(StatusLogEntry.action).where(StatusLogEntry.node_id == node.id)
    return db.scalars(query.order_by(StatusLogEntry.position)).all()
