"""Values as the history writes them: texts, and what an id points at by its title."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import inspect

from endi_like.services.canonical import line


def shown(row: Any, name: str, value: Any) -> str | None:
    """Return a value as the history shows it: what an id points at by its title."""
    if value is None:
        return None
    if relation := pointing_at(row, name):
        target = inspect(row).session.get(relation.mapper.class_, value)
        return str(target.title) if target else None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def pointing_at(row: Any, name: str) -> Any:
    """Return the relation that an id belongs to; nothing for what is no such id."""
    if not name.endswith("_id"):
        return None
    return inspect(type(row)).relationships.get(name.removesuffix("_id"))


def whole_of(row: Any) -> str | None:
    """Return all that a row says, of a kind that is looked at as of a day.

    Of one that goes it is what was stored, whatever was written into it just before.
    """
    if not getattr(row, "is_told_whole", False):
        return None
    known = inspect(row).attrs
    return line({name: shown(row, name, stored(known[name])) for name in row.tracked})


def stored(attribute: Any) -> Any:
    """Return the value of an attribute as it is stored; of a new row, as it will be."""
    before = attribute.load_history().deleted
    return before[0] if before else attribute.value
