"""What one user may see of an entity: its rows, without those of others' accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from endi_like.models.contacts import (
    Address,
    ContactElement,
    CreditAccount,
    Entity,
    EntityLink,
)
from endi_like.services.contacts import knowing


@dataclass(frozen=True)
class Sheet:
    """An entity as one user sees it.

    ``people`` work or live there, ``places`` is where the entity itself does; ``known``
    are the ids of those it names whom the user may know of.
    """

    entity: Entity
    accounts: Sequence[CreditAccount]
    addresses: Sequence[Address]
    elements: Sequence[ContactElement]
    people: Sequence[EntityLink]
    places: Sequence[EntityLink]
    known: frozenset[int]

    def classes(self) -> list[str]:
        """Return what the entity is, as its rows say it."""
        return list(dict.fromkeys(self._classes()))

    def _classes(self) -> Iterator[str]:
        if self.entity.kind in ("robot", "household"):
            yield self.entity.kind
        yield from sorted(account.class_ for account in self.accounts)
        if self.entity.employments:
            yield "employee"
        if self.entity.users:
            yield "user"


def sheet(
    db: Session,
    entity: Entity,
    scope: ColumnElement[bool],
    companies: Sequence[int] | None,
) -> Sheet:
    """Return what is seen of an entity: by who may view the entities of ``scope``.

    Of accounts only those with the companies are, of all with ``None``.
    """
    knowing.read_whole(db, entity)
    known = knowing.known(db, scope, knowing.named_by(entity))
    accounts = [
        one
        for one in entity.accounts
        if companies is None or one.company_id in companies
    ]
    owners = {None, *(one.id for one in accounts)}
    return Sheet(
        entity,
        accounts,
        [one for one in entity.addresses if one.account_id in owners],
        [one for one in entity.elements if one.account_id in owners],
        [one for one in entity.people if one.person_id in known],
        knowing.belongs_to(db, scope, entity),
        known,
    )
