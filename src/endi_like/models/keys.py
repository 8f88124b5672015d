"""Columns that are made of other columns, and written along with them.

A key is made in Python, so that both databases find and sort alike: PostgreSQL would
sort by the rules of the machine it was set up on, and SQLite by code points.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import String, event
from sqlalchemy.orm import Mapper, mapped_column

from endi_like.db import Base

MADE = "made"


def sign_by_sign(length: int | None = None) -> Any:
    """Return the type of a text that both databases compare by its code points."""
    plain = String(length)
    return plain.with_variant(String(length, collation="C"), "postgresql")


def kept(make: Callable[..., str], *names: str, length: int | None = None) -> Any:
    """Return the column of a key: what ``make`` makes of the named attributes."""
    how = {MADE: (make, names)}
    return mapped_column(sign_by_sign(length), default="", info=how)


@cache
def keys_of(mapper: Mapper[Any]) -> tuple[tuple[str, Any, tuple[str, ...]], ...]:
    """Return the keys of a class, each with how and of which attributes it is made."""
    return tuple(
        (attribute.key, *column.info[MADE])
        for attribute in mapper.column_attrs
        for column in attribute.columns
        if MADE in column.info
    )


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
def keep(mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    """Write the keys along with what they are made of."""
    for key, make, names in keys_of(mapper):
        setattr(row, key, make(*(getattr(row, name) or "" for name in names)))


def values_of(kind: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the keys of a row that is written without the unit of work.

    ``values`` holds every attribute that a key is made of.
    """
    return {
        key: make(*(values[name] for name in names))
        for key, make, names in keys_of(kind.__mapper__)
    }
