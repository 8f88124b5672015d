"""Rows of a kind as the database has them, some at once: there may be a million."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

AT_ONCE = 200


def some_at_once(
    db: Session, kind: type[Any], query: Select[Any]
) -> Iterator[Sequence[Any]]:
    """Yield what a query of a kind finds, in the order of the ids."""
    query = query.order_by(kind.id).limit(AT_ONCE)
    query = query.execution_options(populate_existing=True)
    last = 0
    while found := db.scalars(query.where(kind.id > last)).all():
        yield found
        last = found[-1].id
