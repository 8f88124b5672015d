"""Users, the companies they work for, and the ways they are let in.

No secret is stored as it is: passwords as argon2 hashes, the tokens of sessions
and of the API as SHA-256 of 256 random bits.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.sorting import sorts
from endi_like.models.types import Instant, Money, Names

HASH = LargeBinary(32)


class User(Base):
    """Somebody who logs in; what they may do is in ``roles`` and ``memberships``.

    ``login`` is stored as ``services.users.login_key`` makes it, so that it is unique
    whatever its case.  Nobody is deleted, because history names them: a user who has
    left is not ``active``.
    """

    __tablename__ = "user"
    administered: ClassVar = ("name", "login", "email", "language", "active", "roles")

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(60), unique=True)
    sort_login: Mapped[str] = sorts("login")
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = sorts("name")
    email: Mapped[str] = mapped_column(String(254), default="")
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    roles: Mapped[frozenset[str]] = mapped_column(Names, default=frozenset)
    language: Mapped[str] = mapped_column(String(5), default="en")
    active: Mapped[bool] = mapped_column(default=True)
    password_changed_at: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user",
        cascade="all, delete-orphan",
        order_by="Membership.company_id",
    )

    @property
    def title(self) -> str:
        """Return how people call the user."""
        return self.name


class Company(Base):
    """An enseigne: it owns documents, and stands at the head of what it prints."""

    __tablename__ = "company"
    administered: ClassVar = (
        *("name", "code", "contact_name", "active", "address", "postcode", "town"),
        *("country", "email", "phone", "mail_sender", "vat_number", "iban", "bic"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = sorts("name")
    code: Mapped[str] = mapped_column(String(20), unique=True)
    sort_code: Mapped[str] = sorts("code")
    contact_name: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(String(500), default="")
    postcode: Mapped[str] = mapped_column(String(20), default="")
    town: Mapped[str] = mapped_column(String(100), default="")
    country: Mapped[str] = mapped_column(String(2), default="")
    phone: Mapped[str] = mapped_column(String(50), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    mail_sender: Mapped[str] = mapped_column(String(254), default="")
    vat_number: Mapped[str] = mapped_column(String(30), default="")
    iban: Mapped[str] = mapped_column(String(34), default="")
    bic: Mapped[str] = mapped_column(String(11), default="")
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    memberships: Mapped[list[Membership]] = relationship(
        back_populates="company",
        cascade="all, delete-orphan",
        order_by="Membership.user_id",
    )

    @property
    def title(self) -> str:
        """Return how people call the company."""
        return self.name

    @property
    def address_lines(self) -> list[str]:
        """Return the lines of the address, postcode and town last."""
        last = f"{self.postcode} {self.town}".strip()
        return [*self.address.splitlines(), *([last] if last else [])]


class Membership(Base):
    """The rights of a user in one company; they say nothing about any other.

    ``ceiling`` limits what may be validated alone, before tax; ``None`` is no limit.
    """

    __tablename__ = "membership"
    administered: ClassVar = ("rights", "ceiling")

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    company_id: Mapped[int] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    rights: Mapped[frozenset[str]] = mapped_column(Names, default=frozenset)
    ceiling: Mapped[Decimal | None] = mapped_column(Money)

    user: Mapped[User] = relationship(back_populates="memberships")
    company: Mapped[Company] = relationship(back_populates="memberships")


class UserSession(Base):
    """One log-in in one browser: it ends by log-out, by idleness or by age."""

    __tablename__ = "user_session"

    token_hash: Mapped[bytes] = mapped_column(HASH, primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(String(45), default="")
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class LoginAttempt(Base):
    """Somebody tried a password: guessing is slowed down by counting these."""

    __tablename__ = "login_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    login_norm: Mapped[str] = mapped_column(String(60))
    address: Mapped[str] = mapped_column(String(45))
    at: Mapped[datetime] = mapped_column(Instant)
    ok: Mapped[bool] = mapped_column(default=False)

    __table_args__: Any = (
        Index(None, "address", "login_norm", "at"),
        Index(None, "address", "at"),
        Index(None, "at"),
    )


class ApiToken(Base):
    """A key of a user for a program; ``read_only`` narrows it to looking."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(100))
    token_hash: Mapped[bytes] = mapped_column(HASH, unique=True)
    read_only: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_used_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
