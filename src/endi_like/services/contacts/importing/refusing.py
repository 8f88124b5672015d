"""Rows that cannot go in: reported with file, line and reason, and kept in a file."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

REASON = "reason"
REPORT = "report.txt"
KEEPING = {"encoding": "utf-8", "errors": "surrogateescape", "newline": ""}


@dataclass(frozen=True)
class Refusal:
    """That a line of a file does not go in; each reason is of a column or of all."""

    file: str
    line: int
    reasons: Sequence[tuple[str, str]]

    def said(self, translate: Callable[[str], str]) -> str:
        """Return the reasons in the reader's language."""
        return "; ".join(
            f"{column}: {translate(sentence)}" if column else translate(sentence)
            for column, sentence in self.reasons
        )


@dataclass
class Refusals:
    """Where refused rows go: into files of the same columns plus the reason.

    Without a folder they are only counted and told.
    """

    folder: Path | None
    translate: Callable[[str], str]
    tell: Callable[[str], Any] = lambda _sentence: None
    counts: Counter[str] = field(default_factory=Counter)
    _heads: dict[str, Sequence[str]] = field(default_factory=dict)
    _writers: dict[str, Any] = field(default_factory=dict)
    _report: IO[str] | None = None
    _files: ExitStack = field(default_factory=ExitStack)

    def begin(self, file: str, head: Sequence[str]) -> None:
        """Say which columns a file has."""
        self._heads[file] = head

    def add(self, refusal: Refusal, cells: Sequence[str]) -> None:
        """Refuse a row."""
        self.counts[refusal.file] += 1
        reason = refusal.said(self.translate)
        sentence = f"{refusal.file}:{refusal.line}: {reason}"
        self.tell(sentence)
        if self.folder is None:
            return
        if self._report is None:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._report = self._open(REPORT)
        self._report.write(f"{sentence}\n")
        self._writer(refusal.file).writerow([*self._filled(refusal, cells), reason])

    def close(self) -> None:
        """Finish the files."""
        self._files.close()

    @property
    def total(self) -> int:
        """Return how many rows were refused."""
        return self.counts.total()

    def _filled(self, refusal: Refusal, cells: Sequence[str]) -> Sequence[str]:
        missing = len(self._heads[refusal.file]) - len(cells)
        return [*cells, *[""] * missing]

    def _writer(self, file: str) -> Any:
        if file not in self._writers:
            writer = csv.writer(self._open(file))
            writer.writerow([*self._heads[file], REASON])
            self._writers[file] = writer
        return self._writers[file]

    def _open(self, name: str) -> IO[str]:
        assert self.folder is not None
        path = self.folder / name
        return self._files.enter_context(path.open("w", **KEEPING))  # type: ignore[call-overload]
