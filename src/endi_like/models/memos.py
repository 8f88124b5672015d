"""Memos: what people write beside a record, for themselves or for one another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.types import Instant


class Memo(Base):
    """A free note beside a node, which is no part of it: the node stays as it is.

    A private one is for its author alone.  What is removed stays, so that its author
    can put it back.  ``company_id`` says whose it is, where a node belongs to several
    companies.
    """

    __tablename__ = "memo"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int] = mapped_column(ForeignKey("node.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)
    private: Mapped[bool] = mapped_column(default=False)
    pinned: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime | None] = mapped_column(Instant)
    removed_at: Mapped[datetime | None] = mapped_column(Instant)
    version: Mapped[int] = mapped_column()

    __table_args__: Any = (Index(None, "node_id", "at", "id"),)
    __mapper_args__ = {"version_id_col": version}
