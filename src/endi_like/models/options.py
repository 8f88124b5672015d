"""What an administrator offers to choose from: rates, modes, conditions, mentions.

An option that documents use is deactivated, never deleted.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, String, Text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from endi_like.db import Base
from endi_like.models.sorting import sorts
from endi_like.models.types import Percent


class Option:
    """What all options have: a label, a place in the list, whether offered, preset."""

    administered: ClassVar[tuple[str, ...]] = ("label", "position", "active", "default")

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(120))
    sort_label: Mapped[str] = sorts("label")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    default: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        """Have the database count versions: nobody saves over what they did not see."""
        return {"version_id_col": cls.version}

    @property
    def title(self) -> str:
        """Return how people call the option."""
        return self.label


class VatRate(Option, Base):
    """A rate of value added tax.

    Several rates may be zero, each with its mention: those are stored as negative
    values and count as 0 % (reference §1.5).
    """

    __tablename__ = "vat_rate"
    administered = (*Option.administered, "value", "mention")

    value: Mapped[Decimal] = mapped_column(Percent)
    mention: Mapped[str] = mapped_column(String(500), default="")

    @property
    def percent(self) -> Decimal:
        """Return the percentage that is charged."""
        return max(self.value, Decimal(0))


class PaymentMode(Option, Base):
    """How money comes in: bank transfer, cheque, cash."""

    __tablename__ = "payment_mode"


class BankAccount(Option, Base):
    """Where money comes in."""

    __tablename__ = "bank_account"
    administered = (*Option.administered, "iban", "bic")

    iban: Mapped[str] = mapped_column(String(34), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")


class PaymentConditions(Option, Base):
    """When an invoice is due: so many days after its date, or the end of that month."""

    __tablename__ = "payment_conditions"
    administered = (*Option.administered, "days", "end_of_month")

    days: Mapped[int] = mapped_column(
        CheckConstraint("days BETWEEN 0 AND 365", "days"), default=30
    )
    end_of_month: Mapped[bool] = mapped_column(default=False)

    def due_date(self, day: date) -> date:
        """Return when a document of that day is due."""
        due = day + timedelta(days=self.days)
        if not self.end_of_month:
            return due
        return due.replace(day=calendar.monthrange(due.year, due.month)[1])


class Mention(Option, Base):
    """A paragraph printed at the end of documents that choose it."""

    __tablename__ = "mention"
    administered = (*Option.administered, "text")

    text: Mapped[str] = mapped_column(Text)


class BusinessType(Option, Base):
    """What kind of deals a business is one of: training, works, hire."""

    __tablename__ = "business_type"


class WorkUnit(Option, Base):
    """What quantities count: hour, day, piece."""

    __tablename__ = "work_unit"
