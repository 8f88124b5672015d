"""What keeps bytes under a name: a folder, or a bucket elsewhere.

A storage knows nothing of what it keeps; the vault in front of it gives the names and
proves that what comes out is what went in.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Protocol

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Damaged(Exception):
    """A stored file is gone, or is not what was stored; the argument says which."""


class StorageFault(Exception):
    """The storage does not do what it was asked; nothing of a write is left.

    ``full`` when there is no room, and not just no answer.
    """

    def __init__(self, reason: object, *, full: bool = False) -> None:
        super().__init__(str(reason))
        self.full = full


@dataclass(frozen=True)
class Kept:
    """Something a storage holds, and since when."""

    name: str
    since: datetime


class Storage(Protocol):
    """What a vault keeps its files in."""

    def write(self, name: str, source: BinaryIO, size: int) -> None:
        """Keep the bytes of a source for good, all of them or none."""

    def open(self, name: str) -> BinaryIO:
        """Return the bytes as a file that can be read twice; raise ``Damaged``."""

    def size(self, name: str) -> int | None:
        """Return how many bytes there are under a name, nothing for no such name."""

    def delete(self, name: str) -> None:
        """Forget a name, if it is there."""

    def everything(self) -> Iterator[Kept]:
        """Yield all there is."""


@contextmanager
def storing() -> Iterator[None]:
    """Turn what the system says of a write that failed into ``StorageFault``."""
    try:
        yield
    except OSError as error:
        raise StorageFault(error, full=is_full(error)) from error


def is_full(error: BaseException) -> bool:
    """Tell whether the system has no room left."""
    return isinstance(error, OSError) and error.errno in NO_ROOM
