"""Where the catalogue of each company is, and who may do what to it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from endi_like.i18n import _
from endi_like.models.catalogue import CatalogueItem, CatalogueLine, Category
from endi_like.models.people import User
from endi_like.resources.core import NodeResource, Resource
from endi_like.services.rights.tables import CATALOGUE, CATEGORIES


class CatalogueItemResource(NodeResource):
    """``/catalogue/12``: a product, a work item or a group of lines."""

    model = CatalogueItem
    grants: ClassVar = CATALOGUE

    @classmethod
    def load(cls, db: Any, key: int) -> CatalogueItem | None:
        """Return it with its parts, and what they are of the catalogue."""
        parts = selectinload(CatalogueItem.parts)
        query = (
            select(CatalogueItem)
            .where(CatalogueItem.id == key)
            .options(
                joinedload(CatalogueItem.company),
                joinedload(CatalogueItem.category),
                joinedload(CatalogueItem.vat),
                joinedload(CatalogueItem.created_by).load_only(User.name),
                joinedload(CatalogueItem.updated_by).load_only(User.name),
                parts.joinedload(CatalogueLine.vat),
                parts.selectinload(CatalogueLine.part).joinedload(CatalogueItem.vat),
            )
        )
        found: CatalogueItem | None = db.scalars(query).one_or_none()
        return found


class CategoryResource(Resource):
    """``/categories/3``."""

    model = Category
    grants: ClassVar = CATEGORIES


def includeme(config: Any) -> None:
    """Publish the collections."""
    config.add_collection(
        "catalogue",
        CatalogueItemResource,
        label=_("Catalogue"),
        section=_("Sales"),
        icon="tags",
        new=_("New product"),
    )
    config.add_collection(
        "categories",
        CategoryResource,
        label=_("Categories"),
        section=_("Sales"),
        icon="tag",
    )
