"""Forms that create something do so once, however often they are sent."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from endi_like.models.once import MadeOnce

KEY = re.compile(r"[A-Za-z0-9_-]{43}")
KEPT = timedelta(days=30)
"""How long a page may lie open and still be known again."""
PATH = select(MadeOnce.path).where(
    MadeOnce.key == bindparam("key"), MadeOnce.user_id == bindparam("user_id")
)


def new_key() -> str:
    """Return the key of a form that is shown now."""
    return secrets.token_urlsafe(32)


def is_key(text: str | None) -> bool:
    """Tell whether a text can be a key of ours."""
    return bool(text) and KEY.fullmatch(text or "") is not None


def made(db: Session, key: str, user_id: int) -> str | None:
    """Return the path of what the user has made by a form, if it was sent before."""
    return db.scalar(PATH, {"key": key, "user_id": user_id})


def remember(db: Session, key: str, user_id: int, path: str, now: datetime) -> None:
    """Write down what was made by a form."""
    db.add(MadeOnce(key=key, user_id=user_id, path=path, at=now))
    db.flush()


def forget_old(db: Session, *, now: datetime) -> int:
    """Drop the keys of forms that nobody has open any more; return how many."""
    old = delete(MadeOnce).where(MadeOnce.at < now - KEPT)
    return len(db.execute(old.returning(MadeOnce.key)).all())
