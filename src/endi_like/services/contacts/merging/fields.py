"""The fields of two entities side by side: which value stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from endi_like.models.contacts import Entity
from endi_like.models.node import Node

ITS_OWN = {*Node.tracked, "kind", "control_code", "confidential", "users"}
"""What stays with each entity, or follows as a row.

The name follows from others, the code leads there.
"""

FIELDS = tuple(name for name in Entity.tracked if name not in ITS_OWN)


@dataclass(frozen=True)
class Difference:
    """A field in which two entities differ: the value that stays, and the other."""

    field: str
    kept: Any
    merged: Any

    @property
    def is_choice(self) -> bool:
        """Tell whether both have a value, of which somebody chooses one."""
        return bool(self.kept and self.merged)

    def value(self, picked: Collection[str]) -> Any:
        """Return what stands in the field afterwards."""
        return self.merged if self.field in picked or not self.kept else self.kept


def differences(kept: Entity, merged: Entity) -> Iterator[Difference]:
    """Yield the fields in which two entities differ."""
    for name in FIELDS:
        mine, theirs = getattr(kept, name), getattr(merged, name)
        if theirs and mine != theirs:
            yield Difference(name, mine, theirs)
