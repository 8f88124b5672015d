"""Entities that share a number although their names differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import ContactElement, Entity, EntityBankAccount
from endi_like.services.contacts.duplicates import reasons
from endi_like.services.contacts.duplicates.blocks import KNOWN
from endi_like.services.contacts.duplicates.comparing import FEW_HOLDERS, Found

ENTITY: Any = Entity.__table__
ELEMENT: Any = ContactElement.__table__
BANK: Any = EntityBankAccount.__table__
AT_ONCE = 500
FEWEST_SIGNS = 6
"""A shorter number is a makeshift, such as "0" or "none"."""


@dataclass(frozen=True)
class Source:
    """Where a kind of number is: its reason, whose it is, its key."""

    word: str
    owner: Any
    key: Any
    conditions: tuple[ColumnElement[bool], ...] = ()

    def query(self, keys: Any) -> Any:
        """Return the query for who has one of some numbers."""
        return (
            select(self.key, ENTITY.c.confidential, ENTITY.c.id)
            .select_from(ENTITY)
            .where(
                self.owner == ENTITY.c.id,
                self.key.in_(keys),
                *KNOWN,
                *self.conditions,
            )
            .distinct()
            .order_by(self.key, ENTITY.c.confidential, ENTITY.c.id)
        )

    def several(self) -> Any:
        """Return the query for the numbers that a few entities have."""
        number = func.count(self.owner.distinct())
        return (
            select(self.key)
            .where(func.length(self.key) >= FEWEST_SIGNS, *self.conditions)
            .group_by(self.key)
            .having(number.between(2, FEW_HOLDERS))
        )

    def of(self, ids: Iterable[int]) -> Any:
        """Return the query for the numbers of some entities."""
        long_enough = func.length(self.key) >= FEWEST_SIGNS
        return select(self.key).where(
            self.owner.in_(ids), long_enough, *self.conditions
        )


SOURCES = (
    Source(reasons.VAT, ENTITY.c.id, ENTITY.c.vat_key),
    Source(reasons.TAX, ENTITY.c.id, ENTITY.c.tax_key),
    Source(reasons.IBAN, BANK.c.entity_id, BANK.c.iban_key),
    Source(
        reasons.PHONE,
        ELEMENT.c.entity_id,
        ELEMENT.c.search_key,
        (ELEMENT.c.kind == reasons.PHONE,),
    ),
)


def found_by_numbers(db: Session, ids: Iterable[int] | None = None) -> Iterator[Found]:
    """Yield those who share a number, of all entities or with some of them."""
    some = None if ids is None else sorted(set(ids))
    for source in SOURCES:
        keys = source.several() if some is None else list(db.scalars(source.of(some)))
        lines = db.execute(source.query(keys).execution_options(yield_per=AT_ONCE))
        for _key, rows in groupby(lines, lambda row: (row[0], row[1])):
            yield from among(source, [row.id for row in rows])


def among(source: Source, ids: list[int]) -> Iterator[Found]:
    """Yield the pairs of those who share one number, if they are few."""
    if len(ids) <= FEW_HOLDERS:
        score = reasons.BY_NUMBER[source.word]
        for first, second in combinations(ids, 2):
            yield Found(first, second, score, (source.word,))
