"""What the parts of an entity have in common in forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import colander

from endi_like.forms.fields import Count, wrong
from endi_like.i18n import _

FIRST_YEAR = 1850
"""Nothing that is entered of somebody is older."""


def row_id() -> Count:
    """Return the field of the row a part was read from; new parts have none."""
    return Count(low=1, missing=None, control="hidden")


def in_order(start: str, end: str) -> Callable[[Any, Mapping[str, Any]], None]:
    """Return what refuses a part that ends before it starts."""

    def check(node: Any, row: Mapping[str, Any]) -> None:
        if row[start] and row[end] and row[end] < row[start]:
            raise wrong(node, **{end: _("It ends before it starts.")})

    return check


def is_typed(node: Any, row: Mapping[str, Any]) -> bool:
    """Tell whether anything was typed into a part; ``node.typed`` are its fields.

    The part of which everything was taken out goes, as the one that stayed empty.
    """
    return any(row[name] not in (None, "") for name in node.typed)


def of_rows(
    schema: Any, name: str, wrongs: Mapping[int, Mapping[str, Any]]
) -> colander.Invalid:
    """Return the error about fields of some rows: by place, by field, a sentence."""
    rows = schema[name]
    about = colander.Invalid(rows)
    for place, sentences in wrongs.items():
        about.add(wrong(rows.children[0], **sentences), place)
    error = colander.Invalid(schema)
    error.add(about)
    return error


def twice(keys: Sequence[Any]) -> list[int]:
    """Return the places of what has been before; what is nothing never has."""
    return [place for place, key in enumerate(keys) if key and key in keys[:place]]
