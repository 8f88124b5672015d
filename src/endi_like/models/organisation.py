"""The organisation itself: one row of what is the same for everybody."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base


class Organisation(Base):
    """Who runs this installation; ``version`` counts like that of any record.

    ``approve_bank_accounts`` says that a contact's bank account counts only once a
    second person has agreed.
    """

    __tablename__ = "organisation"
    administered: ClassVar = (
        *("name", "address", "postcode", "town", "country", "vat_number"),
        *("registration", "iban", "bic", "language", "currency", "time_zone"),
        *("invoice_number_template", "estimation_number_template"),
        "approve_bank_accounts",
    )

    id: Mapped[int] = mapped_column(
        CheckConstraint("id = 1", "single"), primary_key=True
    )
    name: Mapped[str] = mapped_column(String(255))
    address: Mapped[str] = mapped_column(String(255), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="FR")
    vat_number: Mapped[str] = mapped_column(String(30), default="")
    registration: Mapped[str] = mapped_column(String(100), default="")
    iban: Mapped[str] = mapped_column(String(34), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    language: Mapped[str] = mapped_column(String(5), default="fr")
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    invoice_number_template: Mapped[str] = mapped_column(
        String(120), default="{YYYY}-{SEQYEAR:0>4}"
    )
    estimation_number_template: Mapped[str] = mapped_column(
        String(120), default="D{YYYY}-{SEQYEAR:0>4}"
    )
    approve_bank_accounts: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def title(self) -> str:
        """Return how people call it."""
        return self.name
