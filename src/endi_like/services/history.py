"""How a node came where it is, and its files: in one statement each.

What happened to it otherwise is told by ``services.timeline``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Executable, Row, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from endi_like.models.files import FIX, PRINTOUT, Paper, StoredFile
from endi_like.models.history import StatusLogEntry
from endi_like.models.node import Node
from endi_like.models.people import User

SHOWN = 200

Rows: TypeAlias = Sequence[Row[Any]]
"""Plain rows: what is only looked at need not be objects that could be changed."""

WHO = func.coalesce(User.name, "").label("who")

# Made once: to build them and to compute their keys takes longer than to run them.
MOVES = (
    select(
        StatusLogEntry.manager,
        StatusLogEntry.action,
        StatusLogEntry.old,
        StatusLogEntry.new,
        StatusLogEntry.at,
        StatusLogEntry.comment,
        WHO,
        Paper.content.label("paper"),
    )
    .outerjoin(User, User.id == StatusLogEntry.actor_id)
    .outerjoin(
        Paper,
        and_(
            Paper.node_id == StatusLogEntry.node_id,
            StatusLogEntry.manager == PRINTOUT,
            StatusLogEntry.action == FIX,
        ),
    )
    .where(StatusLogEntry.node_id == bindparam("node_id"))
    .order_by(StatusLogEntry.position.desc())
    .limit(SHOWN)
)
REMOVER = aliased(User)
FILES: Select[Any] = (
    select(
        *StoredFile.__table__.columns,
        WHO,
        func.coalesce(REMOVER.name, "").label("remover"),
    )
    .outerjoin(User, User.id == StoredFile.uploaded_by_id)
    .outerjoin(REMOVER, REMOVER.id == StoredFile.removed_by_id)
    .where(StoredFile.node_id == bindparam("node_id"))
    .order_by(StoredFile.id)
)


def moves(db: Session, node: Node) -> Rows:
    """Return the last moves of a node and who made them, oldest first.

    That by which its paper was fixed brings the ``paper``.
    """
    return read(db, MOVES, node)[::-1]


def files(db: Session, node: Node) -> Rows:
    """Return the files of a node, with who added and who removed them, oldest first."""
    return read(db, FILES, node)


def read(db: Session, rows: Executable, node: Node) -> Rows:
    """Return the rows of a node."""
    return db.connection().execute(rows, {"node_id": node.id}).all()
