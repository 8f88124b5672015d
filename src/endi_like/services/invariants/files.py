"""The stored files are there, and are what was stored."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.files import StoredFile
from endi_like.services.files import Damaged, Vault


def damaged_files(db: Session, vault: Vault) -> Iterator[str]:
    """Yield a sentence for each stored file that is gone, or is another one."""
    rows = select(StoredFile.id, StoredFile.name, StoredFile.sha256, StoredFile.size)
    for row in db.execute(rows.order_by(StoredFile.id)).yield_per(1000):
        name = f"{row.name} (file {row.id})"
        try:
            size = len(vault.get(row.sha256))
        except Damaged as error:
            yield f"{name}: {error}"
        else:
            if size != row.size:
                yield f"{name} has not the size that was written"
