"""The status log is what was written: no row changed, added or taken out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.history import StatusLogEntry
from endi_like.models.node import Node
from endi_like.services.journal import HASH_VERSION, canonical, digest

VERSIONS: Mapping[int, Callable[[Any, str], str]] = {HASH_VERSION: canonical}
"""How a row is written out before it is hashed, for every version there has been."""

COLUMNS = (
    StatusLogEntry.id,
    StatusLogEntry.node_id,
    StatusLogEntry.position,
    StatusLogEntry.manager,
    StatusLogEntry.action,
    StatusLogEntry.old,
    StatusLogEntry.new,
    StatusLogEntry.actor_id,
    StatusLogEntry.at,
    StatusLogEntry.comment,
    StatusLogEntry.visibility,
    StatusLogEntry.hash_version,
    StatusLogEntry.hash,
    Node.type_,
)


@dataclass
class Chain:
    """The moves of one document, as far as they have been read."""

    node_id: int = 0
    position: int = 0
    hash: str = ""
    version: int = 0
    broken: bool = False
    states: dict[str, str] = field(default_factory=dict)

    def objection(self, row: Any) -> str | None:
        """Return what is wrong with the next move, or nothing."""
        expected = self.position + 1
        if row.position != expected:
            return f"{label(row)}: move {expected} is missing (before entry {row.id})"
        move = f"{label(row)}, move {row.position} (entry {row.id})"
        writing = VERSIONS.get(row.hash_version)
        if writing is None or row.hash_version < self.version:
            return f"{move} is hashed in a way that was not used any more"
        if digest(writing(row, self.hash)) != row.hash:
            return f"{move} is not what was written"
        if self.states.get(row.manager, row.old) != row.old:
            return f"{move} does not begin where the one before it ended"
        return None

    def follow(self, row: Any) -> None:
        """Go on with the next move."""
        self.position, self.hash, self.version = (
            row.position,
            row.hash,
            row.hash_version,
        )
        self.states[row.manager] = row.new


def label(row: Any) -> str:
    """Return what people call the document of a row: invoice 12."""
    return f"{row.type_} {row.node_id}"


def broken_chains(db: Session) -> Iterator[str]:
    """Yield a sentence for the first bad move of each document."""
    rows = db.execute(
        select(*COLUMNS)
        .join(Node, Node.id == StatusLogEntry.node_id)
        .order_by(StatusLogEntry.node_id, StatusLogEntry.position)
    ).yield_per(1000)
    chain = Chain()
    for row in rows:
        if row.node_id != chain.node_id:
            chain = Chain(row.node_id)
        if chain.broken:
            continue
        if sentence := chain.objection(row):
            chain.broken = True
            yield sentence
        chain.follow(row)
