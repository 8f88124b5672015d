"""Parts of a whole, from the values of a form and back: rows keep what they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any


def read(part: Any, names: Sequence[str]) -> dict[str, Any]:
    """Return a part's values, with the id that finds it again."""
    return {"id": part.id, **{name: getattr(part, name) for name in names}}


def put_plain(names: Sequence[str]) -> Callable[[Any, Mapping[str, Any]], None]:
    """Return what writes plain values into a part."""

    def put(part: Any, data: Mapping[str, Any]) -> None:
        for name in names:
            setattr(part, name, data[name])

    return put


def merge(
    stored: Iterable[Any],
    wanted: Iterable[Mapping[str, Any]],
    new: Callable[[], Any],
    put: Callable[[Any, Mapping[str, Any]], None],
) -> list[Any]:
    """Return the parts wanted, in their order, reusing the rows that are known.

    An id of somewhere else makes a new row, and touches nothing.
    """
    known = {part.id: part for part in stored}
    found = []
    for position, one in enumerate(wanted):
        part = known.pop(one.get("id"), None) or new()
        put(part, one)
        if hasattr(type(part), "position"):
            part.position = position
        found.append(part)
    return found
