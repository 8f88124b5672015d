"""Values as the history writes them: texts, and what an id points at by its title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
    if isinstance(value, frozenset):
        return " ".join(sorted(value))
    return str(value)


def changes_of(
    row: Any, names: Iterable[str]
) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each of these fields of a stored row that has changed: before and after."""
    for name in names:
        found = change_of(row, name)
        if found and found[0] != found[1]:
            yield name, *found


def change_of(row: Any, name: str) -> tuple[str | None, str | None] | None:
    """Return how a field was and will be shown, or nothing if nobody has set it.

    What an id points at may be set by its object; the id itself then follows only
    when the row is written.
    """
    attributes = inspect(row).attrs
    relation = inspect(type(row)).relationships.get(name)
    if relation is not None and relation.uselist:
        return titles(attributes[name].history)
    history = attributes[name].load_history()
    if pointing_at(row, name):
        target = attributes[name.removesuffix("_id")].history.added
        if target:
            before = history.deleted[0] if history.deleted else getattr(row, name)
            after = target[0].title if target[0] is not None else None
            return shown(row, name, before), after
    if history.added and history.deleted:
        before, after = history.deleted[0], history.added[0]
        return shown(row, name, before), shown(row, name, after)
    return None


def titles(history: Any) -> tuple[str | None, str | None]:
    """Return the titles of what a collection held, and of what it holds now."""
    stayed = history.unchanged or ()
    sides = ((*stayed, *(found or ())) for found in (history.deleted, history.added))
    before, after = (", ".join(sorted(one.title for one in side)) for side in sides)
    return before or None, after or None


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
