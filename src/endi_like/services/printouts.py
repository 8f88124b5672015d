"""Printed documents: drafts made when asked for, the official one made once.

The PDF of a validated document is stored with its sha256 the first time it is needed,
by the job that follows the validation or by whoever is faster, and served ever after.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from endi_like.models.files import StoredFile
from endi_like.models.sales import Task
from endi_like.services.files import Vault
from endi_like.services.printable import printable
from endi_like.services.printing import render_pdf
from endi_like.services.sales import organisation
from endi_like.templating import render

PURPOSE = "print"


def html(db: Session, task: Task) -> str:
    """Return the printed page of a document, in its customer's language."""
    own = organisation(db)
    document = printable(task, own)
    template = f"print/sales/{task.type_}.jinja2"
    return render(
        template, {"document": document}, document.language, time_zone=own.time_zone
    )


def stored(db: Session, task: Task) -> StoredFile | None:
    """Return the official printout of a document, if it has been made."""
    mine = StoredFile.node_id == task.id, StoredFile.purpose == PURPOSE
    return db.scalars(select(StoredFile).where(*mine)).one_or_none()


def official(db: Session, vault: Vault, task: Task, at: dt.datetime) -> bytes:
    """Return the one PDF of a validated document, stored now if it was not before.

    ``db`` is a session whose transaction belongs to the caller.  Raises ``Damaged``
    when the stored file is not what it was.
    """
    if found := stored(db, task):
        return vault.get(found.sha256)
    data = render_pdf(html(db, task))
    file = StoredFile(
        node_id=task.id,
        purpose=PURPOSE,
        name=f"{task.official_number}.pdf",
        media_type="application/pdf",
        size=len(data),
        sha256=vault.put(data),
        created_at=at,
    )
    try:
        with db.begin_nested():
            db.add(file)
    except IntegrityError:  # somebody else stored theirs in this very moment
        if found := stored(db, task):
            return vault.get(found.sha256)
        raise
    return data
