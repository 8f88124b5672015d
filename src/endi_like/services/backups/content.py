"""What a backup holds: the database, the files it names, the seals, and a manifest.

The manifest is written last, and names each member with size and sha256: without it,
or with anything beside it, a file is no backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from endi_like import migrations
from endi_like.services.files import Vault
from endi_like.services.files.folder import keep

DATABASE, SEALS, MANIFEST = "database.sqlite", "seals.log", "manifest.json"
FILES = "files/"
NAME = re.compile(rf"{re.escape(DATABASE)}|{re.escape(SEALS)}|{FILES}[0-9a-f]{{64}}")
PRODUCT, FORMAT = "endi-like", 1
LONGEST_TEXT = 100
BLOCK = 1024 * 1024
BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite puts beside a database, by how its name ends."""

Say: TypeAlias = Callable[[str], None]


class BadBackup(Exception):
    """A backup cannot be made or restored; the message says why in one line."""


@dataclass(frozen=True)
class Belongings:
    """All an installation consists of, where it is, or is to be."""

    database: Path
    folder: Path
    vault: Vault


@dataclass(frozen=True)
class Member:
    """A member of a backup, as the manifest has it."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself; ``missing`` are files that were gone already."""

    version: str
    schema: str
    made_at: str
    members: dict[str, Member]
    missing: tuple[str, ...]

    def as_json(self) -> str:
        """Return it as it is written down."""
        said = {"product": PRODUCT, "format": FORMAT, **asdict(self)}
        return json.dumps(said, indent=1)


def read_manifest(raw: bytes) -> Manifest:
    """Return what a manifest says; raise ``BadBackup`` if it cannot be understood."""
    try:
        said = json.loads(raw)
        product, form = a_text(said.pop("product")), a_number(said.pop("format"))
        if product == PRODUCT and form > FORMAT:
            raise BadBackup(newer(a_text(said.get("version"))))
        found = Manifest(
            members={
                name: Member(a_number(one.pop("size")), a_text(one.pop("sha256")))
                for name, one in said.pop("members").items()
            },
            missing=tuple(a_text(name) for name in said.pop("missing")),
            **{name: a_text(value) for name, value in said.items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadBackup("its manifest cannot be read") from error
    if product != PRODUCT:
        raise BadBackup(f"it is a backup of something else: {product!r}")
    if found.schema not in migrations.steps():
        raise BadBackup(newer(found.version))
    return found


def a_text(value: object) -> str:
    """Return a value if it is a text that can be told; raise ``TypeError``."""
    if isinstance(value, str) and value.isprintable() and len(value) <= LONGEST_TEXT:
        return value
    raise TypeError(value)


def a_number(value: object) -> int:
    """Return a value if it is a number of something; raise ``TypeError``."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise TypeError(value)


def newer(version: str) -> str:
    """Return the sentence about a backup that this version does not understand."""
    return (
        f"it was made by another version of endi-like, {version}: restore it with that"
    )


def copied(source: BinaryIO, target: BinaryIO | None = None) -> Member:
    """Return size and sha256 of a source, and copy it if there is a target."""
    found, size = hashlib.sha256(), 0
    for block in blocks(source):
        found.update(block)
        size += len(block)
        if target:
            target.write(block)
    return Member(size, found.hexdigest())


def give_name(beside: Path, target: Path) -> None:
    """Have a file that is whole appear under its name, in place of no other.

    Raises ``OSError``, and it has no name then.
    """
    try:
        os.link(beside, target)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links
        target.touch(exist_ok=False)
        with or_nothing(target):
            beside.rename(target)
    with or_nothing(target):
        keep(target.parent)


@contextmanager
def or_nothing(target: Path) -> Iterator[None]:
    """Take a file of ours away again if what has to be done with it fails."""
    try:
        yield
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def blocks(source: BinaryIO) -> Iterator[bytes]:
    """Yield the bytes of a source, some at a time."""
    while block := source.read(BLOCK):
        yield block


def schema_of(database: Path) -> str:
    """Return the step the tables of a sound copy are at; raise ``BadBackup``."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if answer != "ok":
                raise BadBackup(f"its database is damaged: {answer}")
            asked = "SELECT version_num FROM alembic_version"
            found = [row[0] for row in connection.execute(asked)]
    except sqlite3.Error as error:
        raise BadBackup(f"its database cannot be read: {error}") from error
    return str(found[0]) if len(found) == 1 else ""
