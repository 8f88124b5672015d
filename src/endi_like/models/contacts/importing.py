"""Imports from the browser: a file that was sent, and what became of its rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.people import User
from endi_like.models.types import Instant

STATES = ("sent", "waiting", "done", "failed")


class ContactImport(Base):
    """A CSV file of contacts that somebody has sent, for them alone.

    ``mapping`` says what its columns are, as JSON; ``refused_sha256`` names the file of
    the rows that stayed out, if there are any.  ``total`` and ``done`` are bytes.
    """

    __tablename__ = "contact_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str] = mapped_column(String(255))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    total: Mapped[int] = mapped_column(default=0)
    mapping: Mapped[str] = mapped_column(Text, default="{}")
    company_code: Mapped[str] = mapped_column(String(20), default="")
    whole: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"state IN {STATES}", "state"), default="sent"
    )
    done: Mapped[int] = mapped_column(default=0)
    imported: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    refused_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    refused_size: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    __table_args__ = (Index(None, "user_id", "id"),)

    user: Mapped[User] = relationship(innerjoin=True)

    @property
    def title(self) -> str:
        """Return what the file is called."""
        return self.name
