"""The stored files are there, and are what was stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from endi_like.models.files import KEEP, PRINTOUT, StoredFile
from endi_like.models.history import StatusLogEntry
from endi_like.models.mail import MailAttachment
from endi_like.services.files import Damaged, StorageFault, Vault


def unlogged_printouts(db: Session) -> Iterator[str]:
    """Yield a sentence for each official printout that the log does not vouch for.

    And for each that the log knows, but that is gone or another one.
    """
    same = and_(
        StoredFile.node_id == StatusLogEntry.node_id,
        StoredFile.purpose == PRINTOUT,
        StoredFile.sha256 == StatusLogEntry.comment,
    )
    entries = and_(StatusLogEntry.manager == PRINTOUT, StatusLogEntry.action == KEEP)
    gone = select(StatusLogEntry.node_id).outerjoin(StoredFile, same)
    for node_id in db.scalars(gone.where(entries, StoredFile.id.is_(None))):
        yield f"node {node_id}: the printout of the log is not there"
    logged = and_(same, entries)
    new = select(StoredFile.id, StoredFile.name).outerjoin(StatusLogEntry, logged)
    unknown = StoredFile.purpose == PRINTOUT, StatusLogEntry.id.is_(None)
    for row in db.execute(new.where(*unknown)):
        yield f"{row.name} (file {row.id}): the log does not know it"


def damaged_files(db: Session, vault: Vault) -> Iterator[str]:
    """Yield a sentence for each stored file that is gone, or is another one."""
    for kind, model in (("file", StoredFile), ("attachment", MailAttachment)):
        rows = select(model.id, model.name, model.sha256, model.size)
        found = db.execute(rows.order_by(model.id)).yield_per(1000)
        yield from damaged(vault, kind, found)


def damaged(vault: Vault, kind: str, rows: Iterable[Any]) -> Iterator[str]:
    """Yield a sentence for each row whose file is gone, or is another one."""
    for row in rows:
        name = f"{row.name} ({kind} {row.id})"
        try:
            vault.open(row.sha256).close()
        except (Damaged, StorageFault) as error:
            yield f"{name}: {error}"
        else:
            if vault.size(row.sha256) != row.size:
                yield f"{name} has not the size that was written"
