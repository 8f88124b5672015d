"""Printed documents: drafts made when asked for, the official one made once.

The PDF of a validated document is stored with its sha256 the first time it is needed,
by the job that follows the validation or by whoever is faster, and served ever after.
To make it takes long: that is done while reading, before the transaction that stores
it begins, as on SQLite everybody else who writes would wait.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from io import BytesIO

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from endi_like.models.files import KEEP, PRINTOUT, StoredFile
from endi_like.services.files import Vault
from endi_like.services.files.naming import secure
from endi_like.services.journal import chain
from endi_like.services.papers import fixed
from endi_like.services.printed import Printable
from endi_like.services.printing import render_pdf
from endi_like.templating import render
from endi_like.workflow.core import Change

UNPRINTABLE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class Printout:
    """The PDF of a validated document, not stored yet."""

    task_id: int
    name: str
    data: bytes


def html(document: Printable) -> str:
    """Return the printed page of a document, in its customer's language."""
    template = f"print/sales/{document.kind}.jinja2"
    return render(template, {"document": document}, document.language)


def file_name(number: str | None, task_id: int) -> str:
    """Return what the PDF of a document is called: any header and any disk can hold it.

    One without an official number has that of its address.
    """
    return UNPRINTABLE.sub("_", f"{number or f'draft-{task_id}'}.pdf")


def stored(db: Session, task_id: int) -> StoredFile | None:
    """Return the official printout of a document, if it has been made."""
    mine = StoredFile.node_id == task_id, StoredFile.purpose == PRINTOUT
    return db.scalars(select(StoredFile).where(*mine)).one_or_none()


def made(db: Session, task_id: int) -> Printout:
    """Return the PDF of a validated document, made now; ``db`` only reads."""
    document = fixed(db, task_id)
    return Printout(task_id, f"{document.number}.pdf", render_pdf(html(document)))


def kept(db: Session, vault: Vault, task_id: int) -> bytes | None:
    """Return the one PDF of a validated document, if it has been stored.

    Raises ``Damaged`` when the stored file is not what it was.
    """
    found = stored(db, task_id)
    return vault.get(found.sha256) if found else None


def keep(db: Session, vault: Vault, printout: Printout, at: dt.datetime) -> bytes:
    """Store the one PDF of a document; return it, or that of whoever was faster.

    The log of the document notes its sha256, so that its chain vouches for the file.
    ``db`` is a session whose transaction belongs to the caller.
    """
    source = BytesIO(printout.data)
    sha256 = vault.put(source)
    secure(db, vault, sha256, source)
    file = StoredFile(
        node_id=printout.task_id,
        purpose=PRINTOUT,
        name=printout.name,
        media_type="application/pdf",
        size=len(printout.data),
        sha256=sha256,
        created_at=at,
    )
    logged = Change(PRINTOUT, KEEP, "fixed", "kept", None, at, file.sha256)
    try:
        with db.begin_nested():
            db.add(file)
            chain(db, printout.task_id, logged)
    except IntegrityError:  # somebody else stored theirs in this very moment
        found = kept(db, vault, printout.task_id)
        if found is None:
            raise
        return found
    return printout.data
