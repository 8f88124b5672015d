"""Files of an entity that becomes part of another: named there as well.

A row that names a file never changes: the one that stays gets rows of its own, which
name the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.services.beside import Signature

KEPT = (
    "company_id",
    "account_id",
    "purpose",
    "name",
    "description",
    "media_type",
    "size",
    "sha256",
    "created_at",
    "uploaded_by_id",
)


def count(db: Session, node_id: int) -> int:
    """Return how many files, of every version, would follow."""
    attached = select(func.count(StoredFile.id)).where(*attached_to(node_id))
    return db.scalar(attached) or 0


def copy(db: Session, source: int, target: int, *which: Any) -> list[int]:
    """Name what is attached to one node at another; return the new rows.

    ``which`` are more conditions on what is meant.
    """
    attached = select(StoredFile).where(*attached_to(source), *which)
    made = []
    for file in db.scalars(attached.order_by(StoredFile.id)).all():
        values = {name: getattr(file, name) for name in KEPT}
        version = next_version(db, target, file)
        row = StoredFile(node_id=target, version=version, **values)
        db.add(row)
        db.flush()
        made.append(row.id)
    return made


def attached_to(node_id: int) -> tuple[Any, ...]:
    """Return the conditions on what is attached to a node and not removed."""
    return (
        StoredFile.node_id == node_id,
        StoredFile.purpose == ATTACHMENT,
        StoredFile.removed_at.is_(None),
    )


def next_version(db: Session, node_id: int, file: StoredFile) -> int:
    """Return which version of its name a file is elsewhere."""
    last = select(func.max(StoredFile.version)).where(
        StoredFile.node_id == node_id,
        StoredFile.account_id.is_not_distinct_from(file.account_id),
        StoredFile.name == file.name,
    )
    return (db.scalar(last) or 0) + 1


def follow(
    db: Session, accounts: Iterable[int], source: int, target: int, by: Signature
) -> None:
    """Name at another entity what is attached to accounts that are its own again."""
    theirs = StoredFile.account_id.in_(list(accounts))
    found = select(StoredFile.id).where(*attached_to(source), theirs)
    keys = db.scalars(found).all()
    copy(db, source, target, StoredFile.id.in_(keys))
    take_back(db, keys, by)


def take_back(db: Session, keys: Iterable[int], by: Signature) -> None:
    """Remove rows that were made; their bytes are named where they came from."""
    removed = update(StoredFile).where(
        StoredFile.id.in_(list(keys)), StoredFile.removed_at.is_(None)
    )
    db.execute(removed.values(removed_at=by.at, removed_by_id=by.actor_id))
