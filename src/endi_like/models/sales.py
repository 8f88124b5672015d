"""Sales documents and what they are made of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.node import Node
from endi_like.models.options import Mention, PaymentConditions, VatRate
from endi_like.models.status import PaidStatusHolder, ValidationStatusHolder
from endi_like.models.types import Money, Quantity
from endi_like.workflow.sales import INVOICE, TASK

OWNED: dict[str, Any] = {"cascade": "all, delete-orphan", "passive_deletes": True}


def owner(target: str) -> Any:
    """Return the column of a part that leads to the whole it goes away with."""
    return mapped_column(ForeignKey(target, ondelete="CASCADE"))


class Task(ValidationStatusHolder, Node):
    """What all sales documents have in common.

    ``mode`` says whether unit prices are before (ht) or with tax (ttc).  The totals
    are the one stored breakdown that page, printout, list and accounting read;
    ``services.sales.compute`` writes them at every save.
    """

    __tablename__ = "task"
    __mapper_args__ = {"polymorphic_identity": "task"}
    lifecycle: ClassVar = TASK
    tracked: ClassVar = (
        *Node.tracked,
        "account_id",
        "date",
        "mode",
        "payment_conditions_id",
        "due_date",
        "address",
        "workplace",
        "display_units",
        "expenses_ht",
        "expenses_vat_id",
        "notes",
    )

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        ForeignKey("credit_account.id"), index=True
    )
    date: Mapped[dt.date]
    mode: Mapped[str] = mapped_column(
        String(3), CheckConstraint("mode IN ('ht', 'ttc')", "mode"), default="ht"
    )
    payment_conditions_id: Mapped[int | None] = mapped_column(
        ForeignKey("payment_conditions.id")
    )
    due_date: Mapped[dt.date | None]
    address: Mapped[str] = mapped_column(Text, default="")
    workplace: Mapped[str] = mapped_column(String(255), default="")
    display_units: Mapped[bool] = mapped_column(default=True)
    expenses_ht: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    expenses_vat_id: Mapped[int | None] = mapped_column(ForeignKey("vat_rate.id"))
    notes: Mapped[str] = mapped_column(Text, default="")

    official_number: Mapped[str | None] = mapped_column(String(120), unique=True)
    number_key: Mapped[str] = mapped_column(String(400), default="")
    search_key: Mapped[str] = mapped_column(Text, default="")

    ht: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    tva: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    ttc: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    due: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    __table_args__: Any = (
        Index(None, "date", "id"),
        Index(None, "number_key", "id"),
        Index(None, "validation_status", "date", "id"),
        CheckConstraint(
            "(validation_status = 'valid') = (official_number IS NOT NULL)", "numbered"
        ),
    )

    account: Mapped[CreditAccount] = relationship()
    payment_conditions: Mapped[PaymentConditions | None] = relationship()
    expenses_vat: Mapped[VatRate | None] = relationship()
    groups: Mapped[list[LineGroup]] = relationship(
        order_by="LineGroup.position", back_populates="task", **OWNED
    )
    discounts: Mapped[list[DiscountLine]] = relationship(
        order_by="DiscountLine.position", back_populates="task", **OWNED
    )
    post_tax_lines: Mapped[list[PostTaxLine]] = relationship(
        order_by="PostTaxLine.position", back_populates="task", **OWNED
    )
    vat_totals: Mapped[list[VatTotal]] = relationship(
        order_by="VatTotal.position", back_populates="task", **OWNED
    )
    mentions: Mapped[list[Mention]] = relationship(
        secondary="task_mention", order_by="Mention.position"
    )

    @property
    def lines(self) -> list[TaskLine]:
        """Return the lines of all groups, in order."""
        return [line for group in self.groups for line in group.lines]

    @property
    def lacking(self) -> str | None:
        """Return the sentence that says what keeps the document from counting."""
        if not self.lines:
            return _("Add at least one line.")
        for number, line in enumerate(self.lines, 1):
            if not line.description.strip():
                return _("Line ${n} needs a description.", mapping={"n": number})
            if line.vat_id is None and line.vat is None:
                return _("Line ${n} needs a VAT rate.", mapping={"n": number})
        if self.payment_conditions_id is None and self.due_date is None:
            return _("Choose the payment conditions or a due date.")
        return None


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
    vat: Mapped[VatRate] = relationship()

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
    vat: Mapped[VatRate] = relationship()


class TaskMention(Base):
    """That a document carries a mention."""

    __tablename__ = "task_mention"

    task_id: Mapped[int] = mapped_column(
        ForeignKey("task.id", ondelete="CASCADE"), primary_key=True
    )
    mention_id: Mapped[int] = mapped_column(ForeignKey("mention.id"), primary_key=True)


class Invoice(PaidStatusHolder, Task):
    """A request for payment.

    ``to_pay`` is what is left after payments and credit notes: kept in a column
    because lists sort and filter by it, recomputed by ``services.payments.settle``.
    """

    __tablename__ = "invoice"
    __mapper_args__ = {"polymorphic_identity": "invoice"}
    lifecycle: ClassVar = INVOICE

    id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    to_pay: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    __table_args__: Any = (
        Index(None, "paid_status", "id"),
        Index(None, "to_pay", "id"),
    )

    payments: Mapped[list[Payment]] = relationship(
        order_by="Payment.date, Payment.id", back_populates="invoice", **OWNED
    )
