"""Entities: who there is, how they are called, and who belongs to whom."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.keys import kept, sign_by_sign
from endi_like.models.node import Node
from endi_like.models.parts import OWNED, owner
from endi_like.models.sorting import LONGEST, sorts
from endi_like.models.types import Instant
from endi_like.spelling import LONGEST_KEY, letters_of, plain_number
from endi_like.text import sort_key

if TYPE_CHECKING:
    from endi_like.models.contacts.accounts import CreditAccount
    from endi_like.models.contacts.banking import EntityBankAccount
    from endi_like.models.contacts.reaching import Address, ContactElement
    from endi_like.models.contacts.working import Employment
    from endi_like.models.people import User

KINDS = ("company", "person", "robot", "household")
COMPARED = ("kind", "first_name", "last_name", "trading_name", "legal_name")
LONGEST_NUMBER = 160
NAME_KINDS = ("former", "trading", "short", "other")


class Entity(Node):
    """A company, a person, a household, or a program that acts like one of them.

    ``name`` is derived by ``services.contacts.naming``: the trading name, else the
    legal name, else first and last name.  ``language`` is the one its letters are
    written in.  ``stage`` is what somebody has marked it as, such as a lead; what it
    *is*, a customer or an employee, follows from the rows that point at it.
    ``confidential`` entities are known to the social service alone.  Of one that is
    ``anonymised_at`` some moment nothing is kept but what the law asks for, for good.

    ``city``, ``postal_code``, ``email`` and ``phone`` are copies of the first of each,
    as lists show and sort them among a million.
    """

    __tablename__ = "entity"
    __mapper_args__ = {"polymorphic_identity": "entity"}

    tracked: ClassVar[tuple[str, ...]] = (
        *Node.tracked,
        "kind",
        "control_code",
        "trading_name",
        "legal_name",
        "salutation",
        "first_name",
        "middle_name",
        "last_name",
        "birth_date",
        "personal_id",
        "tax_id",
        "vat_number",
        "licence_number",
        "sic_code",
        "country",
        "language",
        "stage",
        "confidential",
        "users",
    )

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    # the node's, kept here too: a list is sorted and filtered by its own table alone
    created_at: Mapped[dt.datetime] = column_property(
        mapped_column(Instant, nullable=False), Node.created_at
    )
    deleted_at: Mapped[dt.datetime | None] = column_property(
        mapped_column(Instant), Node.deleted_at
    )
    kind: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"kind IN {KINDS}", "kind")
    )
    control_code: Mapped[str] = mapped_column(String(40))
    code_key: Mapped[str] = kept(str.casefold, "control_code", length=60)
    trading_name: Mapped[str] = mapped_column(String(255), default="")
    legal_name: Mapped[str] = mapped_column(String(255), default="")
    salutation: Mapped[str] = mapped_column(String(40), default="")
    first_name: Mapped[str] = mapped_column(String(100), default="")
    middle_name: Mapped[str] = mapped_column(String(100), default="")
    last_name: Mapped[str] = mapped_column(String(255), default="")
    birth_date: Mapped[dt.date | None]
    personal_id: Mapped[str] = mapped_column(String(40), default="")
    tax_id: Mapped[str] = mapped_column(String(40), default="")
    vat_number: Mapped[str] = mapped_column(String(40), default="")
    licence_number: Mapped[str] = mapped_column(String(40), default="")
    sic_code: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="FR")
    language: Mapped[str] = mapped_column(String(5), default="fr")
    stage: Mapped[str] = mapped_column(String(40), default="")
    confidential: Mapped[bool] = mapped_column(default=False)
    anonymised_at: Mapped[dt.datetime | None] = mapped_column(Instant)

    sort_name: Mapped[str] = kept(sort_key, "filed_under", length=LONGEST)
    names_key: Mapped[str] = mapped_column(sign_by_sign(), default="")
    letters_key: Mapped[str] = kept(letters_of, *COMPARED, length=LONGEST_KEY)
    vat_key: Mapped[str] = kept(plain_number, "vat_number", length=LONGEST_NUMBER)
    tax_key: Mapped[str] = kept(plain_number, "tax_id", length=LONGEST_NUMBER)
    city: Mapped[str] = mapped_column(String(100), default="")
    sort_city: Mapped[str] = sorts("city")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(255), default="")
    phone: Mapped[str] = mapped_column(String(80), default="")

    __table_args__: Any = (
        Index(None, "code_key", unique=True),
        Index(None, "sort_name", "id"),
        Index(None, "sort_city", "id"),
        Index(None, "created_at", "id"),
        Index(None, "letters_key", "sort_city"),
        Index(None, "vat_key"),
        Index(None, "tax_key"),
    )

    accounts: Mapped[list[CreditAccount]] = relationship(
        back_populates="entity",
        foreign_keys="CreditAccount.entity_id",
        order_by="CreditAccount.id",
        **OWNED,
    )
    addresses: Mapped[list[Address]] = relationship(
        back_populates="entity", order_by="Address.position, Address.id", **OWNED
    )
    elements: Mapped[list[ContactElement]] = relationship(
        back_populates="entity",
        order_by="ContactElement.position, ContactElement.id",
        **OWNED,
    )
    other_names: Mapped[list[OtherName]] = relationship(
        back_populates="entity", order_by="OtherName.id", **OWNED
    )
    employments: Mapped[list[Employment]] = relationship(
        back_populates="entity",
        foreign_keys="Employment.entity_id",
        order_by="Employment.start_date, Employment.id",
        **OWNED,
    )
    bank_accounts: Mapped[list[EntityBankAccount]] = relationship(
        back_populates="entity", order_by="EntityBankAccount.id", **OWNED
    )
    people: Mapped[list[EntityLink]] = relationship(
        back_populates="organisation",
        foreign_keys="EntityLink.organisation_id",
        order_by="EntityLink.id",
        **OWNED,
    )
    users: Mapped[list[User]] = relationship(
        secondary="entity_user", order_by="User.id"
    )

    @property
    def filed_under(self) -> str:
        """Return what lists file the entity under: people by their last name."""
        if self.trading_name or not self.last_name:
            return self.name
        return " ".join(filter(None, (self.last_name, self.first_name)))


class EntityUser(Base):
    """Who a user is in the directory; an entity may have several users."""

    __tablename__ = "entity_user"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    entity_id: Mapped[int] = mapped_column(
        ForeignKey("entity.id", ondelete="CASCADE"), index=True
    )


class OtherName(Base):
    """A name an entity had, is known by for short, or trades under as well."""

    __tablename__ = "other_name"
    is_told_whole: ClassVar = True
    tracked: ClassVar = ("kind", "name")

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = owner("entity.id")
    kind: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"kind IN {NAME_KINDS}", "kind"), default="other"
    )
    name: Mapped[str] = mapped_column(String(255))

    __table_args__: Any = (Index(None, "entity_id"),)

    entity: Mapped[Entity] = relationship(back_populates="other_names")

    @property
    def node(self) -> Entity:
        """Return the entity."""
        return self.entity

    @property
    def caption(self) -> str:
        """Return how the history calls the row."""
        return self.name


class EntityLink(Base):
    """That a person has a function in a company or a household, from when to when."""

    __tablename__ = "entity_link"
    tracked: ClassVar = ("person_id", "function", "start_date", "end_date")

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = owner("entity.id")
    person_id: Mapped[int] = owner("entity.id")
    function: Mapped[str] = mapped_column(String(100), default="")
    start_date: Mapped[dt.date | None]
    end_date: Mapped[dt.date | None]

    __table_args__: Any = (Index(None, "organisation_id"), Index(None, "person_id"))

    organisation: Mapped[Entity] = relationship(
        back_populates="people", foreign_keys=organisation_id
    )
    person: Mapped[Entity] = relationship(foreign_keys=person_id)

    @property
    def node(self) -> Entity:
        """Return the company or household, whose history it belongs to."""
        return self.organisation

    @property
    def caption(self) -> str:
        """Return how the history calls the link: by the person."""
        return self.person.name
