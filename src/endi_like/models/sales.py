"""Sales documents and what they are made of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from endi_like.models.contacts import CreditAccount
from endi_like.models.lacking import (
    lacking_lines,
    lacking_of_credit_note,
    lacking_of_invoice,
    lacking_rates,
)
from endi_like.models.node import Node
from endi_like.models.numbering import NumberHolder
from endi_like.models.options import Mention, PaymentConditions, VatRate
from endi_like.models.parts import (
    OWNED,
    Deduction,
    DiscountLine,
    LineGroup,
    LineProgress,
    PostTaxLine,
    TaskLine,
    TaskMention,
    VatTotal,
)
from endi_like.models.projects import Business, Phase, Project
from endi_like.models.status import PaidStatusHolder, ValidationStatusHolder
from endi_like.models.types import Instant, Money, where
from endi_like.workflow.sales import CANCELINVOICE, INVOICE, TASK

if TYPE_CHECKING:
    from endi_like.models.estimations import Estimation, PaymentDeadline
    from endi_like.models.payments import Payment


OPEN = where("awaited <> 0")


class Task(ValidationStatusHolder, NumberHolder, Node):
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
        "mentions",
        "notes",
        "project_id",
        "phase_id",
        "business_id",
    )

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    # the node's, kept here too: a list of one company is sorted by an index of both
    company_id: Mapped[int] = column_property(
        mapped_column(ForeignKey("company.id")), Node.company_id
    )
    # and this, so that what lists leave out is known without looking at the node
    deleted_at: Mapped[dt.datetime | None] = column_property(
        mapped_column(Instant), Node.deleted_at
    )
    account_id: Mapped[int] = mapped_column(ForeignKey("credit_account.id"))
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
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    business_id: Mapped[int | None] = mapped_column(ForeignKey("business.id"))

    # the company of the organisation it is for, fixed when it is validated
    internal_company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))

    search_key: Mapped[str] = mapped_column(Text, default="")

    ht: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    tva: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    ttc: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    due: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    # what a validated invoice still asks for, nothing of a draft or of what is settled
    # or closed: what lists show, add up, sort by, and look for among a million
    awaited: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))

    # docs/decisions/0007-indexes.md says which list needs which
    __table_args__: Any = (
        Index(None, "date", "id"),
        Index(None, "number_key", "id"),
        Index(None, "company_id", "internal_number", unique=True),
        Index(None, "ht", "id"),
        Index(None, "ttc", "id"),
        Index(None, "awaited", "id"),
        Index(None, "account_id", "date", "id"),
        Index(None, "project_id", "date", "id"),
        Index(None, "business_id", "date", "id"),
        Index(None, "validation_status", "date", "id"),
        Index(None, "company_id", "date", "id"),
        Index(None, "company_id", "validation_status", "date", "id"),
        Index("ix_task_open_date", "date", "id", **OPEN),
        Index("ix_task_open_due_date", "due_date", "id", **OPEN),
        Index("ix_task_open_awaited", "awaited", "id", **OPEN),
        Index("ix_task_open_company_id_date", "company_id", "date", "id", **OPEN),
        CheckConstraint(
            "(validation_status = 'valid') = (official_number IS NOT NULL)", "numbered"
        ),
    )

    account: Mapped[CreditAccount] = relationship(innerjoin=True)
    payment_conditions: Mapped[PaymentConditions | None] = relationship()
    expenses_vat: Mapped[VatRate | None] = relationship()
    project: Mapped[Project | None] = relationship(foreign_keys=project_id)
    phase: Mapped[Phase | None] = relationship()
    business: Mapped[Business | None] = relationship(
        foreign_keys=business_id, back_populates="tasks"
    )
    groups: Mapped[list[LineGroup]] = relationship(
        order_by="LineGroup.position", back_populates="task", **OWNED
    )
    discounts: Mapped[list[DiscountLine]] = relationship(
        order_by="DiscountLine.position", back_populates="task", **OWNED
    )
    post_tax_lines: Mapped[list[PostTaxLine]] = relationship(
        order_by="PostTaxLine.position", back_populates="task", **OWNED
    )
    deductions: Mapped[list[Deduction]] = relationship(
        foreign_keys="Deduction.task_id",
        order_by="Deduction.position",
        back_populates="task",
        **OWNED,
    )
    vat_totals: Mapped[list[VatTotal]] = relationship(
        order_by="VatTotal.position", back_populates="task", **OWNED
    )
    mentions: Mapped[list[Mention]] = relationship(
        secondary=TaskMention.__table__, order_by="Mention.position"
    )

    @property
    def lines(self) -> list[TaskLine]:
        """Return the lines of all groups, in order."""
        return [line for group in self.groups for line in group.lines]

    @property
    def lacking(self) -> list[str]:
        """Return the sentences that say what keeps the document from counting."""
        taxed = lacking_rates(self.vat_totals) if self.goes_within else []
        return [*lacking_lines(self.lines), *taxed, *self.lacking_terms]

    @property
    def goes_within(self) -> int | None:
        """Return the id of the company of the organisation it is for, if it is."""
        is_fixed = self.validation_status == "valid"
        return self.internal_company_id if is_fixed else self.meant_for

    @property
    def meant_for(self) -> int | None:
        """Return the same of a draft: its customer says it."""
        return self.account.internal_company_id

    @property
    def lacking_terms(self) -> list[str]:
        """Return what a document of this kind lacks besides lines; nothing here."""
        return []


class Invoice(PaidStatusHolder, Task):
    """A request for payment.

    ``to_pay`` is what is left after payments and credit notes, also where nobody asks
    for it: ``services.payments.settle`` writes it, and ``awaited``, which lists read.
    """

    __tablename__ = "invoice"
    __mapper_args__ = {"polymorphic_identity": "invoice"}
    lifecycle: ClassVar = INVOICE
    tracked: ClassVar = (*Task.tracked, "estimation_id")

    id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    to_pay: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    estimation_id: Mapped[int | None] = mapped_column(
        ForeignKey("estimation.id"), index=True
    )
    deadline_id: Mapped[int | None] = mapped_column(
        ForeignKey("payment_deadline.id"), index=True
    )

    __table_args__: Any = (Index(None, "paid_status", "id"),)

    payments: Mapped[list[Payment]] = relationship(
        order_by="Payment.date, Payment.id", back_populates="invoice", **OWNED
    )
    estimation: Mapped[Estimation | None] = relationship(
        foreign_keys=estimation_id, back_populates="invoices"
    )
    deadline: Mapped[PaymentDeadline | None] = relationship(
        foreign_keys=deadline_id, back_populates="invoices"
    )
    progress: Mapped[list[LineProgress]] = relationship(
        back_populates="invoice", **OWNED
    )
    credit_notes: Mapped[list[CancelInvoice]] = relationship(
        foreign_keys="CancelInvoice.invoice_id",
        order_by="CancelInvoice.date, CancelInvoice.id",
        back_populates="invoice",
    )

    @property
    def is_by_hand(self) -> bool:
        """Tell whether it was attached to its estimation, not made of it."""
        made_of_it = self.deadline_id or self.progress
        return self.estimation_id is not None and not made_of_it

    @property
    def meant_for(self) -> int | None:
        """Return what its estimation says, if it is made of it; else the customer."""
        if self.estimation_id is None or self.is_by_hand or not self.estimation:
            return super().meant_for
        return self.estimation.internal_company_id

    @property
    def valid_credits(self) -> list[CancelInvoice]:
        """Return its credit notes that count."""
        return [one for one in self.credit_notes if one.validation_status == "valid"]

    @property
    def due_after_credit(self) -> Decimal:
        """Return what it asks for, less what validated credit notes took back."""
        return self.due + sum(one.due for one in self.valid_credits)

    @property
    def is_credited(self) -> bool:
        """Tell whether credit notes have taken back all that it asks for."""
        return bool(self.valid_credits) and self.due_after_credit == 0

    @property
    def lacking_terms(self) -> list[str]:
        """Ask for a due date, what it deducts as it is, and no more than is left."""
        return lacking_of_invoice(self)


class CancelInvoice(Task):
    """A credit note: it takes back what an invoice asks for, or a part of it.

    Its amounts are negative; once it is validated they count as paid.
    """

    __tablename__ = "cancelinvoice"
    __mapper_args__ = {"polymorphic_identity": "cancelinvoice"}
    lifecycle: ClassVar = CANCELINVOICE

    id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"), index=True)

    invoice: Mapped[Invoice] = relationship(
        foreign_keys=invoice_id, back_populates="credit_notes"
    )

    @property
    def meant_for(self) -> int | None:
        """Return where the invoice went that it takes back."""
        return self.invoice.internal_company_id

    @property
    def lacking_terms(self) -> list[str]:
        """Refuse to take back more than is left to pay, or to ask for more."""
        return lacking_of_credit_note(self)
