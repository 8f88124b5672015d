"""What a document loads of a catalogue: copies, that no later change reaches."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from endi_like import totals
from endi_like.i18n import _
from endi_like.models.catalogue import GROUP, CatalogueItem
from endi_like.models.options import VatRate
from endi_like.models.parts import LineGroup
from endi_like.services import catalogue, choices
from endi_like.workflow.errors import Refused

GONE = _("“${name}” is not offered any more.")
OLD_RATE = _(
    "“${name}” has a VAT rate that is not offered any more: change it in the catalogue."
)


@dataclass(frozen=True)
class Loaded:
    """Lines for a document, in its mode; those of a group come with its title."""

    is_group: bool
    title: str
    description: str
    lines: list[dict[str, Any]]


def loaded(db: Session, item: CatalogueItem, mode: totals.Mode) -> Loaded:
    """Return the lines of a thing of the catalogue as a document of that mode has them.

    A price of the other mode is converted at the rate of its line.  Raises ``Refused``
    for what is not offered, or has a rate that no document may have any more.
    """
    if item.is_archived or item.deleted_at:
        raise Refused(GONE % {"name": item.title})
    rates = {one.id for one in choices.options(db, VatRate)}
    if item.kind != GROUP:
        return Loaded(False, "", "", [of_item(item, mode, rates)])
    lines = of_group(item, mode, rates)
    return Loaded(True, item.name, item.description, lines)


def of_item(
    item: CatalogueItem, mode: totals.Mode, rates: Collection[int]
) -> dict[str, Any]:
    """Return a product or a work item as one line."""
    percent = catalogue.percent_of(item.vat)
    return line(
        item,
        rates,
        vat=item.vat,
        description=item.wording,
        cost=totals.in_mode(item.cost, item.priced_in, mode, percent),
        quantity=Decimal(1),
        unit=item.unit,
        product=item.product,
    )


def of_group(
    item: CatalogueItem, mode: totals.Mode, rates: Collection[int]
) -> list[dict[str, Any]]:
    """Return the lines of a group."""
    return [
        line(
            item,
            rates,
            vat=one.said_vat,
            description=one.wording,
            cost=catalogue.cost_of(one, mode),
            quantity=one.quantity,
            unit=one.said_unit,
            product=one.said_product,
        )
        for one in item.parts
    ]


def line(
    item: CatalogueItem, rates: Collection[int], *, vat: VatRate | None, **values: Any
) -> dict[str, Any]:
    """Return the values of a line; refuse a rate that is not among those offered."""
    if vat is None or vat.id not in rates:
        raise Refused(OLD_RATE % {"name": item.title})
    return {**values, "vat_id": vat.id}


def group_of(db: Session, key: int) -> LineGroup | None:
    """Return a group of a document, which the catalogue may keep."""
    return db.get(LineGroup, key)


def group_values(group: LineGroup) -> dict[str, Any]:
    """Return what the form of the catalogue opens with, to keep a document's group."""
    task = group.task
    return {
        "kind": GROUP,
        "name": group.title,
        "description": group.description,
        "mode": task.mode,
        "parts": [
            {
                "description": one.description,
                "quantity": one.quantity,
                "unit": one.unit,
                "cost": one.cost,
                "vat_id": one.vat_id,
                "product": one.product,
            }
            for one in group.lines
        ],
    }
