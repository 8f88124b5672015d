"""Mails: one row for each that leaves, and the wordings administrators have written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from endi_like.db import Base
from endi_like.models.node import Node
from endi_like.models.people import Company, User
from endi_like.models.types import Instant, where
from endi_like.workflow.mail import STATES

LISTED = ", ".join(f"'{name}'" for name in STATES)
WAITS_ITS_TURN = "mailing <> '' AND state = 'waiting'"
LONGEST_SUBJECT = 255
LONGEST_HIDDEN = 500


class OutgoingMail(Base):
    """A mail to one recipient, with its words as they were when it was asked for.

    ``message_id`` and the domain of the sender are what the mail is known by
    everywhere, however often it is tried.  An empty ``sender`` is the address of the
    installation, which is filled in when the mail is sent.  It is not sent before
    ``due_at``, nor after ``valid_until``, when what it says holds no more.  ``hidden``
    is the part of the text that no page shows: a link that lets somebody in.
    ``mailing`` is the key of the mailing it is one of, if any.
    """

    __tablename__ = "outgoing_mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    node_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    mailing: Mapped[str] = mapped_column(String(60), default="")
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(5))
    sender: Mapped[str] = mapped_column(String(254), default="")
    sender_name: Mapped[str] = mapped_column(String(255), default="")
    reply_to: Mapped[str] = mapped_column(String(254), default="")
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(255), default="")
    search_key: Mapped[str] = mapped_column(String(600), default="")
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    text: Mapped[str] = mapped_column(Text)
    hidden: Mapped[str] = mapped_column(String(LONGEST_HIDDEN), default="")
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    dedupe_key: Mapped[str] = mapped_column(String(200), unique=True)
    state: Mapped[str] = mapped_column(
        String(10), CheckConstraint(f"state IN ({LISTED})", "state"), default="waiting"
    )
    error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Instant)
    due_at: Mapped[datetime] = mapped_column(Instant)
    valid_until: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    version: Mapped[int] = mapped_column()

    __table_args__: Any = (
        Index(None, "state", "id"),
        Index("ix_outgoing_mail_node", "node_id", "id", **where("node_id IS NOT NULL")),
        Index("ix_outgoing_mail_mailing", "mailing", "id", **where(WAITS_ITS_TURN)),
        Index("ix_outgoing_mail_rate", "sent_at", **where("mailing <> ''")),
    )
    __mapper_args__ = {"version_id_col": version}

    company: Mapped[Company | None] = relationship()
    node: Mapped[Node | None] = relationship()
    created_by: Mapped[User | None] = relationship(foreign_keys=created_by_id)
    attachments: Mapped[list[MailAttachment]] = relationship(
        order_by="MailAttachment.id", passive_deletes=True
    )

    @property
    def title(self) -> str:
        """Return how people call the mail."""
        return self.subject

    @property
    def shown_text(self) -> str:
        """Return the text as pages show it, without what must not be read there."""
        return self.text.replace(self.hidden, "…") if self.hidden else self.text


class MailAttachment(Base):
    """A file that goes along with a mail, found on disk under its sha256."""

    __tablename__ = "mail_attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(
        ForeignKey("outgoing_mail.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64), index=True)


class MailWording(Base):
    """What an administrator has made of a template in one language.

    Without subject and text the template speaks with its own words again; the row
    stays, so that its versions go on counting.
    """

    __tablename__ = "mail_wording"

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(String(60))
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str | None] = mapped_column(String(LONGEST_SUBJECT))
    text: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column()

    __table_args__ = (UniqueConstraint("template", "language"),)
    __mapper_args__ = {"version_id_col": version}
