"""The status columns say what the last move in the log says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from endi_like.models.history import StatusLogEntry
from endi_like.models.node import Node
from endi_like.workflow.core import ActionManager

SIGNED = {"user_id": "actor_id", "at": "at", "comment": "comment"}
"""What the columns beside a status repeat of its last move; some have none."""


def kinds() -> Iterator[type[Any]]:
    """Yield every kind of document that has machines, each once."""
    for mapper in Node.__mapper__.self_and_descendants:
        if mapper.class_.lifecycle.managers:
            yield mapper.class_


def wrong_columns(db: Session) -> Iterator[str]:
    """Yield a sentence for each status that is not that of its last move."""
    for kind in kinds():
        for manager in kind.lifecycle.managers.values():
            for row in db.execute(beside_log(kind, manager)).yield_per(1000):
                if sentence := objection(row, manager):
                    yield f"{row.type_} {row.id}: {sentence}"


def beside_log(kind: type[Any], manager: ActionManager) -> Select[Any]:
    """Return each document of a kind beside the last move of one machine."""
    last = (
        select(StatusLogEntry.node_id, func.max(StatusLogEntry.position).label("last"))
        .where(StatusLogEntry.manager == manager.key)
        .group_by(StatusLogEntry.node_id)
        .subquery()
    )
    joined = and_(
        StatusLogEntry.node_id == kind.id, StatusLogEntry.position == last.c.last
    )
    columns = [
        getattr(kind, f"{manager.key}_{name}").label(f"column_{name}")
        for name in SIGNED
        if hasattr(kind, f"{manager.key}_{name}")
    ]
    return (
        select(
            kind.id,
            kind.type_,
            getattr(kind, manager.key).label("state"),
            StatusLogEntry.new,
            StatusLogEntry.actor_id,
            StatusLogEntry.at,
            StatusLogEntry.comment,
            *columns,
        )
        .outerjoin(last, last.c.node_id == kind.id)
        .outerjoin(StatusLogEntry, joined)
        .where(kind.type_ == kind.__mapper__.polymorphic_identity)
        .order_by(kind.id)
    )


def objection(row: Any, manager: ActionManager) -> str | None:
    """Return what is wrong with the status of a document, or nothing."""
    if row.new is None:
        if row.state == manager.initial:
            return None
        return f"{manager.key} is “{row.state}”, but no move led there"
    if row.state != row.new:
        return f"{manager.key} is “{row.state}”, but its last move led to “{row.new}”"
    for column, logged in SIGNED.items():
        if getattr(row, f"column_{column}", getattr(row, logged)) != getattr(
            row, logged
        ):
            return f"{manager.key}_{column} is not that of its last move"
    return None
