"""What a company sells, ready to be written into documents: its catalogue.

What a document loads is a copy: nothing here leads to a document, or back.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar, Literal

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.keys import kept
from endi_like.models.node import Node, status_column
from endi_like.models.options import VatRate
from endi_like.models.parts import OWNED, owner
from endi_like.models.people import Company
from endi_like.models.searching import MOST_WORDS, like
from endi_like.models.sorting import sorts
from endi_like.models.types import Instant, Money, Percent, Quantity
from endi_like.text import shadow, starts_word, words
from endi_like.workflow.catalogue import CATALOGUE_ITEM, OFFERING

PRODUCT, WORK, GROUP = "product", "work", "group"
SUPPLIER = "supplier"
"""The mode of a product whose price follows from what it costs."""

NOTHING = Decimal(0)


class Category(Base):
    """What things of a catalogue are sorted under."""

    __tablename__ = "category"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    label: Mapped[str] = mapped_column(String(120))
    sort_label: Mapped[str] = sorts("label")
    search_key: Mapped[str] = kept(shadow, "label", length=240)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        Index(None, "company_id", "sort_label", "id"),
        Index(None, "sort_label", "id"),
    )

    company: Mapped[Company] = relationship(innerjoin=True)

    @property
    def title(self) -> str:
        """Return how people call the category."""
        return self.label


class CatalogueItem(Node):
    """A product, a work item made of parts, or a group of lines.

    ``cost`` is the price of one unit, with tax or without as ``priced_in`` says.  That
    of a product in the mode of its supplier, and of what has parts, is computed.
    """

    __tablename__ = "catalogue_item"
    __mapper_args__ = {"polymorphic_identity": "catalogue_item"}
    lifecycle: ClassVar = CATALOGUE_ITEM
    tracked: ClassVar = (
        *Node.tracked,
        "reference",
        "description",
        "category_id",
        "unit",
        "mode",
        "cost",
        "vat_id",
        "product",
        "supplier_cost",
        "overhead",
        "margin",
        "contribution",
        "insurance",
    )

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    # the node's, kept here too: lists are read by indexes of this table alone
    company_id: Mapped[int] = column_property(
        mapped_column(ForeignKey("company.id")), Node.company_id
    )
    deleted_at: Mapped[dt.datetime | None] = column_property(
        mapped_column(Instant), Node.deleted_at
    )
    kind: Mapped[str] = mapped_column(
        String(20), CheckConstraint("kind IN ('product', 'work', 'group')", "kind")
    )
    reference: Mapped[str] = mapped_column(String(50), default="")
    sort_name: Mapped[str] = sorts("name")
    sort_reference: Mapped[str] = sorts("reference")
    search_key: Mapped[str] = kept(shadow, "reference", "name", length=1200)
    description: Mapped[str] = mapped_column(Text, default="")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    unit: Mapped[str] = mapped_column(String(50), default="")
    mode: Mapped[str] = mapped_column(
        String(20),
        CheckConstraint("mode IN ('ht', 'ttc', 'supplier')", "mode"),
        default="ht",
    )
    cost: Mapped[Decimal] = mapped_column(Money, default=NOTHING)
    vat_id: Mapped[int | None] = mapped_column(ForeignKey("vat_rate.id"))
    product: Mapped[str] = mapped_column(String(50), default="")
    supplier_cost: Mapped[Decimal | None] = mapped_column(Money)
    overhead: Mapped[Decimal] = mapped_column(Percent, default=NOTHING)
    margin: Mapped[Decimal] = mapped_column(Percent, default=NOTHING)
    contribution: Mapped[Decimal] = mapped_column(Percent, default=NOTHING)
    insurance: Mapped[Decimal] = mapped_column(Percent, default=NOTHING)
    offer_status: Mapped[str] = status_column(OFFERING)

    # docs/decisions/0007-indexes.md says which list needs which
    __table_args__: Any = (
        Index(None, "sort_name", "id"),
        Index(None, "company_id", "sort_name", "id"),
        Index(None, "category_id", "sort_name", "id"),
        Index(None, "sort_reference", "id"),
    )

    category: Mapped[Category | None] = relationship()
    vat: Mapped[VatRate | None] = relationship()
    parts: Mapped[list[CatalogueLine]] = relationship(
        order_by="CatalogueLine.position",
        back_populates="item",
        foreign_keys="CatalogueLine.item_id",
        **OWNED,
    )

    @property
    def title(self) -> str:
        """Return how people call it: by its reference, if it has one, and its name."""
        return f"{self.reference} – {self.name}" if self.reference else self.name

    @property
    def priced_in(self) -> Literal["ht", "ttc"]:
        """Return whether its price is with tax: what follows from a cost is not."""
        return "ttc" if self.mode == "ttc" else "ht"

    @property
    def is_archived(self) -> bool:
        """Tell whether it is not offered any more."""
        return self.offer_status == "archived"

    @property
    def wording(self) -> str:
        """Return what a line of a document says of it."""
        return f"{self.name}\n{self.description}" if self.description else self.name


class CatalogueLine(Base):
    """A part of a work item, or a line of a group: of the catalogue, or free.

    What is left empty is that of the ``part`` of the catalogue, and follows it.
    """

    __tablename__ = "catalogue_line"
    tracked: ClassVar = (
        "part_id",
        "description",
        "quantity",
        "unit",
        "cost",
        "supplier_cost",
        "vat_id",
        "product",
        "position",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = owner("catalogue_item.id")
    position: Mapped[int]
    part_id: Mapped[int | None] = mapped_column(
        ForeignKey("catalogue_item.id"), index=True
    )
    description: Mapped[str] = mapped_column(Text, default="")
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(1))
    unit: Mapped[str] = mapped_column(String(50), default="")
    cost: Mapped[Decimal | None] = mapped_column(Money)
    supplier_cost: Mapped[Decimal | None] = mapped_column(Money)
    vat_id: Mapped[int | None] = mapped_column(ForeignKey("vat_rate.id"))
    product: Mapped[str] = mapped_column(String(50), default="")

    __table_args__ = (Index(None, "item_id", "position"),)

    item: Mapped[CatalogueItem] = relationship(
        back_populates="parts", foreign_keys=item_id
    )
    part: Mapped[CatalogueItem | None] = relationship(foreign_keys=part_id)
    vat: Mapped[VatRate | None] = relationship()

    @property
    def node(self) -> CatalogueItem:
        """Return what it is a line of."""
        return self.item

    @property
    def caption(self) -> str:
        """Return how the history calls the line."""
        return self.description or (self.part.title if self.part else "")

    @property
    def wording(self) -> str:
        """Return what a line of a document says of it."""
        return self.description or (self.part.wording if self.part else "")

    @property
    def said_unit(self) -> str:
        """Return what its quantity counts."""
        return self.unit or (self.part.unit if self.part else "")

    @property
    def said_product(self) -> str:
        """Return its product code."""
        return self.product or (self.part.product if self.part else "")

    @property
    def said_vat(self) -> VatRate | None:
        """Return the rate of a line of a group."""
        return self.vat or (self.part.vat if self.part else None)


def worded(typed: str) -> list[ColumnElement[bool]]:
    """Return a condition for each word typed: it begins one of a thing's words.

    These are of its reference, its name, and what its category is called.
    """
    item, found = CatalogueItem.__table__.c, []
    for word in words(typed)[:MOST_WORDS]:
        pattern = starts_word(word)
        named = select(Category.id).where(like(Category.search_key, pattern))
        found.append(or_(like(item.search_key, pattern), item.category_id.in_(named)))
    return found
