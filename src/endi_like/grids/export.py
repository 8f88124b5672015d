"""What a grid becomes as a file: CSV and XLSX, with nothing in it that acts."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from decimal import Decimal
from importlib import import_module
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, TypeAlias

from endi_like.formats import signs_of
from endi_like.grids.core import Grid
from endi_like.grids.page import Row
from endi_like.grids.parts import Column, plain_number
from endi_like.text import neutralise_formula

Say = Callable[[Any], str]
File: TypeAlias = SpooledTemporaryFile[bytes]
Cells: TypeAlias = Iterable[tuple[str, Any]]
"""Kind and value of the cells of a line."""

IN_MEMORY = 1_000_000
EXACT = ("percent", "number")
"""Kinds of numbers that have as many decimals as they need."""

ROWS_OF_A_SHEET = 1_000_000
FORMATS = {
    "money": "#,##0.00",
    "percent": 'General" %"',
    "day": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}


def filled(fill: Callable[[File], None]) -> File:
    """Return a file, open at its start, with what is written into it.

    It is on disk as soon as it is large, and whole before its first byte is sent: what
    goes wrong in the middle is an error page, not half a file.
    """
    with ExitStack() as unless_whole:
        file = unless_whole.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        fill(file)
        file.seek(0)
        unless_whole.pop_all()
    return file


def cells(grid: Grid, row: Row, say: Say) -> Iterator[tuple[str, Any]]:
    """Yield kind and value of a row's cells: numbers, days and plain texts."""
    for column, value, under in zip(grid.columns, row.values, row.under, strict=True):
        yield column.kind, plain(column, value, say)
        if column.under is not None:
            yield "text", under


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
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).replace(tzinfo=None)
    return value


def csv_file(grid: Grid, rows: Iterable[Row], say: Say, locale: str) -> File:
    """Return the rows as a CSV file that spreadsheets of the language read."""
    return csv_of(header(grid, say), (cells(grid, row, say) for row in rows), locale)


def csv_of(head: Iterable[str], lines: Iterable[Cells], locale: str) -> File:
    """Return lines of cells as a CSV file that spreadsheets of the language read."""

    def fill(file: File) -> None:
        # not writelines, which looks at the size when all is written
        for line in csv_lines(head, lines, signs_of(locale).decimal):
            file.write(line)

    return filled(fill)


def csv_lines(
    head: Iterable[str], lines: Iterable[Cells], decimal: str
) -> Iterator[bytes]:
    """Yield the lines of a CSV file: UTF-8 with a mark, as spreadsheets expect.

    Where numbers have a decimal comma, cells are kept apart by a semicolon.
    """
    buffer = io.StringIO()
    separator = ";" if decimal == "," else ","
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(head)
    for line in lines:
        writer.writerow([for_csv(*cell, decimal) for cell in line])
        yield taken(buffer)
    yield taken(buffer)


def taken(buffer: io.StringIO) -> bytes:
    """Return what a buffer holds, and empty it."""
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def for_csv(kind: str, value: Any, decimal: str) -> str:
    """Return a value as text; a text that a spreadsheet would run is neutralised.

    Days are written as ISO 8601 has them, which spreadsheets read in every language.
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        number = plain_number(value) if kind in EXACT else f"{value:.2f}"
        return number.replace(".", decimal)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return neutralise_formula(str(value))


def xlsx_file(grid: Grid, rows: Iterable[Row], say: Say) -> File:
    """Return the rows as an XLSX file: numbers as numbers, texts as texts."""
    whole = {"constant_memory": True, "strings_to_urls": False}

    def fill(file: File) -> None:
        # It is large, and few processes ever need it.
        with import_module("xlsxwriter").Workbook(file, whole) as book:
            left, more = iter(rows), True
            while more:
                more = write_sheet(book, grid, left, say) == ROWS_OF_A_SHEET

    return filled(fill)


def write_sheet(book: Any, grid: Grid, rows: Iterator[Row], say: Say) -> int:
    """Write as many rows as a sheet can hold, and return how many they were."""
    sheet = book.add_worksheet()
    formats = {kind: book.add_format({"num_format": f}) for kind, f in FORMATS.items()}
    sheet.write_row(0, 0, header(grid, say), book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(islice(rows, ROWS_OF_A_SHEET), 1):
        for at, (kind, value) in enumerate(cells(grid, row, say)):
            write(sheet, (number, at), value, formats.get(kind))
    return number


def write(sheet: Any, place: tuple[int, int], value: Any, form: Any) -> None:
    """Write one cell by its kind; a text never becomes a formula."""
    if value is None:
        return
    if isinstance(value, Decimal | int):
        sheet.write_number(*place, value, form)
    elif isinstance(value, dt.date):
        sheet.write_datetime(*place, value, form)
    else:
        sheet.write_string(*place, neutralise_formula(str(value)))
