"""Work that is done after the answer has been sent: rows the worker takes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.types import Instant

STATES = ("waiting", "running", "done", "failed")
LISTED = ", ".join(f"'{name}'" for name in STATES)


class Job(Base):
    """One piece of work; whoever asks twice for the same gets it done once.

    A worker that takes it has a lease: when it dies, the lease ends and another one
    takes over.  ``attempts`` counts how often it was begun.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    payload: Mapped[str] = mapped_column(Text, default="{}")
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"state IN ({LISTED})", "state"), default="waiting"
    )
    attempts: Mapped[int] = mapped_column(default=0)
    run_after: Mapped[datetime] = mapped_column(Instant)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)

    __table_args__ = (Index(None, "state", "run_after", "id"),)
