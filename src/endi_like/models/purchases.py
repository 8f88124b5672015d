"""What companies receive from their suppliers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from endi_like.models.keys import kept
from endi_like.models.node import Node, status_column
from endi_like.models.people import Company
from endi_like.models.sales import Task
from endi_like.models.sorting import sign_by_sign
from endi_like.models.types import Instant, Money
from endi_like.text import shadow
from endi_like.workflow.purchases import RECEPTION, SUPPLIER_INVOICE


class SupplierInvoice(Node):
    """What a company received: the other side of a validated internal document.

    Its ``source`` is the invoice or the credit note of another company of the
    organisation.  The figures are a copy, as who sees this does not see the source.
    """

    __tablename__ = "supplier_invoice"
    __mapper_args__ = {"polymorphic_identity": "supplier_invoice"}
    lifecycle: ClassVar = SUPPLIER_INVOICE

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    # the node's, kept here too: lists are read by indexes of this table alone
    company_id: Mapped[int] = column_property(
        mapped_column(ForeignKey("company.id")), Node.company_id
    )
    deleted_at: Mapped[dt.datetime | None] = column_property(
        mapped_column(Instant), Node.deleted_at
    )
    source_id: Mapped[int] = mapped_column(ForeignKey("task.id"), unique=True)
    issuer_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    number: Mapped[str] = mapped_column(String(120))
    number_key: Mapped[str] = mapped_column(sign_by_sign(400))
    search_key: Mapped[str] = kept(shadow, "number", "name", length=1200)
    date: Mapped[dt.date]
    due_date: Mapped[dt.date | None]
    ht: Mapped[Decimal] = mapped_column(Money)
    tva: Mapped[Decimal] = mapped_column(Money)
    ttc: Mapped[Decimal] = mapped_column(Money)
    due: Mapped[Decimal] = mapped_column(Money)
    reception_status: Mapped[str] = status_column(RECEPTION)

    # docs/decisions/0007-indexes.md says which list needs which
    __table_args__: Any = (
        Index(None, "date", "id"),
        Index(None, "number_key", "id"),
        Index(None, "company_id", "date", "id"),
        Index(None, "issuer_id", "date", "id"),
    )

    source: Mapped[Task] = relationship(foreign_keys=source_id, innerjoin=True)
    issuer: Mapped[Company] = relationship(foreign_keys=issuer_id, innerjoin=True)

    @property
    def title(self) -> str:
        """Return how people call it: by the number its issuer gave it."""
        return self.number

    @property
    def is_credit(self) -> bool:
        """Tell whether it takes back an invoice that was received."""
        return self.source.type_ == "cancelinvoice"
