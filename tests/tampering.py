"""Whoever changes rows behind the application's back: triggers out of the way first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from endi_like.models.history import StatusLogEntry
from endi_like.models.triggers import rules
from endi_like.services.journal import canonical, digest

FOREIGN_KEYS_TOO = "SET LOCAL session_replication_role = replica"


def drop_refusals(db: Session) -> None:
    """Take the triggers away, until the test's transaction is undone."""
    db.flush()
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text(FOREIGN_KEYS_TOO))
        return
    for name, *_rest in rules():
        db.execute(text(f"DROP TRIGGER {name}"))


def alter(db: Session, statement: str, **values: Any) -> None:
    """Run a statement of the tamperer's, and forget what the session remembers."""
    assert db.execute(text(statement), values).rowcount > 0, statement
    db.expire_all()


def moves(db: Session, node_id: int) -> list[StatusLogEntry]:
    """Return the log of a node as it is stored."""
    wanted = select(StatusLogEntry).where(StatusLogEntry.node_id == node_id)
    return list(db.scalars(wanted.order_by(StatusLogEntry.position)))


def hash_anew(db: Session, node_id: int) -> None:
    """Hash the whole log of a node again: its chain then looks as it should."""
    previous = ""
    for entry in moves(db, node_id):
        previous = digest(canonical(entry, previous))
        alter(
            db,
            "UPDATE status_log_entry SET hash = :hash WHERE id = :id",
            hash=previous,
            id=entry.id,
        )
