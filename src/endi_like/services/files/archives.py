"""What an archive says it holds, without unpacking any of it.

An archive of a few kilobytes can hold terabytes, and its directory alone can fill the
memory: both are looked at before anything else is.
"""

from __future__ import annotations

import struct
import zipfile
from typing import BinaryIO

MOST_MEMBERS = 10_000
MOST_UNPACKED = 1024**3
LARGEST_DIRECTORY = 2 * 1024**2
END = struct.Struct("<4s4H2LH")
END_MARK, LARGE_MARK = b"PK\x05\x06", b"PK\x06\x07"
LOCATOR = 20
TAIL = END.size + 65_535
MIMETYPE = b"mimetype"


class BadArchive(Exception):
    """It is damaged, or holds too much; ``bomb`` when it is too much."""

    def __init__(self, *, bomb: bool) -> None:
        super().__init__(bomb)
        self.bomb = bomb


def members(source: BinaryIO) -> frozenset[str]:
    """Return the names of what an archive holds; raise ``BadArchive``."""
    check_directory(source)
    source.seek(0)
    try:
        with zipfile.ZipFile(source) as archive:
            found = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, EOFError) as error:
        raise BadArchive(bomb=False) from error
    except NotImplementedError as error:
        raise BadArchive(bomb=False) from error
    unpacked = sum(one.file_size for one in found)
    if len(found) > MOST_MEMBERS or unpacked > MOST_UNPACKED:
        raise BadArchive(bomb=True)
    return frozenset(one.filename for one in found)


def check_directory(source: BinaryIO) -> None:
    """Raise ``BadArchive`` unless the directory is there and small enough to read."""
    size = source.seek(0, 2)
    source.seek(max(0, size - TAIL))
    tail = source.read(TAIL)
    at = tail.rfind(END_MARK)
    if at < 0 or len(tail) < at + END.size:
        raise BadArchive(bomb=False)
    end = END.unpack_from(tail, at)
    is_large = tail[:at][-LOCATOR:].startswith(LARGE_MARK)
    if is_large or end[5] > LARGEST_DIRECTORY:
        raise BadArchive(bomb=True)


def declared_type(source: BinaryIO) -> str:
    """Return the media type an OpenDocument file begins with, nothing for others."""
    source.seek(0)
    head = source.read(160)
    if head[:4] != b"PK\x03\x04" or head[30:38] != MIMETYPE:
        return ""
    length, extra = struct.unpack_from("<L", head, 22)[0], head[28:30]
    begin = 38 + int.from_bytes(extra, "little")
    return head[begin : begin + min(length, 100)].decode("ascii", "replace")
