"""The CSV files of a folder, read one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeAlias

from endi_like.i18n import _
from endi_like.services.contacts.importing.cells import shown
from endi_like.services.contacts.importing.checking import Checking
from endi_like.services.contacts.importing.columns import File
from endi_like.services.contacts.importing.files import CONTACTS
from endi_like.services.contacts.importing.reading import (
    UTF8,
    Manner,
    Row,
    UnusableFile,
    manner_of,
    rows_of,
    text_of,
)
from endi_like.services.contacts.importing.refusing import REASON

Progress: TypeAlias = Callable[[str, int, int], object]
"""Is told of which work how much is done, and of how much."""

OFTEN = 500


def quiet(_work: str, _done: int, _total: int) -> None:
    """Tell nobody how far the work is."""


@dataclass
class Folder:
    """A folder, and what is to be said on how its files were read."""

    path: Path
    files: Mapping[str, File]
    progress: Progress = quiet
    notes: list[str] = field(default_factory=list)

    def check(self, checking: Checking) -> None:
        """Read every file; raise ``UnusableFile`` if one is none of its kind.

        What is missing is found before anything is read at length.
        """
        there = [file for file in self.files.values() if self.of(file).is_file()]
        for file in self.files.values():
            if file not in there:
                self.miss(file)
        for file in there:
            with self.opened(file) as (manner, rows):
                self.notes += remarks(file, manner, head_of(file, rows))
        for file in there:
            with self.opened(file) as (_manner, rows):
                checking.file(file, head_of(file, rows), rows)

    def of(self, file: File) -> Path:
        """Return where a file is."""
        return self.path / f"{file.name}.csv"

    def miss(self, file: File) -> None:
        """Say that there is no such file; without contacts there is nothing to do."""
        sentence = _("There is no file ${file}.", mapping={"file": self.of(file).name})
        if file.name == CONTACTS:
            raise UnusableFile(sentence)
        self.notes.append(sentence)

    @contextmanager
    def opened(self, file: File) -> Iterator[tuple[Manner, Iterator[Row]]]:
        """Give how a file is written, and its rows."""
        path = self.of(file)
        try:
            with path.open("rb") as binary:
                manner = manner_of(binary)
                with text_of(binary, manner.encoding) as stream:
                    rows = rows_of(stream, manner.separator)
                    size = path.stat().st_size
                    yield manner, self.counted(file, rows, binary, size)
        except UnusableFile as error:
            values = {"file": path.name, "why": error.args[0]}
            raise UnusableFile(_("${file}: ${why}", mapping=values)) from error

    def counted(
        self, file: File, rows: Iterator[Row], binary: IO[bytes], size: int
    ) -> Iterator[Row]:
        """Yield the rows, and tell how far one is."""
        for number, row in enumerate(rows):
            if number % OFTEN == 0:
                self.progress(f"{file.name}.csv", binary.tell(), size)
            yield row
        self.progress(f"{file.name}.csv", size, size)


def head_of(file: File, rows: Iterator[Row]) -> Sequence[str]:
    """Return the names of the columns; raise ``UnusableFile`` if some are missing."""
    head = next(rows, None)
    names = [name.strip().lower() for name in head.cells] if head else []
    missing = [
        name
        for name, column in file.columns.items()
        if name not in names and not column.optional
    ]
    if missing:
        raise UnusableFile(
            _(
                "There are no columns ${missing}; there are ${known}.",
                mapping={
                    "missing": ", ".join(missing),
                    "known": shown(", ".join(names)) or "—",
                },
            )
        )
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UnusableFile(
            _("The column ${name} is there twice.", mapping={"name": twice[0]})
        )
    return names


def remarks(file: File, manner: Manner, names: Sequence[str]) -> Iterator[str]:
    """Yield what somebody may have to know on how a file is read."""
    name = f"{file.name}.csv"
    if not manner.encoding.startswith(UTF8):
        yield _(
            "${file} is not UTF-8; it is read as ${encoding}.",
            mapping={"file": name, "encoding": manner.encoding},
        )
    if not manner.ended:
        yield _(
            "The last line of ${file} does not end: the file may have been cut.",
            mapping={"file": name},
        )
    unknown = [one for one in names if one not in file.columns and one != REASON]
    if unknown:
        yield _(
            "These columns of ${file} are not read: ${names}.",
            mapping={"file": name, "names": shown(", ".join(unknown))},
        )
