"""CSV files as they come: their encoding and separator found out, their rows read.

Nothing is read whole: not the file, not a line that never ends, not a text whose
closing quote is missing.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any

from endi_like.i18n import _

CHUNK = 1 << 20
LONGEST_LINE = 1_000_000
SEPARATORS = ",;\t|"
UTF8 = "utf-8"
WESTERN = "cp1252"
LATIN = "latin-1"
WIDE = "utf-16"
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, WIDE),
    (codecs.BOM_UTF16_BE, WIDE),
)
BROKEN = "\ufffd"


class UnusableFile(ValueError):
    """A file cannot be read at all; the argument is the sentence saying why."""


@dataclass(frozen=True)
class Manner:
    """How a file is written."""

    encoding: str
    separator: str
    ended: bool
    """Whether its last line ends as the others do."""


@dataclass(frozen=True)
class Row:
    """A row of a file, and the number of its first line.

    ``raw`` is the text of what is no row at all, and ``wrong`` why it is none.
    """

    line: int
    cells: list[str]
    raw: str = ""
    wrong: str = ""


@dataclass
class Pages:
    """The lines of a file, counted; what the last row was made of is remembered."""

    stream: IO[str]
    number: int = 0
    taken: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        """Yield the lines; raise ``UnusableFile`` for one without an end."""
        while line := self.stream.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise UnusableFile(
                    _(
                        "line ${line} has more than a million characters: this is "
                        "no CSV file.",
                        mapping={"line": self.number + 1},
                    )
                )
            self.number += 1
            self.taken.append(line)
            yield line


def manner_of(binary: IO[bytes]) -> Manner:
    """Find out how a file is written, and go back to its beginning."""
    encoding, last = encoding_of(binary)
    binary.seek(0)
    with text_of(binary, encoding) as stream:
        head = stream.readline(LONGEST_LINE)
    binary.seek(0)
    separator = max(SEPARATORS, key=head.count)
    return Manner(encoding, separator, last in ("\n", "\r", ""))


def encoding_of(binary: IO[bytes]) -> tuple[str, str]:
    """Return the encoding of a file, and its last sign.

    What is no UTF-8 is Western European; a file that is UTF-8 but for a few bytes
    stays that, so that the rest of it is read rightly.
    """
    start = binary.read(len(codecs.BOM_UTF8))
    for mark, name in MARKS:
        if start.startswith(mark):
            binary.seek(0, io.SEEK_END)
            binary.seek(max(binary.tell() - 2, 0))
            return name, binary.read().replace(b"\0", b"").decode(LATIN)[-1:]
    binary.seek(0)
    decoder = codecs.getincrementaldecoder(UTF8)("replace")
    right = wrong = 0
    last, undefined = "", False
    while chunk := binary.read(CHUNK):
        found = decoder.decode(chunk)
        last = found[-1:] or last
        if not found.isascii():
            wrong += found.count(BROKEN)
            plain = len(found.encode("ascii", "ignore"))
            right += len(found) - plain - found.count(BROKEN)
            undefined = undefined or not is_western(chunk)
    wrong += len(decoder.decode(b"", final=True))
    if wrong <= right:
        return UTF8, last
    return (LATIN if undefined else WESTERN), last


def is_western(chunk: bytes) -> bool:
    """Tell whether every byte is a letter of Windows-1252."""
    try:
        chunk.decode(WESTERN)
    except UnicodeDecodeError:
        return False
    return True


@contextmanager
def text_of(binary: IO[bytes], encoding: str) -> Iterator[IO[str]]:
    """Give the text of a file, which stays open; wrong bytes stay what they are."""
    errors = "surrogateescape" if encoding.startswith(UTF8) else "replace"
    stream = io.TextIOWrapper(binary, encoding, errors, newline="")
    try:
        yield stream
    finally:
        stream.detach()


def rows_of(stream: IO[str], separator: str) -> Iterator[Row]:
    """Yield the rows of a file, the first of which is its head.

    Raises ``UnusableFile`` where no more can be read.
    """
    pages = Pages(stream)
    known = csv.reader(iter(pages), delimiter=separator, strict=True)
    while (row := next_row(known, pages)) is not None:
        if row.cells or row.wrong:
            yield row


def next_row(known: Any, pages: Pages) -> Row | None:
    """Return the next row, even if it is none; nothing at the end."""
    line = pages.number + 1
    pages.taken.clear()
    try:
        return Row(line, next(known))
    except StopIteration:
        return None
    except csv.Error as error:
        sentence = _(
            "cannot be read as CSV (${why}): is a quote missing?",
            mapping={"why": str(error)},
        )
        return Row(line, [], "".join(pages.taken).rstrip("\r\n"), sentence)
