"""Two people at the same form: who was faster, and in what their versions differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import colander

HIDDEN = "hidden"


@dataclass(frozen=True)
class Conflict:
    """Who saved while somebody typed, and what differs: field, mine, theirs.

    ``mine`` says that it was oneself, on another page; ``locked`` that the item has
    come where it cannot be changed any more.
    """

    who: str
    at: Any
    rows: Sequence[tuple[Any, str, str]]
    mine: bool = False
    locked: bool = False


def differences(
    schema: Any, mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> list[tuple[Any, str, str]]:
    """Return the title of each field in which two versions differ, and both values."""
    both = (
        (child.title, told(child, mine[child.name]), told(child, theirs[child.name]))
        for child in schema.children
        if child.name in mine and child.name in theirs
    )
    return [(title, one, other) for title, one, other in both if one != other]


def told(field: Any, value: Any) -> str:
    """Return a value of a form as people read it, to set two versions side by side."""
    if value is None or value is colander.null:
        return ""
    if isinstance(value, Mapping):
        seen = (one for one in field.children if getattr(one, "control", "") != HIDDEN)
        shown = (told(child, value.get(child.name)) for child in seen)
        return ", ".join(text for text in shown if text)
    if isinstance(value, list | tuple):
        inner = field.children[0] if field.children else field
        return "\n".join(told(inner, one) for one in value)
    return said(field, value)


def said(field: Any, value: Any) -> str:
    """Return one single value: an id by what it is called, a number as it is typed."""
    if isinstance(value, Decimal):
        return str(field.typ.write(field, value))
    if search := getattr(field, "search", None):
        return str(search.label(value) or value)
    labels = dict(getattr(field, "options", ()))
    return str(labels.get(value, value))
