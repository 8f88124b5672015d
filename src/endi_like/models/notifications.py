"""What users are told of, and how they want to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.people import User
from endi_like.models.types import Instant, where

NEVER, AT_ONCE, DAILY = "never", "at_once", "daily"
BY_MAIL = (NEVER, AT_ONCE, DAILY)
"""When a notification also comes by mail."""

LISTED = ", ".join(f"'{name}'" for name in BY_MAIL)
LONGEST_EVENT = 40


def by_mail() -> Any:
    """Build the column that says when something comes by mail."""
    return mapped_column(
        String(10), CheckConstraint(f"mail IN ({LISTED})", "mail"), default=NEVER
    )


class Notification(Base):
    """That something happened which concerns a user.

    ``collection`` and ``record_id`` are where it happened, as in ``/invoices/12``.
    ``text`` is a packed text, said in the language of whoever reads it.  Without
    ``bell`` it is not listed, and only comes by mail; ``mailed_at`` is when that was
    done with, whether or not there still was a mail to write.
    """

    __tablename__ = "notification"

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    event: Mapped[str] = mapped_column(String(LONGEST_EVENT))
    collection: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)
    bell: Mapped[bool] = mapped_column(default=True)
    mail: Mapped[str] = by_mail()
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    mailed_at: Mapped[datetime | None] = mapped_column(Instant)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)

    __table_args__: Any = (
        Index(None, "recipient_id", "id"),
        Index(
            "ix_notification_unread",
            "recipient_id",
            "id",
            **where("read_at IS NULL AND bell"),
        ),
        Index(None, "collection", "record_id"),
        Index(
            "ix_notification_to_mail",
            "recipient_id",
            "id",
            **where("mail = 'daily' AND mailed_at IS NULL AND read_at IS NULL"),
        ),
        Index(None, "at"),
        # An id of one that is forgotten must not come again: mails are known by it.
        {"sqlite_autoincrement": True},
    )

    recipient: Mapped[User] = relationship(foreign_keys=recipient_id)


class NotificationChoice(Base):
    """How a user wants to be told of an event; without a row, as the event says."""

    __tablename__ = "notification_choice"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    event: Mapped[str] = mapped_column(String(LONGEST_EVENT), primary_key=True)
    bell: Mapped[bool] = mapped_column(default=True)
    mail: Mapped[str] = by_mail()
