"""Rows that name stored files, and the sweeping up of what no row names.

Bytes are stored before the row that names them, outside of any lock, as that may take
long.  Whoever then writes the row makes sure of them, and whoever sweeps looks for the
row, each while the other has to wait: what one is about to name is never swept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import BinaryIO

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import ContactImport
from endi_like.models.files import StoredFile
from endi_like.models.mail import MailAttachment
from endi_like.services.files.vault import Vault
from endi_like.services.locks import hold_files

NAMING = (
    StoredFile.sha256,
    MailAttachment.sha256,
    ContactImport.sha256,
    ContactImport.refused_sha256,
)
"""Every column that names a stored file; a test looks for others."""

UNTOUCHED = timedelta(days=1)
"""So old is what nobody names before it is swept up."""

MOST_SWEPT = 1000
AT_A_TIME = 500
SWEPT_AT_ONCE = 20
"""So many are deleted in one transaction: whoever names files waits for it."""


def secure(db: Session, vault: Vault, sha256: str, source: BinaryIO) -> None:
    """Have the bytes of a file stay until the transaction ends, which names them."""
    hold_files(db)
    if vault.size(sha256) is None:  # stored, then swept before anything named it
        vault.put(source)


def unnamed(db: Session, names: Sequence[str]) -> set[str]:
    """Return which of these no row names."""
    found = set(names)
    for column in NAMING:
        found -= set(db.scalars(select(column).where(column.in_(names))))
    return found


def all_named(db: Session) -> set[str]:
    """Return every name that some row gives; the tables may be of an older version."""
    there = inspect(db.connection())
    found: set[str] = set()
    for column in NAMING:
        table = column.class_.__tablename__
        if there.has_table(table):
            query = select(column).where(column.is_not(None)).distinct()
            found |= set(db.scalars(query))
    return found


def leftovers(db: Session, vault: Vault, now: datetime) -> list[str]:
    """Return what was stored long ago and is named by no row, but not too many."""
    old = (one.name for one in vault.everything() if now - one.since > UNTOUCHED)
    found = (
        name
        for names in in_parts(old, AT_A_TIME)
        for name in sorted(unnamed(db, names))
    )
    return list(islice(found, MOST_SWEPT))


def sweep(db: Session, vault: Vault, names: Sequence[str]) -> int:
    """Delete what still no row names; return how many that were.

    Others who name files wait until the transaction ends: ``names`` are to be few.
    """
    if not names:
        return 0
    hold_files(db)
    found = unnamed(db, names)
    for name in found:
        vault.delete(name)
    return len(found)


def in_parts(names: Iterable[str], most: int) -> Iterator[list[str]]:
    """Yield names, some at a time."""
    rest = iter(names)
    while part := list(islice(rest, most)):
        yield part
