"""How entities are reached: addresses, and telephones, mailboxes, sites."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.keys import kept
from endi_like.models.parts import owner
from endi_like.text import compact, digits, fold, phrases, shadow

if TYPE_CHECKING:
    from endi_like.models.contacts.accounts import CreditAccount
    from endi_like.models.contacts.entities import Entity

ADDRESS_CLASSES = ("billing", "sales", "shipping", "physical", "mailing")
ELEMENT_KINDS = ("phone", "email", "web", "other")
EMAIL, PHONE = "email", "phone"


def account() -> Any:
    """Return the column that says of which account of the entity a row is.

    Without one it is the entity's own.
    """
    return mapped_column(ForeignKey("credit_account.id", ondelete="CASCADE"))


class Address(Base):
    """An address of an entity, or of one of its accounts; ``attention`` is for whom."""

    __tablename__ = "address"
    is_told_whole: ClassVar = True
    tracked: ClassVar = (
        "class_",
        "attention",
        "line_one",
        "line_two",
        "line_three",
        "city",
        "state",
        "postal_code",
        "country",
        "active_from",
        "active_to",
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = owner("entity.id")
    account_id: Mapped[int | None] = account()
    position: Mapped[int] = mapped_column(default=0)
    class_: Mapped[str] = mapped_column(
        "class",
        String(10),
        CheckConstraint(f"class IN {ADDRESS_CLASSES}", "class"),
        default="billing",
    )
    attention: Mapped[str] = mapped_column(String(255), default="")
    line_one: Mapped[str] = mapped_column(String(255), default="")
    line_two: Mapped[str] = mapped_column(String(255), default="")
    line_three: Mapped[str] = mapped_column(String(255), default="")
    city: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[str] = mapped_column(String(100), default="")
    postal_code: Mapped[str] = mapped_column(String(20), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    active_from: Mapped[dt.date | None]
    active_to: Mapped[dt.date | None]

    lines_key: Mapped[str] = kept(phrases, "line_one", "line_two", "line_three")
    city_key: Mapped[str] = kept(shadow, "city")
    state_key: Mapped[str] = kept(shadow, "state")
    postal_key: Mapped[str] = kept(compact, "postal_code", length=40)

    __table_args__: Any = (
        Index(None, "entity_id"),
        Index(None, "account_id"),
    )

    entity: Mapped[Entity] = relationship(back_populates="addresses")
    account: Mapped[CreditAccount | None] = relationship()

    @property
    def node(self) -> Entity:
        """Return the entity."""
        return self.entity

    @property
    def caption(self) -> str:
        """Return how the history calls the address: by its street and city."""
        return ", ".join(filter(None, (self.line_one, self.city)))

    @property
    def lines(self) -> list[str]:
        """Return the lines of an envelope below the name, without the country."""
        city = f"{self.postal_code} {self.city}".strip()
        lines = (self.attention, self.line_one, self.line_two, self.line_three, city)
        return [line for line in lines if line]


def is_own(row: Address | ContactElement) -> bool:
    """Tell whether a row is of the entity itself, of none of its accounts."""
    return row.account_id is None and row.account is None


def in_use(address: Address, day: dt.date) -> bool:
    """Tell whether an address is one on a day."""
    begun = address.active_from is None or address.active_from <= day
    return begun and (address.active_to is None or day <= address.active_to)


def as_found(kind: str, value: str) -> str:
    """Return what a telephone, a mailbox or anything else is found by."""
    if kind == PHONE:
        return digits(value)
    return value.casefold() if kind == EMAIL else fold(value)


class ContactElement(Base):
    """A telephone, a mailbox, a site or something else one is reached by.

    ``label`` says which one it is, such as "Billing Email".
    """

    __tablename__ = "contact_element"
    tracked: ClassVar = ("kind", "label", "value", "description")

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = owner("entity.id")
    account_id: Mapped[int | None] = account()
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"kind IN {ELEMENT_KINDS}", "kind")
    )
    label: Mapped[str] = mapped_column(String(60), default="")
    value: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(String(255), default="")
    search_key: Mapped[str] = kept(as_found, "kind", "value")

    __table_args__: Any = (
        Index(None, "entity_id"),
        Index(None, "account_id"),
        Index(None, "search_key", "kind"),
    )

    entity: Mapped[Entity] = relationship(back_populates="elements")
    account: Mapped[CreditAccount | None] = relationship()

    @property
    def node(self) -> Entity:
        """Return the entity."""
        return self.entity

    @property
    def caption(self) -> str:
        """Return how the history calls the element."""
        return self.value
