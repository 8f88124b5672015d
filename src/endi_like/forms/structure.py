"""From posted pairs to nested values, refusing what no form of ours sends.

Deform's markers say where a mapping or a sequence starts and ends (peppercorn).  The
usual parser takes the last of two equal names and lets a marker rename a value; this
one refuses both, so that every value has been sent once and under its own name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from endi_like.i18n import _

START, END = "__start__", "__end__"
DEEPEST = 8
MOST = 25_000


class BadStructure(ValueError):
    """The form was not sent by one of our pages; the argument is a sentence."""


@dataclass
class Level:
    """One open mapping or sequence; ``label`` is what its end marker must repeat."""

    label: str
    name: str
    is_mapping: bool
    values: dict[str, Any] = field(default_factory=dict)
    items: list[Any] = field(default_factory=list)

    def put(self, name: str, value: Any) -> None:
        """Add a value, once."""
        if not self.is_mapping:
            self.items.append(value)
        elif name in self.values:
            raise BadStructure(
                _("The field “${name}” was sent twice.", mapping={"name": name[:40]})
            )
        else:
            self.values[name] = value

    @property
    def made(self) -> Any:
        """Return what was collected."""
        return self.values if self.is_mapping else self.items


def parse(controls: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Return the nested values of a posted form; raise ``BadStructure``."""
    levels = [Level("", "", is_mapping=True)]
    for number, (name, value) in enumerate(controls):
        if number >= MOST or not isinstance(name, str):
            raise BadStructure(_("This form cannot be read."))
        if name == START:
            levels.append(_opened(value, len(levels)))
        elif name == END:
            _close(levels, value)
        else:
            levels[-1].put(name, value)
    if len(levels) != 1:
        raise BadStructure(_("This form was not sent completely."))
    return levels[0].values


def _opened(marker: Any, depth: int) -> Level:
    label = marker.strip() if isinstance(marker, str) else ""
    name, _colon, kind = label.rpartition(":")
    if kind not in ("mapping", "sequence") or depth > DEEPEST:
        raise BadStructure(_("This form cannot be read."))
    return Level(label, name, is_mapping=kind == "mapping")


def _close(levels: list[Level], marker: Any) -> None:
    # an end without its name is what some of Deform's own templates write
    given = marker.strip() if isinstance(marker, str) else ""
    if len(levels) == 1 or given not in ("", levels[-1].label):
        raise BadStructure(_("This form cannot be read."))
    closed = levels.pop()
    levels[-1].put(closed.name, closed.made)
