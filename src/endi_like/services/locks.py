"""Who changes a document has it alone until the transaction ends; so with files."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from endi_like.models.node import Node
from endi_like.models.organisation import Organisation

ROWS = (
    select(Node.id)
    .where(Node.id.in_(bindparam("ids", expanding=True)))
    .order_by(Node.id)
    .with_for_update(key_share=True)
)


def reserve(db: Session, node_ids: Iterable[int]) -> None:
    """Have whoever else wants to change these nodes wait; to be asked before reading.

    What is read afterwards, the nodes and all that belongs to them, is what those who
    were faster have left.  The locks are taken in the order of the ids: nobody waits
    for somebody who waits for him.  On SQLite whoever writes has the whole database
    alone from the first statement on.
    """
    if db.get_bind().dialect.name == "sqlite":
        return
    db.connection().execute(ROWS, {"ids": sorted(node_ids)})


def hold_files(db: Session) -> None:
    """Have whoever else names, counts or sweeps up stored files wait.

    To be asked before any other lock, in a transaction that is short.
    """
    if db.get_bind().dialect.name != "sqlite":
        db.execute(select(Organisation.id).with_for_update(key_share=True))
