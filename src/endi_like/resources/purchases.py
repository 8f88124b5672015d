"""Where is what companies receive, and who may do what to it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from endi_like.i18n import _
from endi_like.models.node import Node
from endi_like.models.people import User
from endi_like.models.purchases import SupplierInvoice
from endi_like.resources.core import NodeResource
from endi_like.services.rights.tables import SUPPLIER_INVOICES


class SupplierInvoiceResource(NodeResource):
    """``/supplier-invoices/12``; its source is at an address of its own, or unseen."""

    model = SupplierInvoice
    grants: ClassVar = SUPPLIER_INVOICES

    @classmethod
    def load(cls, db: Any, key: int) -> SupplierInvoice | None:
        """Return what was received, and from whom."""
        query = (
            select(SupplierInvoice)
            .where(SupplierInvoice.id == key)
            .options(
                joinedload(SupplierInvoice.company),
                joinedload(SupplierInvoice.issuer),
                joinedload(SupplierInvoice.source).load_only(Node.type_),
                joinedload(SupplierInvoice.created_by).load_only(User.name),
                joinedload(SupplierInvoice.updated_by).load_only(User.name),
            )
        )
        found: SupplierInvoice | None = db.scalars(query).one_or_none()
        return found


def includeme(config: Any) -> None:
    """Publish the collection."""
    config.add_collection(
        "supplier-invoices",
        SupplierInvoiceResource,
        label=_("Received from within"),
        section=_("Purchases"),
        icon="inbox",
    )
