"""Files of many rows: written a row at a time, on disk once they are large."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from openpyxl import load_workbook
from sqlalchemy import true

from endi_like.grids import export
from endi_like.grids.options import MentionGrid
from endi_like.grids.page import Row
from tests.factories import TODAY

MANY = 20_000
LONG = "A mention of some length, as lawyers like them. " * 10


def csv_file(*what):
    return export.csv_file(*what, "fr")


WRITERS = (csv_file, export.xlsx_file)
MEMORY = 6_000_000


def rows(number: int) -> Iterator[Row]:
    """Yield so many rows of the list of mentions."""
    for at in range(number):
        values = [f"Mention {at}", f"{LONG}{at}", at, False, []]
        yield Row(at, 1, values, [None] * len(values))


def written(writer, number):
    return writer(MentionGrid(true(), TODAY), rows(number), str)


@pytest.mark.parametrize("writer", WRITERS)
def test_a_file_of_many_rows_is_not_held_in_memory(writer):
    written(writer, 1).close()  # whatever is loaded once
    tracemalloc.start()
    try:
        with written(writer, MANY) as file:
            _now, most = tracemalloc.get_traced_memory()
            content = file.read()
    finally:
        tracemalloc.stop()

    assert most < MEMORY < MANY * len(LONG)
    if writer is csv_file:
        assert content.count(b"\r\n") == MANY + 1


@pytest.mark.parametrize("writer", WRITERS)
def test_what_goes_wrong_in_the_middle_leaves_no_file(writer, monkeypatch):
    files = []
    original = export.SpooledTemporaryFile

    def noted(**settings):
        files.append(original(**settings))
        return files[-1]

    def breaking():
        yield from rows(3)
        raise RuntimeError("the database is gone")

    monkeypatch.setattr(export, "SpooledTemporaryFile", noted)
    with pytest.raises(RuntimeError, match="gone"):
        writer(MentionGrid(true(), TODAY), breaking(), str)

    assert [file.closed for file in files] == [True]


def test_what_a_sheet_cannot_hold_is_on_the_next_one(monkeypatch):
    monkeypatch.setattr(export, "ROWS_OF_A_SHEET", 2)
    with written(export.xlsx_file, 5) as file:
        book = load_workbook(io.BytesIO(file.read()))

    first = [[row[0] for row in sheet.iter_rows(values_only=True)] for sheet in book]
    assert first == [
        ["Label", "Mention 0", "Mention 1"],
        ["Label", "Mention 2", "Mention 3"],
        ["Label", "Mention 4"],
    ]
