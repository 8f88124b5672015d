"""The directory: a person or organisation once, and the roles that point at it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.node import Node
from endi_like.models.people import Company
from endi_like.models.sorting import sorts

KINDS = ("company", "person")
CUSTOMER = "customer"


class Entity(Node):
    """A company or a person, with the address letters go to.

    ``name`` is the full name; ``language`` is the one its letters are written in.
    """

    __tablename__ = "entity"
    __mapper_args__ = {"polymorphic_identity": "entity"}

    tracked: ClassVar[tuple[str, ...]] = (
        *Node.tracked,
        "kind",
        "contact_name",
        "address",
        "postcode",
        "town",
        "country",
        "email",
        "phone",
        "vat_number",
        "language",
    )

    id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(
        String(10), CheckConstraint("kind IN ('company', 'person')", "kind")
    )
    contact_name: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(255), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    sort_town: Mapped[str] = sorts("town")
    country: Mapped[str] = mapped_column(String(2), default="FR")
    email: Mapped[str] = mapped_column(String(255), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    vat_number: Mapped[str] = mapped_column(String(30), default="")
    language: Mapped[str] = mapped_column(String(5), default="fr")

    @property
    def postal_lines(self) -> list[str]:
        """Return the address as it is written on an envelope, without the country."""
        town = f"{self.postcode} {self.town}".strip()
        lines = [self.name, self.contact_name, *self.address.splitlines(), town]
        return [line for line in lines if line]


class CreditAccount(Base):
    """An entity as customer of a company; other classes follow with purchases.

    One row of the directory may be customer of many companies, each with an account,
    a number and conditions of its own.
    """

    __tablename__ = "credit_account"

    tracked: ClassVar[tuple[str, ...]] = ("number", "active")

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"))
    class_: Mapped[str] = mapped_column(
        "class", String(20), CheckConstraint("class IN ('customer')", "class")
    )
    number: Mapped[str] = mapped_column(String(30), default="")
    # the entity's, kept here too: lists of a million rows show and sort by it
    name: Mapped[str] = mapped_column(String(255), default="")
    sort_name: Mapped[str] = sorts("name")
    search_key: Mapped[str] = mapped_column(String(600), default="")
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__: Any = (
        Index(None, "company_id", "class", "sort_name"),
        Index(None, "sort_name", "id"),
    )

    # Inner, as an outer join to a table of two parts makes SQLite read all of it.
    entity: Mapped[Entity] = relationship(innerjoin=True)
    company: Mapped[Company] = relationship(innerjoin=True)

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
