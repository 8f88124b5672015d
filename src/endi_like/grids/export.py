"""What a grid becomes as a file: CSV and XLSX, with nothing in it that acts."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any

import xlsxwriter

from endi_like.grids.core import Grid
from endi_like.grids.page import Row
from endi_like.grids.parts import Column
from endi_like.text import neutralise_formula

Say = Callable[[Any], str]
IN_MEMORY = 5_000_000
FORMATS = {"money": "#,##0.00", "day": "yyyy-mm-dd"}


def cells(grid: Grid, row: Row, say: Say) -> Iterator[Any]:
    """Yield the values of a row as files hold them: numbers, days and plain texts."""
    for column, value, under in zip(grid.columns, row.values, row.under, strict=True):
        yield plain(column, value, say)
        if column.under is not None:
            yield under


def header(grid: Grid, say: Say) -> list[str]:
    """Return the titles of the columns; a second text has a column of its own."""
    found = []
    for column in grid.columns:
        found.append(say(column.label))
        if column.under is not None:
            found.append(say(column.under_label))
    return found


def plain(column: Column, value: Any, say: Say) -> Any:
    """Return one value: states by their labels, a flag as 1 or 0."""
    if column.kind == "states":
        return ", ".join(say(state.label) for state in value)
    if isinstance(value, bool):
        return int(value)
    return value


def csv_lines(grid: Grid, rows: Iterable[Row], say: Say) -> Iterator[bytes]:
    """Yield the lines of a CSV file: UTF-8 with a mark, as spreadsheets expect."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(header(grid, say))
    for row in rows:
        writer.writerow([for_csv(value) for value in cells(grid, row, say)])
        yield taken(buffer)
    yield taken(buffer)


def taken(buffer: io.StringIO) -> bytes:
    """Return what a buffer holds, and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def for_csv(value: Any) -> str:
    """Return a value as text; a text that a spreadsheet would run is neutralised."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    return neutralise_formula(str(value))


def xlsx(grid: Grid, rows: Iterable[Row], say: Say) -> SpooledTemporaryFile[bytes]:
    """Return an XLSX file, open at its start: numbers as numbers, texts as texts."""
    file = spooled()
    book = xlsxwriter.Workbook(
        file, {"constant_memory": True, "strings_to_urls": False}
    )
    sheet = book.add_worksheet()
    formats = {kind: book.add_format({"num_format": f}) for kind, f in FORMATS.items()}
    sheet.write_row(0, 0, header(grid, say), book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(cells(grid, row, say)):
            write(sheet, number, at, value, formats)
    book.close()
    file.seek(0)
    return file


def spooled() -> SpooledTemporaryFile[bytes]:
    """Return a file that the response closes when it has been sent."""
    return SpooledTemporaryFile(max_size=IN_MEMORY)


def write(sheet: Any, row: int, at: int, value: Any, formats: dict[str, Any]) -> None:
    """Write one cell by its kind; a text never becomes a formula."""
    if value is None:
        return
    if isinstance(value, Decimal):
        sheet.write_number(row, at, value, formats["money"])
    elif isinstance(value, dt.date):
        sheet.write_datetime(row, at, value, formats["day"])
    elif isinstance(value, int):
        sheet.write_number(row, at, value)
    else:
        sheet.write_string(row, at, neutralise_formula(str(value)))
