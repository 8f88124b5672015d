"""What a sales document is made of: groups, lines, discounts, totals by rate."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.i18n import _
from endi_like.models.options import VatRate
from endi_like.models.types import Money, Percent, Quantity

if TYPE_CHECKING:
    from endi_like.models.sales import Invoice, Task

OWNED: dict[str, Any] = {"cascade": "all, delete-orphan", "passive_deletes": True}


def owner(target: str) -> Any:
    """Return the column of a part that leads to the whole it goes away with."""
    return mapped_column(ForeignKey(target, ondelete="CASCADE"))


class LineGroup(Base):
    """Lines under one title."""

    __tablename__ = "line_group"
    tracked: ClassVar = ("title", "description", "position")

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = owner("task.id")
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(255), default="")
    description: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = (Index(None, "task_id", "position"),)

    task: Mapped[Task] = relationship(back_populates="groups")
    lines: Mapped[list[TaskLine]] = relationship(
        order_by="TaskLine.position", back_populates="group", **OWNED
    )

    @property
    def node(self) -> Task:
        """Return the document."""
        return self.task

    @property
    def caption(self) -> str:
        """Return how the history calls the group."""
        return self.title


class TaskLine(Base):
    """One charged item: ``cost`` of one unit, times ``quantity``, never rounded."""

    __tablename__ = "task_line"
    tracked: ClassVar = (
        "description",
        "cost",
        "quantity",
        "unit",
        "vat_id",
        "product",
        "position",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = owner("line_group.id")
    position: Mapped[int]
    description: Mapped[str] = mapped_column(Text, default="")
    cost: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    quantity: Mapped[Decimal] = mapped_column(Quantity, default=Decimal(1))
    unit: Mapped[str] = mapped_column(String(50), default="")
    vat_id: Mapped[int | None] = mapped_column(ForeignKey("vat_rate.id"))
    product: Mapped[str] = mapped_column(String(50), default="")

    __table_args__ = (Index(None, "group_id", "position"),)

    group: Mapped[LineGroup] = relationship(back_populates="lines")
    vat: Mapped[VatRate | None] = relationship()

    @property
    def node(self) -> Task:
        """Return the document."""
        return self.group.task

    @property
    def amount(self) -> Decimal:
        """Return what it comes to, not rounded."""
        return self.cost * self.quantity

    @property
    def caption(self) -> str:
        """Return how the history calls the line."""
        return self.description


class DiscountLine(Base):
    """An amount taken off, at one rate; a percentage is stored as one per rate."""

    __tablename__ = "discount_line"
    tracked: ClassVar = ("description", "amount", "vat_id", "position")

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = owner("task.id")
    position: Mapped[int]
    description: Mapped[str] = mapped_column(Text, default="")
    amount: Mapped[Decimal] = mapped_column(Money)
    vat_id: Mapped[int] = mapped_column(ForeignKey("vat_rate.id"))

    __table_args__ = (Index(None, "task_id", "position"),)

    task: Mapped[Task] = relationship(back_populates="discounts")
    vat: Mapped[VatRate] = relationship(innerjoin=True)

    @property
    def node(self) -> Task:
        """Return the document."""
        return self.task

    @property
    def caption(self) -> str:
        """Return how the history calls the discount."""
        return self.description


class PostTaxLine(Base):
    """An amount added to, or taken from, what is due, after tax."""

    __tablename__ = "post_tax_line"
    tracked: ClassVar = ("label", "amount", "position")

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = owner("task.id")
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(255))
    amount: Mapped[Decimal] = mapped_column(Money)

    __table_args__ = (Index(None, "task_id", "position"),)

    task: Mapped[Task] = relationship(back_populates="post_tax_lines")

    @property
    def node(self) -> Task:
        """Return the document."""
        return self.task

    @property
    def caption(self) -> str:
        """Return how the history calls the line."""
        return self.label


class Deduction(Base):
    """What of a document is settled elsewhere, at one rate: its totals are less by it.

    On a balance these are the invoices before it, on a credit note the payments, of
    which nothing is left to take back.  ``source_id`` is the document it stands on.
    """

    __tablename__ = "deduction"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = owner("task.id")
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(255))
    date: Mapped[dt.date | None]
    source_id: Mapped[int | None] = mapped_column(ForeignKey("task.id"), index=True)
    vat_id: Mapped[int] = mapped_column(ForeignKey("vat_rate.id"))
    ht: Mapped[Decimal] = mapped_column(Money)
    tva: Mapped[Decimal] = mapped_column(Money)
    ttc: Mapped[Decimal] = mapped_column(Money)

    __table_args__ = (Index(None, "task_id", "position"),)

    task: Mapped[Task] = relationship(foreign_keys=task_id, back_populates="deductions")
    source: Mapped[Task | None] = relationship(foreign_keys=source_id)
    vat: Mapped[VatRate] = relationship(innerjoin=True)

    @property
    def caption(self) -> str:
        """Return what it is called: its document by its number, once there is one."""
        if self.source is None:
            return self.label
        return self.source.official_number or self.source.name

    @property
    def outdated(self) -> str:
        """Return the sentence about a document that is not what was deducted."""
        source = self.source
        if source is None:
            return ""
        named = {"name": source.name}
        if source.deleted_at:
            return _(
                "“${name}” is deducted, but in the bin: make this one anew.",
                mapping=named,
            )
        if source.official_number is None:
            return _("“${name}” is deducted: validate it first.", mapping=named)
        asked = {one.vat_id: one for one in source.vat_totals}.get(self.vat_id)
        if asked is None or (asked.ht, asked.tva) != (self.ht, self.tva):
            return _(
                "“${name}” has changed since it was deducted: make this one anew.",
                mapping=named,
            )
        return ""


class LineProgress(Base):
    """How many percent of a line of its estimation an invoice by progress asks for."""

    __tablename__ = "line_progress"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("invoice.id", ondelete="CASCADE"), primary_key=True
    )
    line_id: Mapped[int] = mapped_column(ForeignKey("task_line.id"), primary_key=True)
    percent: Mapped[Decimal] = mapped_column(Percent)

    __table_args__ = (
        CheckConstraint("percent > 0 AND percent <= 10000", "percent"),
        Index(None, "line_id"),
    )

    invoice: Mapped[Invoice] = relationship(back_populates="progress")


class VatTotal(Base):
    """What a document comes to at one rate; the rows add up to its totals."""

    __tablename__ = "vat_total"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("task.id", ondelete="CASCADE"), primary_key=True
    )
    vat_id: Mapped[int] = mapped_column(ForeignKey("vat_rate.id"), primary_key=True)
    position: Mapped[int]
    ht: Mapped[Decimal] = mapped_column(Money)
    tva: Mapped[Decimal] = mapped_column(Money)
    ttc: Mapped[Decimal] = mapped_column(Money)

    task: Mapped[Task] = relationship(back_populates="vat_totals")
    vat: Mapped[VatRate] = relationship(innerjoin=True)


class TaskMention(Base):
    """That a document carries a mention."""

    __tablename__ = "task_mention"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("task.id", ondelete="CASCADE"), primary_key=True
    )
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True)
