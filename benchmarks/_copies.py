"""A hundred times as many invoices, made of those that are there by the database.

A copy has the date, the state and the amounts of its original: shares and pages look
the same, however many there are.  Company 1 gets no more of them: it stays small.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    FromClause,
    Integer,
    String,
    case,
    cast,
    insert,
    literal,
    select,
)

from benchmarks._rows import COMPANIES, CUSTOMERS, FIRST_NODE
from endi_like.db import Base

NODE, TASK, INVOICE = (Base.metadata.tables[t] for t in ("node", "task", "invoice"))


def copy_invoices(connection: Connection, count: int, times: int) -> None:
    """Add ``times`` copies of each of the ``count`` invoices, without their parts."""
    tables = (NODE, TASK, INVOICE)
    indexes = [index for table in tables for index in table.indexes]
    # Sorting all rows once is faster than keeping them sorted.
    for index in indexes:
        index.drop(connection)
    series = numbers(times)
    for table in tables:
        values = [written(column, series, count) for column in table.columns]
        rows = select(*values).select_from(table.join(series, literal(True)))
        if table is not INVOICE:
            rows = rows.where(table.c.id >= FIRST_NODE)
        connection.execute(insert(table).from_select(list(table.columns), rows))
    for index in indexes:
        index.create(connection)


def numbers(most: int) -> FromClause:
    """Return the numbers from 1 to ``most`` as a table."""
    first = select(literal(1, Integer).label("at")).cte("copies", recursive=True)
    following = select(first.c.at + 1).where(first.c.at < most)
    return first.union_all(following)


def written(column: Column[Any], series: FromClause, count: int) -> Any:
    """Return what a copy has in a column."""
    at = series.c.at
    if column.name == "id":
        return column + at * count
    if column.name in ("official_number", "number_key"):
        return case((column != "", column + "-" + cast(at, String)), else_=column)
    if column.name == "company_id":
        return owner(column, at)
    if column.name == "account_id":
        first = (owner(TASK.c.company_id, at) - 1) * CUSTOMERS
        return first + 1 + (column - 1) % CUSTOMERS
    return column


def owner(company: Any, at: Any) -> Any:
    """Return the company of a copy."""
    return case((company == 1, 2 + at % (COMPANIES - 1)), else_=company)
