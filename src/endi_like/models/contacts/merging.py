"""What is left of an entity that was merged into another one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.contacts.entities import Entity
from endi_like.models.keys import sign_by_sign
from endi_like.models.parts import owner
from endi_like.models.people import User
from endi_like.models.types import Instant

ALIAS_KINDS = ("control_code", "account_number")


class EntityAlias(Base):
    """A control code or account number of before, by which one is still found."""

    __tablename__ = "entity_alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    entity_id: Mapped[int] = owner("entity.id")
    account_id: Mapped[int | None] = mapped_column(
        ForeignKey("credit_account.id", ondelete="CASCADE")
    )
    merge_id: Mapped[int | None] = mapped_column(ForeignKey("entity_merge.id"))
    kind: Mapped[str] = mapped_column(
        String(20), CheckConstraint(f"kind IN {ALIAS_KINDS}", "kind")
    )
    value: Mapped[str] = mapped_column(String(60))
    key: Mapped[str] = mapped_column(sign_by_sign(60))

    __table_args__: Any = (
        Index(None, "kind", "key", "entity_id"),
        Index(None, "entity_id"),
    )


class EntityMerge(Base):
    """That one entity became part of another; ``moved`` is what to undo it by."""

    __tablename__ = "entity_merge"

    id: Mapped[int] = mapped_column(primary_key=True)
    kept_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("entity.id"), index=True)
    at: Mapped[datetime] = mapped_column(Instant)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    moved: Mapped[str] = mapped_column(Text)

    kept: Mapped[Entity] = relationship(foreign_keys=kept_id)
    merged: Mapped[Entity] = relationship(foreign_keys=merged_id)
    by: Mapped[User | None] = relationship(foreign_keys=by_id)
