"""How entities are called: derived from what they are, said once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from endi_like.models.contacts import Entity
from endi_like.text import shadow

NAMES = (
    "trading_name",
    "legal_name",
    "first_name",
    "middle_name",
    "last_name",
)
"""The attributes that hold a name of an entity."""


def full_name(entity: Entity) -> str:
    """Return the name of a person or a program: first, middle, last."""
    parts = (entity.first_name, entity.middle_name, entity.last_name)
    return " ".join(part for part in parts if part)


def legal_name(entity: Entity) -> str:
    """Return the name of a company or a household."""
    return entity.legal_name or ""


OWN_NAMES: Mapping[str, Callable[[Entity], str]] = {
    "company": legal_name,
    "household": legal_name,
    "person": full_name,
    "robot": full_name,
}


def display_name(entity: Entity) -> str:
    """Return how an entity is called: by its trading name, else by its own."""
    return entity.trading_name or OWN_NAMES[entity.kind](entity)


def all_names(entity: Entity) -> list[str]:
    """Return every name an entity is found by."""
    own = (getattr(entity, name) or "" for name in NAMES)
    return [*own, *(one.name for one in entity.other_names)]


def take_name(entity: Entity) -> None:
    """Write the name an entity is called by, and the copy it is found by."""
    entity.name = display_name(entity)
    entity.names_key = shadow(*all_names(entity))


def rename(entity: Entity, name: str) -> None:
    """Have an entity be called otherwise, where only one name is asked for.

    Of whom more is known, that stays: the name becomes the one it trades under.
    """
    if entity.name == name:
        return
    if entity.trading_name or entity.first_name:
        entity.trading_name = name
    elif entity.kind in ("person", "robot"):
        entity.last_name = name
    else:
        entity.legal_name = name
    take_name(entity)
