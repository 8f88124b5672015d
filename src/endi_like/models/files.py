"""What is kept of a node for good: what was printed of it, and its files.

Of a file there is here what is known of it, in storage are its bytes.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.types import Instant, where

PRINTOUT = "print"
"""The purpose of the one official printout of a locked document; also what its log
entries are called."""

FIX, KEEP = "fix", "keep"
"""Those entries: one notes the sha256 of the paper, the next that of the PDF."""


class Paper(Base):
    """What stands on the paper of a locked document, as one line of JSON.

    Written when it is locked, never changed (``services.papers``).
    """

    __tablename__ = "paper"

    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"), primary_key=True)
    content: Mapped[str] = mapped_column(Text)


ATTACHMENT = "attachment"
"""The purpose of what people add."""

ONE_PRINTOUT: dict[str, Any] = {"unique": True, **where(f"purpose = '{PRINTOUT}'")}
OF_NO_ACCOUNT: dict[str, Any] = {"unique": True, **where("account_id IS NULL")}
VERSION = ("purpose", "name", "version")


class StoredFile(Base):
    """One file, found in storage under its sha256; never changed, never replaced.

    What is added under a name that is there already is its next version.  An
    attachment may be removed, and restored; its bytes stay.  ``company_id`` says whose
    it is, where a node belongs to several companies, and ``account_id`` of which
    account of an entity.
    """

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("credit_account.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(255))
    version: Mapped[int] = mapped_column(default=1)
    description: Mapped[str] = mapped_column(String(255), default="")
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    uploaded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    __table_args__: Any = (
        UniqueConstraint("node_id", "account_id", *VERSION),
        Index("ix_stored_file_one_version", "node_id", *VERSION, **OF_NO_ACCOUNT),
        Index("ix_stored_file_one_printout", "node_id", **ONE_PRINTOUT),
        Index(None, "purpose", "size"),
        Index(None, "account_id"),
    )
