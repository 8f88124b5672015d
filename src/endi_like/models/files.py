"""What is kept of a node for good: what was printed of it, and its files.

Of a file there is here what is known of it, on disk are its bytes.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.types import Instant

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


class StoredFile(Base):
    """One file, found on disk under its sha256; never changed, never replaced.

    ``purpose`` says what it is for, such as ``PRINTOUT``.
    """

    __tablename__ = "stored_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    purpose: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (UniqueConstraint("node_id", "purpose"),)
