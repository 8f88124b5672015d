"""Plain data as one line of JSON: the same everywhere, and the same when read again.

What is hashed is written by ``line``.  ``read`` makes dataclasses, decimals and dates
again of what they were written as; a field that a line does not have yet gets its
default.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, TypeAlias, get_args, get_origin, get_type_hints

Reader: TypeAlias = Callable[[Any], Any]

TEXTS: dict[Any, Reader] = {Decimal: Decimal, date: date.fromisoformat}
"""What JSON has no name for is a text in it."""


def line(value: Any) -> str:
    """Return a value as one line of ASCII."""
    return json.dumps(
        value, default=plain, ensure_ascii=True, separators=(",", ":"), sort_keys=True
    )


def plain(value: Any) -> Any:
    """Return a dataclass by the names of its fields, anything else as a text."""
    return vars(value) if is_dataclass(value) else str(value)


def read(kind: Any, text: str) -> Any:
    """Return the value of a kind that was written as a line."""
    return reader(kind)(json.loads(text))


@cache
def reader(kind: Any) -> Reader:
    """Return what makes a value of a kind out of what JSON holds of it."""
    if is_dataclass(kind):
        return of_fields(kind)
    parts = get_args(kind)
    if get_origin(kind) is tuple:
        return of_any_number(parts[0]) if parts[-1] is ... else of_each(parts)
    if NoneType in parts:
        return or_nothing(next(part for part in parts if part is not NoneType))
    return TEXTS.get(kind, as_it_is)


def as_it_is(found: Any) -> Any:
    """Return what JSON holds as it is."""
    return found


def of_fields(kind: Any) -> Reader:
    """Return what makes a dataclass."""
    readers = {name: reader(hint) for name, hint in get_type_hints(kind).items()}

    def made(found: Any) -> Any:
        return kind(**{k: make(found[k]) for k, make in readers.items() if k in found})

    return made


def of_any_number(part: Any) -> Reader:
    """Return what makes a tuple of one kind."""
    make = reader(part)
    return lambda found: tuple(map(make, found))


def of_each(parts: tuple[Any, ...]) -> Reader:
    """Return what makes a tuple of so many kinds."""
    readers = tuple(map(reader, parts))
    return lambda found: tuple(
        make(one) for make, one in zip(readers, found, strict=True)
    )


def or_nothing(part: Any) -> Reader:
    """Return what makes a value of a kind, and nothing of nothing."""
    make = reader(part)
    return lambda found: None if found is None else make(found)
