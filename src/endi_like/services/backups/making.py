"""How a backup is made while people work.

The database first, then the files its copy names: a file is stored before the row that
names it is committed, and never changed.  The copy is of one moment: it is made in one
step within a transaction that reads, since a copy made page by page begins anew with
each write, and would never end under load.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import URL, NullPool, create_engine
from sqlalchemy.orm import Session

from endi_like import migrations
from endi_like.services.backups.content import (
    DATABASE,
    FILES,
    MANIFEST,
    SEALS,
    BadBackup,
    Belongings,
    Manifest,
    Member,
    Say,
    copied,
    give_name,
    schema_of,
)
from endi_like.services.files import Damaged
from endi_like.services.files.naming import all_named
from endi_like.services.seals import all_lines, read_file

PRIVATE = 0o600
PATIENCE = 30.0
STEPS = 4
"""How often it is said how far it is with the files."""


class Writing:
    """A backup that is being written: its members, as its manifest will name them."""

    def __init__(self, archive: ZipFile, now: datetime) -> None:
        self.archive = archive
        self.moment = now.timetuple()[:6]
        self.members: dict[str, Member] = {}

    def add(self, name: str, source: BinaryIO, how: int = ZIP_DEFLATED) -> None:
        """Add a member; files are compressed already."""
        about = ZipInfo(name, self.moment)
        about.compress_type = how
        about.external_attr = PRIVATE << 16
        with self.archive.open(about, "w", force_zip64=True) as target:
            self.members[name] = copied(source, cast("BinaryIO", target))


def make_backup(
    what: Belongings, target: Path, *, version: str, now: datetime, say: Say
) -> Manifest:
    """Write everything to a file that is not there yet; return its manifest.

    The file has its name once it is whole.  Raises ``BadBackup`` or ``OSError``, and
    leaves nothing behind then.
    """
    if target.exists():
        raise BadBackup(f"there is a file {target} already")
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy, beside = Path(folder) / DATABASE, Path(folder) / "backup.zip"
        sealed = read_file(what.folder)
        copy_database(what.database, copy)
        say(f"database: {copy.stat().st_size} bytes")
        with private(beside) as file, ZipFile(file, "w") as archive:
            writing = Writing(archive, now)
            schema = add_database(writing, copy)
            with reading(copy) as db:
                names = sorted(all_named(db))
                # sealed since; what was sealed after the copy does not belong to it
                sealed += [line for line in all_lines(db) if line not in sealed]
            written = read_file(what.folder)
            writing.add(SEALS, as_file(line for line in sealed if line in written))
            missing = add_files(writing, what, names, say)
            members = dict(writing.members)
            made = Manifest(version, schema, now.isoformat(), members, missing)
            writing.add(MANIFEST, as_file([made.as_json()]))
        give_name(beside, target)
    return made


def add_database(writing: Writing, copy: Path) -> str:
    """Add the copy of the database; return the step its tables are at."""
    schema = schema_of(copy)
    if schema not in migrations.steps():
        raise BadBackup("its tables are not of any version known here")
    with copy.open("rb") as source:
        writing.add(DATABASE, source)
    return schema


def as_file(lines: Iterable[str]) -> BinaryIO:
    """Return lines as a file holds them."""
    return BytesIO("".join(f"{line}\n" for line in lines).encode())


def copy_database(source: Path, target: Path) -> None:
    """Copy a database in use, as it is at one moment; nobody is kept waiting."""
    try:
        with (
            closing(sqlite3.connect(source, PATIENCE, isolation_level=None)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.execute("BEGIN")
            live.execute("SELECT count(*) FROM sqlite_master").fetchone()
            live.backup(copy, pages=-1)
            live.execute("ROLLBACK")
            # one file, that nothing belongs to beside it
            copy.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.Error as error:
        raise BadBackup(f"the database cannot be copied: {error}") from error


@contextmanager
def private(path: Path) -> Iterator[BinaryIO]:
    """Give a new file that only its owner may read, safe on the disk at the end."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, PRIVATE)
    with os.fdopen(handle, "w+b") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def reading(copy: Path) -> Iterator[Session]:
    """Give a session on the copy of a database."""
    address = URL.create("sqlite", database=str(copy))
    # as it is: the engine of the application would begin a journal beside it
    with Session(create_engine(address, poolclass=NullPool)) as db:
        yield db


def add_files(
    writing: Writing, what: Belongings, names: list[str], say: Say
) -> tuple[str, ...]:
    """Add the files of these names; return those that are gone or damaged."""
    missing = []
    each = max(1, len(names) // STEPS)
    for number, name in enumerate(names, 1):
        try:
            with what.vault.open(name) as file:
                writing.add(f"{FILES}{name}", file, ZIP_STORED)
        except Damaged:
            missing.append(name)
        if number % each == 0 or number == len(names):
            say(f"files: {number} of {len(names)}")
    return tuple(missing)
