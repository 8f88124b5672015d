"""A storage that is a folder of this machine, or one it has mounted."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from endi_like.services.files.storage import Damaged, Kept, storing


class Folder:
    """Files in folders that are called like the first letters of their names."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def place(self, name: str) -> Path:
        """Return where the file of that name is kept."""
        return self.path / name[:2] / name

    def write(self, name: str, source: BinaryIO, _size: int) -> None:
        """Write beside, then rename: the name appears with all bytes or not at all."""
        place = self.place(name)
        with storing():
            place.parent.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=place.parent, prefix=name)
            try:
                with os.fdopen(handle, "wb") as file:
                    shutil.copyfileobj(source, file)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(beside, place)
            except BaseException:
                Path(beside).unlink(missing_ok=True)
                raise
            for folder in (place.parent, self.path):
                keep(folder)

    def open(self, name: str) -> BinaryIO:
        """Return the file."""
        try:
            return self.place(name).open("rb")
        except OSError as error:
            raise Damaged(f"file {name} cannot be read") from error

    def size(self, name: str) -> int | None:
        """Return the size of the file, if it is there."""
        with suppress(FileNotFoundError):
            return self.place(name).stat().st_size
        return None

    def delete(self, name: str) -> None:
        """Take the file away."""
        self.place(name).unlink(missing_ok=True)

    def everything(self) -> Iterator[Kept]:
        """Yield every file, also what a write that was killed has left."""
        for place in self.path.glob("*/*"):
            with suppress(FileNotFoundError):
                since = datetime.fromtimestamp(place.stat().st_mtime, UTC)
                yield Kept(place.name, since)


def keep(folder: Path) -> None:
    """Have the names in a folder survive a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
