"""The fields of two entities side by side: which value stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from endi_like.models.contacts import Entity

FIELDS = (
    "trading_name",
    "legal_name",
    "salutation",
    "first_name",
    "middle_name",
    "last_name",
    "birth_date",
    "personal_id",
    "tax_id",
    "vat_number",
    "licence_number",
    "sic_code",
    "country",
    "language",
    "stage",
)


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
