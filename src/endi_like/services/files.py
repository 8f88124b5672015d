"""The vault: files on disk under the sha256 of what they hold.

Bytes are on disk for good before the row that names them is committed: a file nobody
knows of is harmless, a row without its file is not.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

NAME = re.compile(r"[0-9a-f]{64}")


class Damaged(Exception):
    """What was stored is gone, or is not what was stored; the argument says which."""


class Vault:
    """The files of one installation, kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return where the file of that hash is kept."""
        if not NAME.fullmatch(sha256):
            raise Damaged(f"not the name of a file: {sha256!r}")
        return self.folder / sha256[:2] / sha256

    def put(self, data: bytes) -> str:
        """Store the bytes and return their sha256; twice the same is stored once."""
        sha256 = hashlib.sha256(data).hexdigest()
        if self.objection(sha256):
            self._write(self.path(sha256), data)
        return sha256

    def get(self, sha256: str) -> bytes:
        """Return the bytes that were stored; raise ``Damaged`` rather than others."""
        path = self.path(sha256)
        try:
            data = path.read_bytes()
        except OSError as error:
            raise Damaged(f"file {sha256} cannot be read") from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Damaged(f"file {sha256} is not what was stored")
        return data

    def objection(self, sha256: str) -> str | None:
        """Return the sentence that says what is wrong with a file, or nothing."""
        try:
            self.get(sha256)
        except Damaged as error:
            return str(error)
        return None

    def _write(self, path: Path, data: bytes) -> None:
        """Write beside, then rename: the name appears with all bytes or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, beside = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, path)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
        for folder in (path.parent, self.folder):
            keep(folder)


def keep(folder: Path) -> None:
    """Have the names in a folder survive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
