"""What happened to a node: moves, changed fields, and the seals over them.

All three tables are append-only: triggers refuse to change or delete a row
(``models/triggers.py``), and each move is chained to the one before it by a hash
(``services/journal.py``).
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.people import User
from endi_like.models.types import Instant


class StatusLogEntry(Base):
    """A move of one machine of one node; ``position`` counts from 1 in each node."""

    __tablename__ = "status_log_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    position: Mapped[int]
    manager: Mapped[str] = mapped_column(String(40))
    action: Mapped[str] = mapped_column(String(40))
    old: Mapped[str] = mapped_column(String(20))
    new: Mapped[str] = mapped_column(String(20))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    comment: Mapped[str] = mapped_column(String(2000))
    visibility: Mapped[str] = mapped_column(String(20), default="public")
    hash_version: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("node_id", "position"),)

    actor: Mapped[User | None] = relationship()


class FieldChange(Base):
    """One field of a node, or of a row of it, before and after one edit.

    ``company_id`` is whose row it is, where several companies have rows of one node.
    ``row_id`` is the row, once it is stored; ``whole`` all it said when it came or
    went, as JSON, of rows that are looked at as of a day.
    """

    __tablename__ = "field_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    what: Mapped[str] = mapped_column(String(40))
    row: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    row_id: Mapped[int | None]
    whole: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index(None, "node_id", "at", "id"),)

    actor: Mapped[User | None] = relationship()


class LogSeal(Base):
    """A day's promise: so many moves, these heads, and the seal before it."""

    __tablename__ = "log_seal"

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(unique=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    last_entry_id: Mapped[int]
    entries: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
