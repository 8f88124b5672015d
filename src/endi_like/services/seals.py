"""Seals: what the status log was, written down every day, also outside the database.

Each move is chained to the one before it on the same document, so that a changed row
shows.  It would not show that the last rows were removed, or that everything was
hashed anew.  A seal covers every move since the seal before it, and that seal; the
list of seals is kept in a file too (and may be mailed, or printed): whoever changes
what was sealed would have to change what others hold.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from endi_like.models.history import LogSeal, StatusLogEntry

SEAL_VERSION = 1
FILE = "seals.log"


def seal_log(db: Session, *, day: date, now: datetime) -> LogSeal | None:
    """Store the day's seal and return it; nothing if the day has one already."""
    if db.scalar(select(LogSeal.id).where(LogSeal.day == day)) is not None:
        return None
    before = db.scalars(select(LogSeal).order_by(LogSeal.id.desc()).limit(1)).first()
    last = last_settled_entry(db)
    count, digest = digest_between(db, before.last_entry_id if before else 0, last)
    made = LogSeal(
        day=day,
        made_at=now,
        last_entry_id=last,
        entries=count + (before.entries if before else 0),
        digest=digest,
        seal="",
    )
    made.seal = value_of(made, before.seal if before else "")
    db.add(made)
    db.flush()
    return made


def last_settled_entry(db: Session) -> int:
    """Return the id of the last move below which no other can still appear.

    PostgreSQL gives out ids before the rows are committed: the lock waits for those
    who are writing, and is given back at once with its savepoint.
    """
    savepoint = db.begin_nested()
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("LOCK TABLE status_log_entry IN SHARE MODE"))
    last = db.scalar(select(func.max(StatusLogEntry.id))) or 0
    savepoint.rollback()
    return last


def digest_between(db: Session, after: int, until: int) -> tuple[int, str]:
    """Return number and digest of the moves with an id in that range."""
    rows = db.execute(
        select(
            StatusLogEntry.id,
            StatusLogEntry.node_id,
            StatusLogEntry.position,
            StatusLogEntry.hash,
        )
        .where(StatusLogEntry.id > after, StatusLogEntry.id <= until)
        .order_by(StatusLogEntry.id)
    ).yield_per(1000)
    found = hashlib.sha256()
    count = 0
    for row in rows:
        found.update(f"{row.id} {row.node_id} {row.position} {row.hash}\n".encode())
        count += 1
    return count, found.hexdigest()


def value_of(seal: Any, previous: str) -> str:
    """Return the seal itself: the hash of all it says and of the one before."""
    values = [
        SEAL_VERSION,
        previous,
        seal.day.isoformat(),
        seal.made_at.isoformat(timespec="microseconds"),
        seal.last_entry_id,
        seal.entries,
        seal.digest,
    ]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()


def broken_seals(db: Session) -> Iterator[str]:
    """Yield a sentence for each seal that is not what was written or sealed."""
    previous, after, entries = "", 0, 0
    for seal in db.scalars(select(LogSeal).order_by(LogSeal.id)):
        if seal.seal != value_of(seal, previous):
            yield f"the seal of {seal.day} is not what was written"
        count, digest = digest_between(db, after, seal.last_entry_id)
        entries += count
        if (seal.entries, seal.digest) != (entries, digest):
            yield (
                f"the moves sealed on {seal.day} (entries {after + 1} to "
                f"{seal.last_entry_id}) are not what they were"
            )
        previous, after, entries = seal.seal, seal.last_entry_id, seal.entries


def line_of(seal: Any) -> str:
    """Return a seal as the file has it."""
    return f"{seal.day.isoformat()} {seal.last_entry_id} {seal.entries} {seal.seal}"


def all_lines(db: Session) -> list[str]:
    """Return every stored seal as the file has it."""
    return [line_of(seal) for seal in db.scalars(select(LogSeal).order_by(LogSeal.id))]


def read_file(folder: Path) -> list[str]:
    """Return the lines of the file of seals, none if there is no file yet."""
    path = folder / FILE
    return path.read_text().splitlines() if path.exists() else []


def append_missing(db: Session, folder: Path) -> None:
    """Add to the file the seals it has not heard of; nothing in it ever changes.

    Call it once the seals are committed.
    """
    known = read_file(folder)
    missing = [line for line in all_lines(db) if line not in known]
    if not missing:
        return
    with (folder / FILE).open("a") as file:
        file.writelines(f"{line}\n" for line in missing)
        file.flush()
        os.fsync(file.fileno())


def differences(stored: Sequence[str], written: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each seal that only the database or only the file has."""
    for line in written:
        if line not in stored:
            yield f"{FILE} holds a seal of {line.split(' ')[0]} the database does not"
    for line in stored:
        if line not in written:
            yield f"the database holds a seal of {line.split(' ')[0]} {FILE} does not"
