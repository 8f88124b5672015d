"""Estimations: what is offered to a customer, and when it would be paid."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.parts import OWNED, owner
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.models.status import SignedStatusHolder
from endi_like.models.types import Money, Percent
from endi_like.money import CENT
from endi_like.workflow.sales import ESTIMATION

DISPLAYS = ("none", "summary", "all", "all_no_date")
"""What of the payment schedule is printed."""

ZERO, HUNDRED = Decimal(0), Decimal(100)
DEPOSIT, PART, BALANCE = "deposit", "part", "balance"


def listed(names: tuple[str, ...]) -> str:
    """Return names as a CHECK compares a column with them."""
    return ", ".join(f"'{name}'" for name in names)


class Estimation(SignedStatusHolder, Task):
    """An offer; once it is validated its customer signs it or does not.

    ``deposit`` is a percentage of what is due; ``equal_parts`` how many equal ones the
    rest is paid in, nothing when the amounts were agreed one by one.  ``deadlines`` are
    the whole schedule: they add up to what is due.
    """

    __tablename__ = "estimation"
    __mapper_args__ = {"polymorphic_identity": "estimation"}
    lifecycle: ClassVar = ESTIMATION
    tracked: ClassVar = (
        *Task.tracked,
        "valid_until",
        "deposit",
        "equal_parts",
        "payment_display",
    )

    id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    valid_until: Mapped[dt.date | None]
    deposit: Mapped[Decimal] = mapped_column(Percent, default=ZERO)
    equal_parts: Mapped[int | None]  # no default: it would come instead of nothing
    payment_display: Mapped[str] = mapped_column(
        String(12),
        CheckConstraint(f"payment_display IN ({listed(DISPLAYS)})", "payment_display"),
        default="all",
    )

    __table_args__: Any = (Index(None, "signed_status", "id"),)

    deadlines: Mapped[list[PaymentDeadline]] = relationship(
        order_by="PaymentDeadline.position", back_populates="estimation", **OWNED
    )
    invoices: Mapped[list[Invoice]] = relationship(
        foreign_keys=Invoice.estimation_id,
        order_by=Invoice.id,
        back_populates="estimation",
    )

    @property
    def living_invoices(self) -> list[Invoice]:
        """Return the invoices made of it that are not in the bin."""
        return [one for one in self.invoices if one.deleted_at is None]

    @property
    def counting_invoices(self) -> list[Invoice]:
        """Return those of them that credit notes have not taken back as a whole."""
        return [one for one in self.living_invoices if not one.is_credited]

    @property
    def is_invoiced(self) -> bool:
        """Tell whether an invoice was made of it: a fact, stored nowhere."""
        return bool(self.living_invoices)

    @property
    def amount_invoiced(self) -> Decimal:
        """Return what its invoices come to, less their credit notes."""
        amounts = (one.due_after_credit for one in self.living_invoices)
        return sum(amounts, ZERO)

    @property
    def left_to_invoice(self) -> Decimal:
        """Return what no invoice asks for yet; below zero it is too much."""
        return self.due - self.amount_invoiced

    @property
    def granted(self) -> list[CancelInvoice]:
        """Return what was taken back in part after all was invoiced, which lasts.

        It is what no invoice deducts that left nothing, and still asks for something:
        a balance still to come makes good what was taken back before it.  One invoice
        that asks for all of it leaves nothing, too, and has nothing to deduct.
        """
        counting = self.counting_invoices
        valid = [one for one in counting if one.validation_status == "valid"]
        settled = {row.source_id for one in valid for row in one.deductions}
        asked = sum((one.due for one in valid), ZERO)
        if not settled and self.way * asked < self.way * self.due:
            return []
        notes = (note for one in valid for note in one.valid_credits)
        return [one for one in notes if one.id not in settled]

    @property
    def left_to_ask(self) -> Decimal:
        """Return what a part may ask for: what is left, without what was granted."""
        return self.left_to_invoice + sum(one.due for one in self.granted)

    @property
    def way(self) -> int:
        """Return 1, or -1 for what gives back: times this, it asks for something."""
        return -1 if self.due < 0 else 1

    def exceeds(self, amount: Decimal) -> bool:
        """Tell whether an amount is more than what is left to invoice."""
        return self.way * amount > max(self.way * self.left_to_invoice, ZERO)

    def within(self, amount: Decimal) -> Decimal:
        """Return as much of an amount as is left to ask for."""
        most = max(self.way * self.left_to_ask, ZERO)
        return self.way * max(min(self.way * amount, most), ZERO)

    def is_beyond(self, asked: Decimal, count: int, *, by_share: bool) -> bool:
        """Tell whether so many invoices ask for more than all of it together.

        By progress they may before the last of them, which makes good what was rounded
        in each.
        """
        if not by_share:
            return self.way * (asked - self.due) > 0
        rounded = CENT * count * (len(self.vat_totals) + len(self.discounts))
        return self.way * (asked - self.most_in_shares) > rounded

    @property
    def most_in_shares(self) -> Decimal:
        """Return the most that invoices by progress ask for before the last of them.

        It is more than what it comes to where something goes the other way, which may
        be invoiced at last.
        """
        if not self.takes_off:
            return self.due
        asking = (self.way * one for one in self.shares())
        most = sum((one for one in asking if one > 0), ZERO)
        return self.way * max(most, self.way * self.due)

    def shares(self) -> Iterator[Decimal]:
        """Yield what each line comes to with its discounts and tax, not rounded."""
        sizes: dict[int | None, Decimal] = defaultdict(Decimal)
        discounts: dict[int | None, Decimal] = defaultdict(Decimal)
        for line in self.lines:
            sizes[line.vat_id] += abs(line.amount)
        for one in self.discounts:
            discounts[one.vat_id] += one.amount
        for line in self.lines:
            if line.vat and line.amount:
                part = abs(line.amount) / sizes[line.vat_id]
                amount = line.amount - discounts[line.vat_id] * part
                tax = max(line.vat.value, ZERO) if self.mode == "ht" else ZERO
                yield amount * (HUNDRED + tax) / HUNDRED

    @property
    def takes_off(self) -> bool:
        """Tell whether something in it goes the other way than what it comes to."""
        amounts = [one.amount for one in self.lines]
        amounts += [one.ttc for one in self.vat_totals]
        amounts += [one.amount for one in self.post_tax_lines]
        return any(self.way * one < 0 for one in (*amounts, self.expenses_ht))


class PaymentDeadline(Base):
    """A deadline of the payment schedule: deposit, instalment or balance."""

    __tablename__ = "payment_deadline"
    tracked: ClassVar = ("label", "amount", "date", "position")

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = owner("estimation.id")
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(
        String(10),
        CheckConstraint(f"kind IN ({listed((DEPOSIT, PART, BALANCE))})", "kind"),
    )
    label: Mapped[str] = mapped_column(String(255), default="")
    amount: Mapped[Decimal] = mapped_column(Money)
    date: Mapped[dt.date | None]

    __table_args__ = (Index(None, "task_id", "position"),)

    estimation: Mapped[Estimation] = relationship(back_populates="deadlines")
    invoices: Mapped[list[Invoice]] = relationship(
        foreign_keys=Invoice.deadline_id, back_populates="deadline"
    )

    @property
    def node(self) -> Estimation:
        """Return the estimation."""
        return self.estimation

    @property
    def caption(self) -> str:
        """Return how the history calls it."""
        return self.label or self.kind

    @property
    def invoice(self) -> Invoice | None:
        """Return the invoice that asks for it.

        One in the bin does not, nor does what was credited as a whole.
        """
        living = (one for one in self.invoices if one.deleted_at is None)
        found = [one for one in living if not one.is_credited]
        return found[0] if found else None
