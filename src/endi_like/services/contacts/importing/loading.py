"""Rows on their way into their tables, many at a time, as each driver is fastest.

What a column makes of a value is asked of its type, as any statement does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, inspect

from endi_like.db import COPY, Base

Values: TypeAlias = Mapping[str, Any]
STATEMENTS: Mapping[str, str] = {
    "postgresql": f"{COPY}{{table}} ({{columns}}) FROM STDIN",
    "sqlite": "INSERT INTO {table} ({columns}) VALUES ({places})",
}


@dataclass(frozen=True)
class Form:
    """How the rows of a table are sent: what is taken of each, and what it becomes."""

    statement: str
    take: Callable[[Values], tuple[Any, ...]]
    makers: Sequence[tuple[int, Callable[[Any], Any]]]


def load(
    connection: Connection, kind: type[Base], of: type[Base], rows: Sequence[Values]
) -> None:
    """Write rows of a table: ``of`` itself, or one that a class of it is joined with.

    They hold every attribute; where they have no id, the database gives one.
    """
    numbered = rows[0].get("id") is not None
    form = form_of(connection.dialect, kind, of, numbered)
    makers = [(place, Made(make)) for place, make in form.makers]
    found = []
    for values in rows:
        row = list(form.take(values))
        for place, made in makers:
            row[place] = made[row[place]]
        found.append(tuple(row))
    connection.exec_driver_sql(form.statement, found)


class Made(dict[Any, Any]):
    """What becomes of each value of a column, most of which are the same."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, value: Any) -> Any:
        """Make it once."""
        found = self[value] = self.make(value)
        return found


@cache
def form_of(dialect: Dialect, kind: type[Base], of: type[Base], numbered: bool) -> Form:
    """Return how the rows of a table are sent."""
    mapper: Any = inspect(kind)
    columns = [one for one in of.__table__.columns if numbered or one.key != "id"]
    quoted = dialect.identifier_preparer
    statement = STATEMENTS[dialect.name].format(
        table=quoted.quote(of.__tablename__),
        columns=", ".join(map(quoted.format_column, columns)),
        places=", ".join("?" * len(columns)),
    )
    makers = [
        (place, make)
        for place, column in enumerate(columns)
        if (make := column.type.dialect_impl(dialect).bind_processor(dialect))
    ]
    names = [mapper.get_property_by_column(column).key for column in columns]
    return Form(statement, itemgetter(*names), makers)
