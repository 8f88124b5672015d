"""What is written into the catalogue of a company, and what its things cost.

What has parts costs what they come to: it is computed again when one of them changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from endi_like import totals
from endi_like.i18n import _, ngettext
from endi_like.models.catalogue import (
    GROUP,
    PRODUCT,
    SUPPLIER,
    WORK,
    CatalogueItem,
    CatalogueLine,
    Category,
)
from endi_like.models.options import VatRate
from endi_like.money import MAX_AMOUNT, ZERO
from endi_like.services.locks import reserve
from endi_like.services.parts import merge, put_plain, read
from endi_like.services.refusals import WrongValues
from endi_like.workflow.errors import Refused

RATES = ("overhead", "margin", "contribution", "insurance")
COMMON = ("name", "reference", "description", "category_id")
SOLD = ("unit", "vat_id", "product")
OF_KIND: Mapping[str, tuple[str, ...]] = {
    PRODUCT: (*SOLD, "cost", "supplier_cost"),
    WORK: SOLD,
    GROUP: (),
}
"""What each kind has of its own; it has none of the others."""
NONE: Mapping[str, Any] = {
    "unit": "",
    "vat_id": None,
    "product": "",
    "cost": ZERO,
    "supplier_cost": None,
}
LINE = (
    "part_id",
    "description",
    "quantity",
    "unit",
    "cost",
    "supplier_cost",
    "vat_id",
    "product",
)
MADE_OF: Mapping[str, tuple[str, ...]] = {WORK: (PRODUCT,), GROUP: (PRODUCT, WORK)}
"""What may be a part of what: nothing is ever a part of itself."""


ELSEWHERE = _("“${name}” is of the catalogue of another company.")
NOT_A_PART = _("“${name}” cannot be a part of this.")
ARCHIVED = _("“${name}” is archived: it is not offered any more.")
TOO_MUCH = _("The price would be larger than can be written.")


def values(item: CatalogueItem) -> dict[str, Any]:
    """Return what a form on the item opens with."""
    names = ("kind", "mode", *COMMON, *SOLD, "cost", "supplier_cost", *RATES)
    return {
        **{name: getattr(item, name) for name in names},
        "parts": [read(line, LINE) for line in item.parts],
    }


def write(db: Session, item: CatalogueItem, data: Mapping[str, Any]) -> None:
    """Write the values of a form into an item, and price it and what it is a part of.

    Raises ``WrongValues`` for a category or a part of elsewhere, and for what nothing
    can cost.
    """
    with db.no_autoflush:
        own = OF_KIND[data["kind"]]
        for name in ("kind", "mode", *COMMON, *RATES):
            setattr(item, name, data[name])
        for name, nothing in NONE.items():
            setattr(item, name, data[name] if name in own else nothing)
        item.category = category_of(db, item)
        item.vat = db.get(VatRate, item.vat_id) if item.vat_id else None
        wanted = data["parts"] if item.kind in MADE_OF else ()
        before = {line.part_id for line in item.parts}
        item.parts = merge(item.parts, wanted, CatalogueLine, put_plain(LINE))
        find_parts(db, item, before)
        price(item)
    if item.id:
        db.flush()
        follow(db, item)


def category_of(db: Session, item: CatalogueItem) -> Category | None:
    """Return the category of an item; refuse that of another company."""
    found = db.get(Category, item.category_id) if item.category_id else None
    if found is not None and found.company_id != item.company_id:
        raise WrongValues(
            category_id=_("This category is of the catalogue of another company.")
        )
    return found


def find_parts(db: Session, item: CatalogueItem, before: set[int | None]) -> None:
    """Point every line at its part and its rate; refuse what cannot be one.

    ``before`` are the ids of those that were parts already: they stay, archived or not.
    """
    found = {one.id: one for one in (item, *held(db, item))}
    for line in item.parts:
        line.vat = db.get(VatRate, line.vat_id) if line.vat_id else None
        line.part = found[line.part_id] if line.part_id else None
        if line.part is not None:
            check_part(item, line.part, line.part_id in before)


def held(db: Session, item: CatalogueItem) -> list[CatalogueItem]:
    """Return what an item is made of; whoever changes it meanwhile waits or is done."""
    keys = {line.part_id for line in item.parts if line.part_id} - {item.id}
    if not keys:
        return []
    reserve(db, keys)
    query = select(CatalogueItem).options(joinedload(CatalogueItem.vat))
    query = query.where(CatalogueItem.id.in_(keys))
    return list(db.scalars(query.execution_options(populate_existing=True)))


def check_part(item: CatalogueItem, part: CatalogueItem, is_known: bool) -> None:
    """Raise ``WrongValues`` for what cannot be a part of the item."""
    said = {"name": part.title}
    if part.company_id != item.company_id:
        raise WrongValues(parts=ELSEWHERE % said)
    if part.kind not in MADE_OF[item.kind]:
        raise WrongValues(parts=NOT_A_PART % said)
    if not is_known and (part.is_archived or part.deleted_at):
        raise WrongValues(parts=ARCHIVED % said)


def price(item: CatalogueItem) -> None:
    """Write what an item costs, where that follows from something else."""
    found = derived_price(item)
    if found is not None:
        item.cost = found
    if abs(item.cost) > MAX_AMOUNT:
        raise WrongValues(**{"parts" if item.kind in MADE_OF else "cost": TOO_MUCH})


def derived_price(item: CatalogueItem) -> Decimal | None:
    """Return what an item costs by its parts or its supplier, if it follows."""
    if item.kind in MADE_OF:
        return totals.per_unit(
            (cost_of(line, item.priced_in), line.quantity) for line in item.parts
        )
    if item.mode == SUPPLIER and item.supplier_cost is not None:
        return totals.price_of_cost(item.supplier_cost, rates_of(item))
    return None


def rates_of(item: CatalogueItem) -> totals.Rates:
    """Return what is put on the costs of an item."""
    return totals.Rates(*(getattr(item, name) for name in RATES))


def percent_of(vat: VatRate | None) -> Decimal:
    """Return what a rate charges; none charges nothing."""
    return vat.percent if vat else ZERO


def cost_of(line: CatalogueLine, mode: totals.Mode) -> Decimal:
    """Return the unit price of a line as something in that mode writes it."""
    item, part = line.item, line.part
    vat = item.vat if item.kind == WORK else line.said_vat
    percent = percent_of(vat)
    if line.cost is not None:
        return totals.in_mode(line.cost, item.priced_in, mode, percent)
    if line.supplier_cost is not None:
        cost = totals.price_of_cost(line.supplier_cost, rates_of(item))
        return totals.in_mode(cost, "ht", mode, percent)
    if part is None:
        return ZERO
    if percent == percent_of(part.vat):
        return totals.in_mode(part.cost, part.priced_in, mode, percent)
    without = totals.in_mode(part.cost, part.priced_in, "ht", percent_of(part.vat))
    return totals.in_mode(without, "ht", mode, percent)


def wholes(db: Session, known: Select[int]) -> list[CatalogueItem]:
    """Return those of these ids with all of their parts, held until all is written."""
    keys = sorted(set(db.scalars(known)))
    if not keys:
        return []
    reserve(db, keys)
    parts = selectinload(CatalogueItem.parts)
    query = (
        select(CatalogueItem)
        .where(CatalogueItem.id.in_(keys))
        .order_by(CatalogueItem.id)
        .options(
            joinedload(CatalogueItem.vat),
            parts.joinedload(CatalogueLine.vat),
            parts.selectinload(CatalogueLine.part).joinedload(CatalogueItem.vat),
        )
        .execution_options(populate_existing=True)
    )
    return list(db.scalars(query))


def follow(db: Session, item: CatalogueItem) -> None:
    """Price what an item is a part of: work items first, as groups have them."""
    ids = [item.id]
    while ids:
        line = CatalogueLine
        found = wholes(db, select(line.item_id).where(line.part_id.in_(ids)))
        price_all(db, found)
        ids = [one.id for one in found if one.kind == WORK]


def follow_rate(db: Session, rate: VatRate) -> None:
    """Price what has parts and a rate, or parts with it; work items first."""
    item, line = CatalogueItem.__table__.c, CatalogueLine.__table__.c
    rated = [select(item.id).where(item.vat_id == rate.id)]
    for kind in MADE_OF:
        inside = select(line.item_id).where(
            or_(line.vat_id == rate.id, *(line.part_id.in_(one) for one in rated))
        )
        either = or_(item.id.in_(inside), item.vat_id == rate.id)
        known = select(item.id).where(item.kind == kind, either)
        try:
            price_all(db, wholes(db, known))
        except WrongValues as wrong:
            raise WrongValues(value=TOO_MUCH) from wrong
        rated.append(known)


def price_all(db: Session, found: Iterable[CatalogueItem]) -> None:
    """Write what these cost."""
    for one in found:
        price(one)
    db.flush()


def uses(db: Session, item: CatalogueItem) -> int:
    """Return of how many others it is a part; those in the bin count as well."""
    query = select(func.count(CatalogueLine.item_id.distinct()))
    return db.scalar(query.where(CatalogueLine.part_id == item.id)) or 0


def is_used(number: int) -> Any:
    """Return why what others are made of cannot be deleted, or nothing."""
    if not number:
        return None
    return ngettext(
        "It is a part of ${n} work item or group: archive it instead.",
        "It is a part of ${n} work items or groups: archive it instead.",
        number,
    )


def save_category(db: Session, category: Category, label: str) -> None:
    """Call a category so; refuse what another of the company is called."""
    taken = select(Category.id).where(
        Category.company_id == category.company_id,
        Category.label == label,
        Category.id != (category.id or 0),
    )
    with db.no_autoflush:
        if db.scalar(taken):
            raise WrongValues(label=_("Another category is called so already."))
    category.label = label
    db.add(category)
    db.flush()


def held_by(db: Session, category: Category) -> int:
    """Return how many things are in a category; what is in the bin counts as well."""
    query = select(func.count()).select_from(CatalogueItem.__table__)
    inside = CatalogueItem.__table__.c.category_id == category.id
    return db.scalar(query.where(inside)) or 0


def remove_category(db: Session, category: Category) -> None:
    """Take an empty category away; raise ``Refused`` for one that holds something."""
    if number := held_by(db, category):
        raise Refused(
            ngettext(
                "The category holds ${n} thing, maybe in the bin: move it first.",
                "The category holds ${n} things, maybe in the bin: move them first.",
                number,
            )
        )
    db.delete(category)
    db.flush()
