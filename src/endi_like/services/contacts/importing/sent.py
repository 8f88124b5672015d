"""Files that were sent by the browser: kept, looked at, asked to be imported."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import ContactImport
from endi_like.services.contacts.importing.flat import FLAT, proposed
from endi_like.services.contacts.importing.flat_checking import (
    FlatChecking,
    Judged,
    Reading,
    Suspect,
    unsuspecting,
)
from endi_like.services.contacts.importing.importer import staging
from endi_like.services.contacts.importing.reading import (
    WIDE,
    Row,
    UnusableFile,
    manner_of,
    rows_of,
    text_of,
)
from endi_like.services.contacts.importing.taken import Taken
from endi_like.services.files import Vault
from endi_like.services.files.naming import secure
from endi_like.services.jobs import enqueue

IMPORT_JOB = "import_contacts"
FILE = "contacts.csv"
MOST_COLUMNS = 200
START = 4096
ROWS_SHOWN = 10
LAST = 10
KEPT_FOR = dt.timedelta(days=30)


@dataclass(frozen=True)
class Open:
    """A file as it is read: the names of its columns, its rows, how far one is."""

    head: Sequence[str]
    rows: Iterator[Row]
    binary: BinaryIO


@contextmanager
def opened(binary: BinaryIO) -> Iterator[Open]:
    """Give the rows of a file; raise ``UnusableFile`` if there can be none."""
    manner = manner_of(binary)
    start = binary.read(START)
    binary.seek(0)
    if b"\0" in start and manner.encoding != WIDE:
        raise UnusableFile(_("This is no CSV file."))
    with text_of(binary, manner.encoding) as stream:
        rows = rows_of(stream, manner.separator)
        first = next(rows, None)
        if first is None or first.wrong or not any(map(str.strip, first.cells)):
            raise UnusableFile(_("The first line does not name any columns."))
        if len(first.cells) > MOST_COLUMNS:
            raise UnusableFile(_("This is no CSV file."))
        names = (name.strip() for name in first.cells)
        head = [name or str(place) for place, name in enumerate(names, 1)]
        yield Open(head, rows, binary)


def keep(
    db: Session, vault: Vault, run: ContactImport, source: BinaryIO
) -> ContactImport:
    """Keep a file that was sent, whose bytes are stored."""
    secure(db, vault, run.sha256, source)
    db.add(run)
    db.flush()
    return run


def first_mapping(source: BinaryIO) -> str:
    """Return what the columns of a file seem to be, as it is kept.

    Raises ``UnusableFile``; the file is at its beginning again afterwards.
    """
    with opened(source) as found:
        mapping = packed(proposed(found.head))
    source.seek(0)
    return mapping


def packed(mapping: Mapping[int, str]) -> str:
    """Return a mapping as it is kept."""
    return json.dumps({str(place): key for place, key in mapping.items()})


def mapping_of(run: ContactImport) -> dict[int, str]:
    """Return what the columns of a file are, by their place."""
    return {int(place): key for place, key in json.loads(run.mapping).items()}


def chosen(values: Mapping[int, str]) -> dict[int, str]:
    """Return a mapping as somebody has chosen it, without what is nothing."""
    return {place: key for place, key in values.items() if key in FLAT}


def objection(mapping: Mapping[int, str]) -> str:
    """Return the sentence about a mapping that cannot be, or nothing."""
    keys = list(mapping.values())
    twice = [key for key in FLAT if keys.count(key) > 1]
    if twice:
        label = FLAT[twice[0]].label
        return _("Two columns are chosen as “${label}”.", mapping={"label": label})
    if not {"name", "legal_name", "first_name", "last_name"} & set(keys):
        return _("Say which column has the names.")
    return ""


def own(db: Session, key: int, user_id: int) -> ContactImport | None:
    """Return an import of a user; those of others do not exist."""
    mine = ContactImport.id == key, ContactImport.user_id == user_id
    return db.scalars(select(ContactImport).where(*mine)).one_or_none()


def last(db: Session, user_id: int) -> Sequence[ContactImport]:
    """Return the last imports of a user, the latest first."""
    query = select(ContactImport).where(ContactImport.user_id == user_id)
    return db.scalars(query.order_by(ContactImport.id.desc()).limit(LAST)).all()


@dataclass(frozen=True)
class Preview:
    """The columns of a file, and its first rows with what is wrong with them."""

    head: Sequence[str]
    rows: Sequence[Judged]


def preview(
    vault: Vault, run: ContactImport, taken: Taken, suspect: Suspect = unsuspecting
) -> Preview:
    """Return how a file begins, read by its mapping."""
    with (
        vault.open(run.sha256) as source,
        opened(source) as found,
        staging() as staged,
    ):
        checking = FlatChecking(reading_of(run, found), staged, taken, suspect)
        rows = list(checking.judged(islice(found.rows, ROWS_SHOWN)))
        return Preview(found.head, rows)


def reading_of(run: ContactImport, found: Open) -> Reading:
    """Return how the rows of a file are read: by what its columns were said to be."""
    mapping = mapping_of(run).items()
    there = {place: key for place, key in mapping if place < len(found.head)}
    return Reading(FILE, found.head, there)


def ask(db: Session, run: ContactImport, now: dt.datetime) -> None:
    """Have a file be imported by the worker."""
    run.state = "waiting"
    enqueue(
        db,
        IMPORT_JOB,
        {"import_id": run.id},
        dedupe_key=f"{IMPORT_JOB} {run.id}",
        at=now,
        alone=IMPORT_JOB,
    )


def forget_old(db: Session, now: dt.datetime) -> int:
    """Forget imports of long ago, whose files are swept up then; return how many."""
    old = delete(ContactImport).where(ContactImport.created_at < now - KEPT_FOR)
    return len(db.scalars(old.returning(ContactImport.id)).all())
