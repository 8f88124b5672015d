"""Money received for an invoice, and how it spreads over the rates of tax."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.options import BankAccount, PaymentMode, VatRate
from endi_like.models.people import User
from endi_like.models.sales import OWNED, Invoice
from endi_like.models.types import Instant, Money


class Payment(Base):
    """Money received on one day, by one mode; its parts add up to ``amount``."""

    __tablename__ = "payment"
    tracked: ClassVar = ("date", "amount", "mode_id", "bank_id", "reference")

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoice.id"))
    date: Mapped[dt.date]
    amount: Mapped[Decimal] = mapped_column(Money)
    mode_id: Mapped[int] = mapped_column(ForeignKey("payment_mode.id"))
    bank_id: Mapped[int | None] = mapped_column(ForeignKey("bank_account.id"))
    reference: Mapped[str] = mapped_column(String(100), default="")
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    recorded_at: Mapped[dt.datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "invoice_id", "date"),)

    invoice: Mapped[Invoice] = relationship(back_populates="payments")
    mode: Mapped[PaymentMode] = relationship(innerjoin=True)
    bank: Mapped[BankAccount | None] = relationship()
    recorded_by: Mapped[User | None] = relationship()
    parts: Mapped[list[PaymentPart]] = relationship(
        back_populates="payment", order_by="PaymentPart.vat_id", **OWNED
    )

    @property
    def node(self) -> Invoice:
        """Return the invoice the money is for."""
        return self.invoice

    @property
    def amounts_by_vat(self) -> dict[int, Decimal]:
        """Return the part of each rate, by the rate's id."""
        return {part.vat_id: part.amount for part in self.parts}

    @property
    def caption(self) -> str:
        """Return how the history calls the payment."""
        said = f"{self.date.isoformat()} {self.amount.normalize():f}"
        return f"{said} {self.mode.label}" if self.mode else said


class PaymentPart(Base):
    """What of a payment pays for one rate of tax."""

    __tablename__ = "payment_part"

    payment_id: Mapped[int] = mapped_column(
        ForeignKey("payment.id", ondelete="CASCADE"), primary_key=True
    )
    vat_id: Mapped[int] = mapped_column(ForeignKey("vat_rate.id"), primary_key=True)
    amount: Mapped[Decimal] = mapped_column(Money)

    payment: Mapped[Payment] = relationship(back_populates="parts")
    vat: Mapped[VatRate] = relationship(innerjoin=True)
