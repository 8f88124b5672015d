"""What stands on the paper of a document: fixed, word for word, when it is validated.

Customer, company, organisation and options may change the next moment.  Whatever is
printed of them is copied in the transaction of the validation, and the log of the
document notes the sha256 of the copy; page and PDF read nothing else from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from endi_like.models.files import FIX, PRINTOUT, Paper
from endi_like.models.history import StatusLogEntry
from endi_like.models.organisation import Organisation
from endi_like.models.sales import Task
from endi_like.services.canonical import line, read
from endi_like.services.files import Damaged
from endi_like.services.journal import chain, digest
from endi_like.services.printable import printable, recipient
from endi_like.services.printed import Printable, Recipient
from endi_like.services.sales import organisation
from endi_like.workflow.core import Change

# Made once: to build it and to compute its key takes longer than to run it.
STORED = (
    select(Paper.node_id, Paper.content, StatusLogEntry.comment)
    .outerjoin(
        StatusLogEntry,
        and_(
            StatusLogEntry.node_id == Paper.node_id,
            StatusLogEntry.manager == PRINTOUT,
            StatusLogEntry.action == FIX,
        ),
    )
    .where(Paper.node_id.in_(bindparam("node_ids", expanding=True)))
)


@dataclass(frozen=True)
class Addressed:
    """What of a paper says whom it is for: the rest of it need not be made again."""

    recipient: Recipient


class Stored(NamedTuple):
    """A paper as it is stored, and the sha256 the log has noted of it."""

    content: str
    sha256: str | None

    def trusted(self) -> Printable:
        """Return what stands on it; raise ``Damaged`` if it is not what was fixed."""
        found: Printable = read(Printable, self.checked())
        return found

    def recipient(self) -> Recipient:
        """Return whom it is for; raise ``Damaged`` if it is not what was fixed."""
        found: Addressed = read(Addressed, self.checked())
        return found.recipient

    def checked(self) -> str:
        """Return the content; raise ``Damaged`` if it is not what was fixed."""
        if digest(self.content) != self.sha256:
            raise Damaged("what is printed is not what was fixed")
        return self.content


def stored(db: Session, node_ids: Iterable[int]) -> dict[int, Stored]:
    """Return the papers of documents by their ids."""
    rows = db.connection().execute(STORED, {"node_ids": list(node_ids)})
    return {node_id: Stored(*found) for node_id, *found in rows}


def fixed(db: Session, task_id: int) -> Printable:
    """Return what stands on the paper of a validated document.

    Raises ``Damaged`` when that is gone, or is not what was fixed.
    """
    return only(db, task_id).trusted()


def only(db: Session, task_id: int) -> Stored:
    """Return the paper of a validated document; raise ``Damaged`` if it is gone."""
    found = stored(db, [task_id]).get(task_id)
    if found is None:
        raise Damaged(f"the paper of document {task_id} is gone")
    return found


def paper(db: Session, task: Task) -> Printable:
    """Return what stands on the paper of a document: as fixed, of a draft as of now."""
    if task.official_number is None:
        return printable(task, organisation(db))
    return fixed(db, task.id)


def addressee(db: Session, task: Task, moves: Iterable[Any] = ()) -> Recipient:
    """Return whom the paper of a document is for, without gathering all of a draft.

    Its last ``moves`` may have brought the paper along (``services.history``).
    """
    if task.official_number is None:
        return recipient(task, organisation(db))
    brought = (Stored(one.paper, one.comment) for one in moves if one.paper)
    found = next(brought, None) or only(db, task.id)
    return found.recipient()


def fix(db: Session, task: Task, own: Organisation, at: datetime) -> None:
    """Copy what is printed of a document, and have its log vouch for it."""
    content = line(printable(task, own))
    db.add(Paper(node_id=task.id, content=content))
    noted = Change(PRINTOUT, FIX, "", "fixed", None, at, digest(content))
    chain(db, task.id, noted)
