"""What was changed of users, companies, the organisation and the options.

These are no nodes.  What happens to them is told here, one row a field, and the table
only grows: triggers refuse to change or delete a row (``models/triggers.py``).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.types import Instant


class AdministrationChange(Base):
    """One field before and after an edit; no field is the making or the removal.

    ``what`` and ``row_id`` are the table and the row on whose page it is told, which
    may be gone by now.  ``row`` is what it was called then; of a membership it is the
    other side of it: the company on the page of a user, the user on that of a company.
    """

    __tablename__ = "administration_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(40))
    row_id: Mapped[int]
    row: Mapped[str] = mapped_column(String(80))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index(None, "what", "row_id", "at", "id"),)
