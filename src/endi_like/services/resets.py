"""Links by which somebody sets a password without knowing the present one.

Nothing is stored: the link is signed together with the present password hash, so
that it works once, for one account, and not after any other change of the password.
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from endi_like.models.people import User

LASTS = timedelta(minutes=30)
PAGE = "new-password"
TOKEN = re.compile(r"([0-9]{1,9})\.([0-9]{1,11})\.([0-9a-f]{64})")


def reset_token(secret: str, user: User, *, now: datetime) -> str:
    """Return what a link carries that lets the user set a new password."""
    expires = int((now + LASTS).timestamp())
    return f"{user.id}.{expires}.{signature(secret, user, expires)}"


def reset_link(site: str, secret: str, user: User, *, now: datetime) -> str:
    """Return a link by which the user sets a password within half an hour.

    ``site`` is the address of this installation.
    """
    query = urlencode({"token": reset_token(secret, user, now=now)})
    return f"{site.rstrip('/')}/{PAGE}?{query}"


def signature(secret: str, user: User, expires: int) -> str:
    """Return what only this installation can say of this account at present."""
    text = f"{user.id}.{expires}.{user.password_hash}"
    return hmac.new(b"reset:" + secret.encode(), text.encode(), "sha256").hexdigest()


def user_of(db: Session, secret: str, token: str, *, now: datetime) -> User | None:
    """Return who may set a password by this token; nobody by a used or old one."""
    found = TOKEN.fullmatch(token)
    if found is None:
        return None
    user_id, expires, signed = int(found[1]), int(found[2]), found[3]
    user = db.get(User, user_id)
    if user is None or not user.active:
        return None
    if not hmac.compare_digest(signature(secret, user, expires), signed):
        return None
    return user if now < datetime.fromtimestamp(expires, UTC) else None
