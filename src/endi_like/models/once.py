"""What was made by forms that may arrive twice."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.types import Instant

LONGEST_KEY = 43


class MadeOnce(Base):
    """What a form has made: its key is random, and given when the form is shown.

    The key is unique, so of two that arrive at once the database lets one through.
    """

    __tablename__ = "made_once"

    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    path: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
