"""Who was faster: what a page tells somebody whose change came too late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.files import PRINTOUT
from endi_like.models.history import StatusLogEntry
from endi_like.models.node import Node
from endi_like.models.people import User
from endi_like.workflow.core import Action
from endi_like.workflow.errors import UnknownAction

AT_ONCE = 5


@dataclass(frozen=True)
class LastChange:
    """The last thing that happened to a document; ``action`` is ``None`` for an edit.

    ``label`` is what the action is called.
    """

    user_id: int | None
    who: str
    at: datetime
    action: str | None = None
    label: str = ""


def last_change(db: Session, row: Any) -> LastChange | None:
    """Return who changed the node of a row last, when, and by which action.

    Of what belongs to no node, an option or a user, nobody has written that down.
    """
    node = getattr(row, "node", None)
    if not isinstance(node, Node):
        return None
    with db.no_autoflush:
        if move := last_move(db, node):
            action = action_of(node, move.action)
            label = action.label if action else move.action
            who = name_of(db, move.actor_id)
            return LastChange(move.actor_id, who, move.at, move.action, label)
        if node.updated_at is None:
            return None
        who = name_of(db, node.updated_by_id)
        return LastChange(node.updated_by_id, who, node.updated_at)


def name_of(db: Session, user_id: int | None) -> str:
    """Return how a user is called; nothing for what happened by itself."""
    if user_id is None:
        return ""
    return db.scalar(select(User.name).where(User.id == user_id)) or ""


def last_move(db: Session, node: Node) -> Any:
    """Return the log entry of the move that was the last change, if it was one.

    Of moves that happened at once it is the one somebody chose, which the others
    followed by themselves.
    """
    moves = db.execute(
        select(StatusLogEntry.actor_id, StatusLogEntry.at, StatusLogEntry.action)
        .where(
            StatusLogEntry.node_id == node.id,
            StatusLogEntry.manager != PRINTOUT,
            StatusLogEntry.at >= node.updated_at,
        )
        .order_by(StatusLogEntry.position.desc())
        .limit(AT_ONCE)
    ).all()
    for move in moves:
        action = action_of(node, move.action)
        if not action or not action.automatic:
            return move
    return moves[0] if moves else None


def action_of(node: Node, name: str) -> Action | None:
    """Return the action of a log entry, unless it exists no more."""
    try:
        return node.lifecycle.find(name)[1]
    except UnknownAction:
        return None
