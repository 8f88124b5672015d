"""Columns that rows are sorted by for their names: alike on both databases.

PostgreSQL would sort by the rules of the machine it was set up on, and SQLite by code
points, "Élan" behind "Zinc".  A key is made in Python and compared sign by sign.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import String, event
from sqlalchemy.orm import Mapper, mapped_column

from endi_like.db import Base
from endi_like.text import sort_key

SORTS = "sorts"
LONGEST = 512


def sign_by_sign(length: int) -> Any:
    """Return the type of a text that both databases sort by its code points."""
    plain = String(length)
    return plain.with_variant(String(length, collation="C"), "postgresql")


def sorts(name: str) -> Any:
    """Return the column rows are sorted by for one of their texts, and kept with it."""
    return mapped_column(sign_by_sign(LONGEST), default="", info={SORTS: name})


@cache
def keys_of(mapper: Mapper[Any]) -> tuple[tuple[str, str], ...]:
    """Return the attributes of a class that sort, each with the one it sorts."""
    return tuple(
        (attribute.key, column.info[SORTS])
        for attribute in mapper.column_attrs
        for column in attribute.columns
        if SORTS in column.info
    )


@event.listens_for(Base, "before_insert", propagate=True)
@event.listens_for(Base, "before_update", propagate=True)
def keep(mapper: Mapper[Any], _connection: Any, row: Any) -> None:
    """Write the keys along with what they sort."""
    for key, name in keys_of(mapper):
        setattr(row, key, sort_key(getattr(row, name)))
