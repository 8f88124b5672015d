"""What is made of parts costs what they come to, on the day it is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from endi_like.models.catalogue import CatalogueItem, CatalogueLine
from endi_like.services.catalogue import derived_price
from endi_like.services.invariants.reading import some_at_once


def wrong_prices(db: Session) -> Iterator[str]:
    """Yield a sentence for each thing of a catalogue whose price does not follow."""
    line = selectinload(CatalogueItem.parts)
    query = select(CatalogueItem).options(
        joinedload(CatalogueItem.vat),
        line.joinedload(CatalogueLine.vat),
        line.joinedload(CatalogueLine.part).joinedload(CatalogueItem.vat),
    )
    for items in some_at_once(db, CatalogueItem, query):
        for item in items:
            if derived_price(item) not in (None, item.cost):
                yield f"{item.type_} {item.id}: its price does not follow"
