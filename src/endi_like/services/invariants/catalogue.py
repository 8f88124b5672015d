"""What is made of parts costs what they come to, on the day it is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from endi_like.models.catalogue import CatalogueItem, CatalogueLine
from endi_like.services.catalogue import derived_price

AT_ONCE = 200


def wrong_prices(db: Session) -> Iterator[str]:
    """Yield a sentence for each thing of a catalogue whose price does not follow."""
    line = selectinload(CatalogueItem.parts)
    query = (
        select(CatalogueItem)
        .options(
            joinedload(CatalogueItem.vat),
            line.joinedload(CatalogueLine.vat),
            line.joinedload(CatalogueLine.part).joinedload(CatalogueItem.vat),
        )
        .order_by(CatalogueItem.id)
        .limit(AT_ONCE)
        .execution_options(populate_existing=True)
    )
    last = 0
    while found := db.scalars(query.where(CatalogueItem.id > last)).all():
        for item in found:
            if derived_price(item) not in (None, item.cost):
                yield f"{item.type_} {item.id}: its price does not follow"
        last = found[-1].id
