"""The lists of the catalogue: what is sold, and the categories it is sorted under."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select

from endi_like.grids.core import Grid
from endi_like.grids.parts import (
    Choice,
    Column,
    Filter,
    Reference,
    Search,
    Tick,
    in_full,
    status_choice,
)
from endi_like.i18n import _
from endi_like.models.catalogue import CatalogueItem, Category, worded
from endi_like.models.people import Company
from endi_like.workflow.catalogue import OFFERING
from endi_like.workflow.core import State

ITEM = CatalogueItem.__table__.c
KINDS = {
    one.name: one
    for one in (
        State("product", _("Product"), "box-seam"),
        State("work", _("Work item"), "wrench-adjustable"),
        State("group", _("Group of lines"), "collection"),
    )
}
"""What a thing of the catalogue may be, as pages call it."""

BEFORE_TAX = State("ht", _("before tax"), "slash-circle")
WITH_TAX = State("ttc", _("with tax"), "percent")
PRICES = {"ht": BEFORE_TAX, "ttc": WITH_TAX, "supplier": BEFORE_TAX}


@dataclass(frozen=True)
class Worded(Search):
    """A text box: every word begins one of its name, reference or category."""

    def where(self, raw: str) -> ColumnElement[bool] | None:
        """Match what holds all the words."""
        conditions = worded(raw)
        return and_(*conditions) if conditions else None


class CatalogueGrid(Grid):
    """Everything of the catalogues the user may view."""

    model = CatalogueItem
    title = _("Catalogue")
    default_sort = "name"
    bulk = (OFFERING.actions["archive"], OFFERING.actions["unarchive"])
    views = (
        (_("Offered"), {"offer_status": "offered"}),
        (_("All"), {}),
        (_("Archived"), {"offer_status": "archived"}),
    )
    filters: tuple[Filter, ...] = (
        Worded("q", _("Name, reference or category"), ITEM.search_key),
        Choice(
            "kind",
            _("Kind"),
            {name: one.label for name, one in KINDS.items()},
            lambda name: ITEM.kind == in_full(name),
        ),
        Reference("category", _("Category"), ITEM.category_id, "categories"),
        Reference("company", _("Company"), ITEM.company_id, "companies"),
        status_choice(OFFERING, CatalogueItem),
        Tick("bin", _("In the bin"), lambda: ITEM.deleted_at.is_not(None)),
    )
    columns = (
        Column(
            "reference", _("Reference"), (ITEM.reference,), sort=ITEM.sort_reference
        ),
        Column(
            "name", _("Name"), (CatalogueItem.name,), sort=ITEM.sort_name, link=True
        ),
        Column(
            "kind",
            _("Kind"),
            (ITEM.kind,),
            show=lambda name: [KINDS[name]],
            kind="states",
        ),
        Column("category", _("Category"), (Category.label,), wide=True),
        Column("company", _("Company"), (Company.name,), wide=True),
        Column("unit", _("Unit"), (ITEM.unit,), wide=True),
        Column("price", _("Unit price"), (ITEM.cost,), kind="money"),
        Column(
            "mode",
            _("Prices"),
            (ITEM.mode,),
            show=lambda name: [PRICES[name]],
            kind="states",
            wide=True,
        ),
        Column(
            "status",
            _("State"),
            (ITEM.offer_status,),
            show=lambda name: [OFFERING.states[name]],
            kind="states",
        ),
    )

    @property
    def counted_in(self) -> Any:
        """Leave the node out: what is filtered by is in the table of the catalogue."""
        return CatalogueItem.__table__

    @property
    def key(self) -> Any:
        """Return the id in the table of the names, as their index has both."""
        return ITEM.id

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join the company, and the category where there is one."""
        query = query.select_from(CatalogueItem)
        query = query.join(Company, Company.id == ITEM.company_id)
        return query.outerjoin(Category, Category.id == ITEM.category_id)

    def counted_by(self, params: Any) -> tuple[ColumnElement[Any], ...]:
        """Return the order of the index of the names."""
        return ITEM.sort_name, ITEM.id

    def matching(self, params: Any, query: Select[Any]) -> Select[Any]:
        """Leave out the bin, unless it is what is asked for."""
        query = super().matching(params, query)
        there = ITEM.deleted_at.is_(None)
        return query if params.get("bin") == "1" else query.where(there)


def held_by_category() -> Any:
    """Return how many things a category holds."""
    inside = ITEM.category_id == Category.id, ITEM.deleted_at.is_(None)
    counted = select(func.count()).select_from(CatalogueItem.__table__).where(*inside)
    return counted.correlate(Category).scalar_subquery()


class CategoryGrid(Grid):
    """The categories of the catalogues the user may view."""

    model = Category
    title = _("Categories")
    default_sort = "label"
    filters: tuple[Filter, ...] = (
        Search("q", _("Label"), Category.search_key),
        Reference("company", _("Company"), Category.company_id, "companies"),
    )
    columns = (
        Column(
            "label", _("Label"), (Category.label,), sort=Category.sort_label, link=True
        ),
        Column("company", _("Company"), (Company.name,)),
        Column("items", _("Things in it"), (held_by_category(),), kind="count"),
    )

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join the company."""
        return query.select_from(Category).join(Category.company)


GRIDS = (CatalogueGrid, CategoryGrid)
