"""Files of an entity that becomes part of another: named there as well.

A row that names a file never changes: the one that stays gets rows of its own, which
name the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.services.beside import Signature

KEPT = (
    "company_id",
    "purpose",
    "name",
    "description",
    "media_type",
    "size",
    "sha256",
    "created_at",
    "uploaded_by_id",
)


def copy(db: Session, source: int, target: int) -> list[int]:
    """Name what is attached to one node at another; return the new rows."""
    attached = select(StoredFile).where(
        StoredFile.node_id == source,
        StoredFile.purpose == ATTACHMENT,
        StoredFile.removed_at.is_(None),
    )
    made = []
    for file in db.scalars(attached.order_by(StoredFile.id)).all():
        values = {name: getattr(file, name) for name in KEPT}
        version = next_version(db, target, file)
        row = StoredFile(node_id=target, version=version, **values)
        db.add(row)
        db.flush()
        made.append(row.id)
    return made


def next_version(db: Session, node_id: int, file: StoredFile) -> int:
    """Return which version of its name a file is elsewhere."""
    last = select(func.max(StoredFile.version)).where(
        StoredFile.node_id == node_id,
        StoredFile.company_id.is_not_distinct_from(file.company_id),
        StoredFile.name == file.name,
    )
    return (db.scalar(last) or 0) + 1


def take_back(db: Session, keys: Iterable[int], by: Signature) -> None:
    """Remove rows that were made; their bytes are named where they came from."""
    removed = update(StoredFile).where(
        StoredFile.id.in_(list(keys)), StoredFile.removed_at.is_(None)
    )
    db.execute(removed.values(removed_at=by.at, removed_by_id=by.actor_id))
