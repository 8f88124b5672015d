"""How a backup is restored: proven whole first, then put into an empty place.

The database comes last: where it is, everything is.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from endi_like.services.backups.content import (
    BESIDE,
    DATABASE,
    FILES,
    MANIFEST,
    NAME,
    SEALS,
    BadBackup,
    Belongings,
    Manifest,
    Say,
    copied,
    give_name,
    read_manifest,
    schema_of,
)
from endi_like.services.backups.making import private, reading
from endi_like.services.files import Folder, StorageFault
from endi_like.services.files.naming import all_named

LARGEST_MANIFEST, OF_A_MEMBER = 50_000_000, 300
"""How many bytes a manifest may have, and how many more for each member."""

CUT_OFF = "it is no backup, or was cut off"
UNREADABLE = (
    BadZipFile,
    EOFError,
    NotImplementedError,
    OverflowError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What the reading of a damaged archive may raise."""

LOCKED = 1
"""The flag of a member that has a password."""

KINDS = (ZIP_STORED, ZIP_DEFLATED)
"""How members are written; what else there is swells up in memory when it is read."""


def restore(path: Path, where: Belongings, *, say: Say) -> Manifest:
    """Put everything a backup holds into an empty place; return its manifest.

    Raises ``BadBackup``, and then nothing was put anywhere, or ``OSError``.
    """
    refuse_unless_empty(where)
    with opened(path) as archive:
        manifest = described(archive)
        refuse_without_room(manifest, where)
        where.database.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            dir=where.database.parent, prefix=".restore-"
        ) as folder:
            copy = Path(folder) / DATABASE
            say("checking")
            check_members(archive, manifest, copy)
            check_database(copy, manifest)
            say("putting in place")
            put_everything(archive, manifest, where, copy)
    return manifest


def refuse_unless_empty(where: Belongings) -> None:
    """Raise ``BadBackup`` if there is anything that a backup would be mixed with."""
    database = where.database
    found = [database.with_name(f"{database.name}{end}") for end in BESIDE]
    for file in (*found, where.folder / SEALS):
        if file.exists():
            raise BadBackup(f"the place is not empty: there is {file}")
    if next(where.vault.everything(), None):
        raise BadBackup("the place is not empty: there are files already")


@contextmanager
def opened(path: Path) -> Iterator[ZipFile]:
    """Give the archive; whatever cannot be read of it is one clear line."""
    try:
        with ZipFile(path) as archive:
            yield archive
    except UNREADABLE as error:
        raise BadBackup(CUT_OFF) from error


def described(archive: ZipFile) -> Manifest:
    """Return the manifest of an archive that holds what it says, and nothing else."""
    names = archive.namelist()
    if names.count(MANIFEST) != 1:
        raise BadBackup(CUT_OFF)
    for one in archive.infolist():
        is_ours = one.filename == MANIFEST or NAME.fullmatch(one.filename)
        is_plain = one.compress_type in KINDS and not one.flag_bits & LOCKED
        if not (is_ours and is_plain):
            raise BadBackup(f"it holds what no backup does: {one.filename[:80]!r}")
    largest = LARGEST_MANIFEST + OF_A_MEMBER * len(names)
    if archive.getinfo(MANIFEST).file_size > largest:
        raise BadBackup("its manifest cannot be read")
    found = read_manifest(archive.read(MANIFEST))
    if sorted(names) != sorted([MANIFEST, *found.members]):
        raise BadBackup("it does not hold what its manifest says")
    if not {DATABASE, SEALS} <= found.members.keys():
        raise BadBackup("it does not hold all a backup does")
    return found


def refuse_without_room(manifest: Manifest, where: Belongings) -> None:
    """Raise ``BadBackup`` if a disk is too full for what it is to hold.

    How much room there is in a bucket cannot be asked.
    """
    sizes = {name: member.size for name, member in manifest.members.items()}
    parts = [
        (where.database.parent, sizes.pop(DATABASE)),
        (where.folder, sizes.pop(SEALS)),
    ]
    if isinstance(where.vault.storage, Folder):
        parts.append((where.vault.storage.path, sum(sizes.values())))
    needed, disks = Counter[int](), {}
    for folder, size in parts:
        place = next(one for one in (folder, *folder.parents) if one.exists())
        disk = place.stat().st_dev
        needed[disk] += size
        disks[disk] = place
    for disk, place in disks.items():
        free = shutil.disk_usage(place).free
        if needed[disk] > free:
            raise BadBackup(
                f"it needs {needed[disk]} bytes at {place}, and {free} are free"
            )


def check_members(archive: ZipFile, manifest: Manifest, copy: Path) -> None:
    """Read everything, the database to its copy; raise ``BadBackup`` if altered."""
    for name, expected in manifest.members.items():
        if archive.getinfo(name).file_size != expected.size:
            raise BadBackup(f"{name} is not what was backed up")
        with member(archive, name) as source:
            if name == DATABASE:
                with private(copy) as target:
                    found = copied(source, target)
            else:
                found = copied(source)
        is_file = name.startswith(FILES)
        if found != expected or is_file and name != f"{FILES}{found.sha256}":
            raise BadBackup(f"{name} is not what was backed up")


def check_database(copy: Path, manifest: Manifest) -> None:
    """Raise ``BadBackup`` unless the database is sound and its files are there."""
    if schema_of(copy) != manifest.schema:
        raise BadBackup("its database is not of the version the manifest says")
    with reading(copy) as db:
        named = all_named(db)
    there = {name.removeprefix(FILES) for name in manifest.members}
    if lacking := named - there - set(manifest.missing):
        raise BadBackup(f"{len(lacking)} files that its database names are not in it")


def put_everything(
    archive: ZipFile, manifest: Manifest, where: Belongings, copy: Path
) -> None:
    """Put files, seals and database in their places, or leave the place empty."""
    names = [name for name in manifest.members if name.startswith(FILES)]
    try:
        for name in names:
            with member(archive, name) as source:
                where.vault.put(source)
        if manifest.members[SEALS].size:
            with (
                member(archive, SEALS) as sealed,
                private(where.folder / SEALS) as file,
            ):
                copied(sealed, file)
        give_name(copy, where.database)
    except BaseException:
        for name in names:
            with suppress(OSError, StorageFault):  # what can go, goes
                where.vault.delete(name.removeprefix(FILES))
        with suppress(OSError):
            (where.folder / SEALS).unlink(missing_ok=True)
        raise


@contextmanager
def member(archive: ZipFile, name: str) -> Iterator[BinaryIO]:
    """Give the bytes of a member."""
    with archive.open(name) as source:
        yield cast("BinaryIO", source)
