"""Lines that are loaded into a form on the way: what is typed already stays."""

from __future__ import annotations

from typing import Any

TYPED = ("id", "description", "cost", "product")
SAID = ("id", "title", "description")


def is_blank(values: Any, names: tuple[str, ...]) -> bool:
    """Tell whether nothing was typed into any of the fields."""
    return isinstance(values, dict) and not any(values.get(name) for name in names)


def lines_of(group: Any) -> list[Any]:
    """Return the lines of a group as posted, but those in which nothing was typed."""
    lines = group.get("lines") if isinstance(group, dict) else None
    return [one for one in lines or () if not is_blank(one, TYPED)]


def joined(groups: Any, group: dict[str, Any], *, is_group: bool) -> list[Any]:
    """Return the groups as posted, with a loaded one behind, or its lines in the last.

    It takes the place of a last line, or a last group, in which nothing was typed.
    """
    kept = list(groups) if isinstance(groups, list) else []
    last = kept[-1] if kept else None
    if is_group:
        if is_blank(last, SAID) and not lines_of(last):
            kept.pop()
        return [*kept, group]
    if not isinstance(last, dict):
        return [*kept, group]
    return [*kept[:-1], {**last, "lines": [*lines_of(last), *group["lines"]]}]
