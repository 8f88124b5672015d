"""Credit accounts: the entity as customer or vendor, each with its conditions."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.contacts.entities import Entity
from endi_like.models.contacts.reaching import Address, in_use
from endi_like.models.keys import kept
from endi_like.models.options import VatRate
from endi_like.models.people import Company
from endi_like.models.sorting import sorts
from endi_like.models.types import Money, Percent, where
from endi_like.text import compact

CUSTOMER = "customer"
VENDOR = "vendor"
CLASSES = (CUSTOMER, VENDOR)
BILLING = "billing"

NUMBERED_IN = ("company_id", "class", "number_key")
ONE_NUMBER: dict[str, Any] = {"unique": True, **where("number_key <> ''")}


class CreditAccount(Base):
    """An entity as customer or vendor of a company; it may have several of each.

    ``terms_days`` is when to pay, ``discount`` the percentage for paying within
    ``discount_days``; ``threshold`` the smallest payment worth making.
    """

    __tablename__ = "credit_account"

    tracked: ClassVar[tuple[str, ...]] = (
        "class_",
        "company_id",
        "number",
        "active",
        "description",
        "pay_to_name",
        "currency",
        "credit_limit",
        "threshold",
        "terms_days",
        "discount",
        "discount_days",
        "tax_included",
        "business_type",
        "price_group",
        "language",
        "start_date",
        "end_date",
        "primary_contact_id",
        "taxes",
        "internal_company_id",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    class_: Mapped[str] = mapped_column(
        "class", String(20), CheckConstraint(f"class IN {CLASSES}", "class")
    )
    number: Mapped[str] = mapped_column(String(40), default="")
    number_key: Mapped[str] = kept(compact, "number", length=60)
    description: Mapped[str] = mapped_column(String(255), default="")
    pay_to_name: Mapped[str] = mapped_column(String(255), default="")
    currency: Mapped[str] = mapped_column(String(3), default="")
    credit_limit: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    threshold: Mapped[Decimal] = mapped_column(Money, default=Decimal(0))
    terms_days: Mapped[int] = mapped_column(default=0)
    discount: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    discount_days: Mapped[int] = mapped_column(default=0)
    tax_included: Mapped[bool] = mapped_column(default=False)
    business_type: Mapped[str] = mapped_column(String(60), default="")
    price_group: Mapped[str] = mapped_column(String(60), default="")
    language: Mapped[str] = mapped_column(String(5), default="")
    start_date: Mapped[dt.date | None]
    end_date: Mapped[dt.date | None]
    primary_contact_id: Mapped[int | None] = mapped_column(ForeignKey("entity.id"))
    # the company of the organisation that the customer is
    internal_company_id: Mapped[int | None] = mapped_column(
        ForeignKey("company.id"),
        CheckConstraint("internal_company_id <> company_id", "another_company"),
    )
    # the entity's, kept here too: lists of a million rows show and sort by it
    name: Mapped[str] = mapped_column(String(255), default="")
    sort_name: Mapped[str] = sorts("name")
    search_key: Mapped[str] = mapped_column(String(600), default="")
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__: Any = (
        Index(None, "company_id", "class", "sort_name"),
        Index(None, "sort_name", "id"),
        Index(None, "number_key", "entity_id"),
        Index(None, "primary_contact_id"),
        Index("ix_credit_account_number", *NUMBERED_IN, **ONE_NUMBER),
    )

    __mapper_args__ = {"polymorphic_on": class_, "polymorphic_abstract": True}

    # Inner, as an outer join to a table of two parts makes SQLite read all of it.
    entity: Mapped[Entity] = relationship(
        back_populates="accounts", foreign_keys=entity_id, innerjoin=True
    )
    company: Mapped[Company] = relationship(foreign_keys=company_id, innerjoin=True)
    internal_company: Mapped[Company | None] = relationship(
        foreign_keys=internal_company_id
    )
    primary_contact: Mapped[Entity | None] = relationship(
        foreign_keys=primary_contact_id
    )
    taxes: Mapped[list[VatRate]] = relationship(
        secondary="credit_account_tax", order_by="VatRate.position"
    )

    @property
    def node(self) -> Entity:
        """Return the node whose history the account belongs to."""
        return self.entity

    @property
    def title(self) -> str:
        """Return the name people know the account by."""
        return self.entity.name

    @property
    def caption(self) -> str:
        """Return how the history of the entity calls the account: by its company."""
        return self.company.code

    @property
    def called(self) -> str:
        """Return what tells the account apart, in every language: company, number."""
        return f"{self.caption} {self.number}".strip()

    @property
    def addresses(self) -> list[Address]:
        """Return the addresses of this account alone."""
        return [one for one in self.entity.addresses if one.account_id == self.id]

    def letters_to(self, day: dt.date) -> Address | None:
        """Return where letters go on a day: to the account, else to the entity.

        An address for bills comes before others.
        """
        known = [one for one in self.entity.addresses if in_use(one, day)]
        fitting = [one for one in known if one.account_id in (None, self.id)]
        return min(fitting, key=self._rank, default=None)

    def _rank(self, address: Address) -> tuple[bool, bool, int]:
        """Return what comes first: the account's, those for bills, as they stand."""
        elsewhere = address.account_id is None
        return address.class_ != BILLING, elsewhere, address.position


class Customer(CreditAccount):
    """An account of somebody one sells to."""

    __mapper_args__ = {"polymorphic_identity": CUSTOMER}


class Vendor(CreditAccount):
    """An account of somebody one buys from."""

    __mapper_args__ = {"polymorphic_identity": VENDOR}


KINDS_OF_ACCOUNTS = {CUSTOMER: Customer, VENDOR: Vendor}


class CreditAccountTax(Base):
    """That a tax applies to what is sold to, or bought from, an account."""

    __tablename__ = "credit_account_tax"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("credit_account.id", ondelete="CASCADE"), primary_key=True
    )
    vat_id: Mapped[int] = mapped_column(ForeignKey("vat_rate.id"), primary_key=True)
