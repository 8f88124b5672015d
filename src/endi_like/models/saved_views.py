"""Filters and order of a list that somebody keeps under a name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.people import User
from endi_like.models.types import where
from endi_like.principals import GROUPS

LONGEST_NAME = 80
LONGEST_QUERY = 1000
LISTED = ", ".join(f"'{name}'" for name in GROUPS)
SHARED = where("role IS NOT NULL")


class SavedView(Base):
    """What a list is asked, under a name: its owner's, or shared with a group.

    ``collection`` is where the list is published, ``query`` what its address holds.
    It says what to look for, and nothing of what one may see.  ``role`` is the group it
    is shared with: those who have a role, or all members of companies.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    collection: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    role: Mapped[str | None] = mapped_column(
        String(20), CheckConstraint(f"role IN ({LISTED})", "role")
    )
    version: Mapped[int] = mapped_column()

    __table_args__: Any = (
        UniqueConstraint("owner_id", "collection", "name"),
        Index("ix_saved_view_shared", "collection", "role", **SHARED),
    )
    __mapper_args__ = {"version_id_col": version}

    owner: Mapped[User] = relationship(innerjoin=True)

    @property
    def title(self) -> str:
        """Return how people call the view."""
        return self.name


class PresetView(Base):
    """The view a list opens with for somebody: their own, or one shared with them."""

    __tablename__ = "preset_view"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    collection: Mapped[str] = mapped_column(String(40), primary_key=True)
    view_id: Mapped[int] = mapped_column(
        ForeignKey("saved_view.id", ondelete="CASCADE"), index=True
    )
