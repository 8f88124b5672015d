"""Pairs of entities that may be one, and those of which somebody said they are not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.contacts.entities import Entity
from endi_like.models.parts import owner
from endi_like.models.people import User
from endi_like.models.types import Instant


class EntityPair(Base):
    """Two entities that look like one; ``first`` was entered earlier.

    ``score`` says how likely it is, of a hundred, ``reasons`` why: words of
    ``services.contacts.duplicates.reasons``, with blanks in between.  Dismissed, it
    stays: nobody is asked a second time.
    """

    __tablename__ = "entity_pair"

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = owner("entity.id")
    second_id: Mapped[int] = owner("entity.id")
    score: Mapped[int]
    reasons: Mapped[str] = mapped_column(String(255), default="")
    dismissed_at: Mapped[datetime | None] = mapped_column(Instant)
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))

    __table_args__: Any = (
        Index(None, "first_id", "second_id", unique=True),
        Index(None, "second_id"),
        Index(None, "score", "id"),
    )

    first: Mapped[Entity] = relationship(foreign_keys=first_id, innerjoin=True)
    second: Mapped[Entity] = relationship(foreign_keys=second_id, innerjoin=True)
    dismissed_by: Mapped[User | None] = relationship(foreign_keys=dismissed_by_id)
