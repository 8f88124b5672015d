"""Memos: what people write beside a record, for themselves or for one another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.keys import kept
from endi_like.models.people import User
from endi_like.models.types import Instant
from endi_like.text import fold


def searched(subject: str, text: str) -> str:
    """Return what a memo is found by: its subject and its text, each a line."""
    return "\n".join(fold(part) for part in (subject, text) if part)


class Memo(Base):
    """A free note beside a node, which is no part of it: the node stays as it is.

    A private one is for its author alone.  What is removed stays, so that its author
    can put it back.  ``company_id`` says whose it is, where a node belongs to several
    companies, and ``account_id`` of which account of an entity it speaks.  Of what was
    brought in from elsewhere the author may be a name only.
    """

    __tablename__ = "memo"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("credit_account.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    author_name: Mapped[str] = mapped_column(String(100), default="")
    at: Mapped[datetime] = mapped_column(Instant)
    subject: Mapped[str] = mapped_column(String(255), default="")
    text: Mapped[str] = mapped_column(Text)
    search_key: Mapped[str] = kept(searched, "subject", "text")
    private: Mapped[bool] = mapped_column(default=False)
    pinned: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column()

    __table_args__: Any = (
        Index(None, "node_id", "at", "id"),
        Index(None, "account_id"),
    )
    __mapper_args__ = {"version_id_col": version}

    author: Mapped[User | None] = relationship()
