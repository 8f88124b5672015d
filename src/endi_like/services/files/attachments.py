"""What people attach to records: added, given versions, removed and restored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, Integer, Row, bindparam, func, or_, select, true
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.models.history import FieldChange
from endi_like.services.beside import Place, Signature
from endi_like.services.files.examining import Accepted
from endi_like.services.files.naming import secure
from endi_like.services.files.vault import Vault
from endi_like.services.history import FILES
from endi_like.services.journal import LONGEST_ROW
from endi_like.services.locks import hold_files
from endi_like.settings import MEGABYTE
from endi_like.workflow.errors import Done, Refused

MOST_FILES = 500
"""How many files one record can have, with all their versions."""

# Made once, as the statements of ``services.history`` are.
ATTACHED = FILES.where(
    StoredFile.purpose == ATTACHMENT,
    or_(
        StoredFile.account_id.is_not_distinct_from(bindparam("account", type_=Integer)),
        StoredFile.company_id.in_(bindparam("companies", expanding=True)),
        bindparam("every", type_=Boolean),
    ),
)


def here(place: Place) -> tuple[Any, ...]:
    """Return the conditions on what is seen somewhere.

    That is what is of the account; beside a node what is its own, and of the companies
    whose accounts of it are seen.
    """
    mine = or_(
        StoredFile.account_id.is_not_distinct_from(place.account_id),
        StoredFile.company_id.in_(place.companies),
    )
    return (
        StoredFile.node_id == place.node_id,
        true() if place.is_whole else mine,
        StoredFile.purpose == ATTACHMENT,
    )


def exactly(place: Place) -> tuple[Any, ...]:
    """Return the conditions on what is attached to that very place."""
    return (
        StoredFile.node_id == place.node_id,
        StoredFile.account_id.is_not_distinct_from(place.account_id),
        StoredFile.purpose == ATTACHMENT,
    )


def all_of(db: Session, place: Place) -> Sequence[Row[Any]]:
    """Return what is seen of what is attached, with who did it, oldest first."""
    where = {
        "node_id": place.node_id,
        "account": place.account_id,
        "companies": list(place.companies),
        "every": place.is_whole,
    }
    return db.connection().execute(ATTACHED, where).all()


def used(db: Session) -> int:
    """Return how many bytes are attached in the whole organisation, removed or not."""
    total = select(func.sum(StoredFile.size)).where(StoredFile.purpose == ATTACHMENT)
    return int(db.scalar(total) or 0)


def check_room(
    db: Session, place: Place, files: Sequence[Accepted], quota_mb: int
) -> None:
    """Raise ``Refused`` when there would be too much, here or in the organisation."""
    there = db.scalar(select(func.count(StoredFile.id)).where(*exactly(place))) or 0
    if there + len(files) > MOST_FILES:
        said = {"n": MOST_FILES}
        raise Refused(_("A record has at most ${n} files.", mapping=said))
    if used(db) + sum(file.size for file in files) > quota_mb * MEGABYTE:
        raise Refused(
            _(
                "There is no room for more files: the organisation may keep ${n} MB "
                "of them. Please tell an administrator.",
                mapping={"n": quota_mb},
            )
        )


def add(
    db: Session,
    vault: Vault,
    place: Place,
    files: Sequence[tuple[str, Accepted]],
    by: Signature,
    description: str = "",
) -> list[StoredFile]:
    """Attach files that are in the vault under their sha256; return their rows.

    What is there already, under the same name and with the same content, is not
    attached once more.
    """
    hold_files(db)
    known = last_versions(db, place, {file.name for _sha256, file in files})
    found = []
    for sha256, file in files:
        last = known.get(file.name)
        if last is None or last.removed_at or last.sha256 != sha256:
            secure(db, vault, sha256, file.source)
            last = StoredFile(
                node_id=place.node_id,
                company_id=place.company_id,
                account_id=place.account_id,
                purpose=ATTACHMENT,
                name=file.name,
                version=last.version + 1 if last else 1,
                description=description,
                media_type=file.kind.media_type,
                size=file.size,
                sha256=sha256,
                created_at=by.at,
                uploaded_by_id=by.actor_id,
            )
            db.add(last)
            note(db, place, last, by, after=last.name)
            known[file.name] = last
        found.append(last)
    db.flush()
    return found


def last_versions(db: Session, place: Place, names: set[str]) -> dict[str, StoredFile]:
    """Return the last version of each file that is here under one of the names."""
    query = select(StoredFile).where(*exactly(place), StoredFile.name.in_(names))
    return {row.name: row for row in db.scalars(query.order_by(StoredFile.version))}


def remove(db: Session, place: Place, file: StoredFile, by: Signature) -> None:
    """Take an attachment off the record; its bytes stay, so that it can come back."""
    if file.removed_at:
        raise Done(_("It is removed already."))
    file.removed_at, file.removed_by_id = by.at, by.actor_id
    note(db, place, file, by, before=file.name)


def restore(db: Session, place: Place, file: StoredFile, by: Signature) -> None:
    """Put an attachment back that was removed."""
    if not file.removed_at:
        raise Done(_("It is there already."))
    file.removed_at = file.removed_by_id = None
    note(db, place, file, by, before=file.name, after=file.name)


def note(
    db: Session,
    place: Place,
    file: StoredFile,
    by: Signature,
    *,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """Keep in the history that a file was added, removed or restored.

    Added, it was nowhere before; removed, it is nowhere after.  The field is its
    version.
    """
    kept = FieldChange(
        node_id=file.node_id,
        company_id=file.company_id,
        actor_id=by.actor_id,
        at=by.at,
        what=StoredFile.__tablename__,
        row=place.caption[:LONGEST_ROW],
        field=str(file.version),
        before=before,
        after=after,
    )
    db.add(kept)
