"""Mails to users."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from endi_like.models.people import User
from endi_like.services.mail.catalog import LINK, RESET, SITE
from endi_like.services.mail.posting import Recipient, post
from endi_like.services.mail.values import of_user
from endi_like.services.resets import LASTS, reset_link
from endi_like.settings import Settings
from endi_like.text import is_email

FORGOTTEN = "forgotten_password"


def can_be_written_to(user: User) -> bool:
    """Tell whether a user works here and has an address."""
    return user.active and is_email(user.email)


def recipient(user: User) -> Recipient:
    """Return a user as whom a mail is for."""
    return Recipient(user.email, user.name, user.language, user.id)


def to_write_to() -> tuple[Any, ...]:
    """Return the condition that a user works here and may have an address."""
    return User.active, User.email != ""


def after(db: Session, user_id: int, most: int) -> Sequence[User]:
    """Return the next users to write to, by their ids."""
    query = select(User).where(*to_write_to(), User.id > user_id)
    return db.scalars(query.order_by(User.id).limit(most)).all()


def how_many(db: Session) -> int:
    """Return how many users there are to write to."""
    return db.scalar(select(func.count(User.id)).where(*to_write_to())) or 0


def post_link(
    db: Session, user: User, settings: Settings, *, dedupe_key: str, at: datetime
) -> int | None:
    """Post the mail by whose link a user chooses a password; return its id."""
    link = reset_link(settings.url, settings.secret, user, now=at)
    return post(
        db,
        RESET,
        to=recipient(user),
        values={
            **of_user(db, user, user.language),
            LINK.name: link,
            SITE.name: settings.url,
        },
        dedupe_key=dedupe_key,
        at=at,
        until=at + LASTS,
    )
