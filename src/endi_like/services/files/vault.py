"""The vault: files under the sha256 of what they hold.

Bytes are stored for good before the row that names them is committed: a file nobody
knows of is harmless, and swept up after a while; a row without its file is not.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import BinaryIO

from endi_like.services.files.storage import Damaged, Kept, Storage

NAME = re.compile(r"[0-9a-f]{64}")


class Vault:
    """The files of one installation, kept in a storage."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    def put(self, source: BinaryIO) -> str:
        """Store the bytes and return their sha256; twice the same is stored once.

        Raises ``StorageFault``, and leaves nothing behind then.
        """
        sha256 = digest(source)
        if self.objection(sha256):
            size = source.seek(0, 2)
            source.seek(0)
            self.storage.write(sha256, source, size)
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        """Return the bytes that were stored; raise ``Damaged`` rather than others."""
        check(sha256)
        file = self.storage.open(sha256)
        if digest(file) != sha256:
            file.close()
            raise Damaged(f"file {sha256} is not what was stored")
        file.seek(0)
        return file

    def get(self, sha256: str) -> bytes:
        """Return the bytes of a file that is small."""
        with self.open(sha256) as file:
            return file.read()

    def objection(self, sha256: str) -> str | None:
        """Return the sentence that says what is wrong with a file, or nothing."""
        try:
            self.open(sha256).close()
        except Damaged as error:
            return str(error)
        return None

    def size(self, sha256: str) -> int | None:
        """Return the size of a file, without looking into it; nothing if it is gone."""
        check(sha256)
        return self.storage.size(sha256)

    def delete(self, name: str) -> None:
        """Forget what is kept under a name."""
        self.storage.delete(name)

    def everything(self) -> Iterator[Kept]:
        """Yield all that is kept, named by anybody or not."""
        return self.storage.everything()


def digest(source: BinaryIO) -> str:
    """Return the sha256 of all that a source holds."""
    source.seek(0)
    # the buffer may be any that reads into; typeshed asks for more than is used
    return hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]


def check(sha256: str) -> None:
    """Raise ``Damaged`` for what is no name of ours, such as a path."""
    if not NAME.fullmatch(sha256):
        raise Damaged(f"not the name of a file: {sha256!r}")
