"""Sessions and API tokens: what proves, request by request, who is asking.

A token is 256 random bits that only its owner has; the tables know its hash.  Rights
are read with it, at each request and in one query, so that what has been taken away
is gone at once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from endi_like.models.people import ApiToken, UserSession
from endi_like.principals import Identity
from endi_like.principals import Membership as Rights
from endi_like.services.session_rows import BY_API_TOKEN, BY_SESSION

LONGEST_AGENT = 200
LONGEST_ADDRESS = 45


@dataclass(frozen=True)
class Access:
    """Who asks, and by which session or API token they were recognised.

    ``time_zone`` and ``currency`` are the organisation's: nearly every page needs them,
    and what is read along with the session is never outdated.  ``unread`` says whether
    there may be unread notifications: only then is asked how many; so with ``views``
    of lists that were saved.
    """

    identity: Identity
    seen_at: datetime | None
    session_hash: bytes | None = None
    api_token_id: int | None = None
    read_only: bool = False
    time_zone: str = ""
    currency: str = ""
    unread: bool = False
    views: bool = False


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: without being used, and at most."""

    idle: timedelta
    age: timedelta


@dataclass(frozen=True)
class Visitor:
    """Where a request comes from, as shown in the user's list of sessions."""

    address: str = ""
    user_agent: str = ""


def new_token() -> str:
    """Return 256 random bits as text that fits a cookie or a header."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what the tables keep of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def find_session(
    db: Session, token: str, *, now: datetime, limits: Limits
) -> Access | None:
    """Return whose session the token opens; an ended or old one opens nothing."""
    hashed = token_hash(token)
    values = {
        "token_hash": hashed,
        "not_idle_since": now - limits.idle,
        "not_made_before": now - limits.age,
    }
    rows = db.connection().execute(BY_SESSION, values).all()
    if not rows:
        return None
    return Access(
        identity_of(rows),
        rows[0].seen_at,
        session_hash=hashed,
        time_zone=rows[0].time_zone or "",
        currency=rows[0].currency or "",
        unread=rows[0].unread,
        views=rows[0].views,
    )


def find_api_token(db: Session, token: str, *, now: datetime) -> Access | None:
    """Return in whose name the API token speaks; a revoked one in nobody's."""
    values = {"token_hash": token_hash(token), "now": now}
    rows = db.connection().execute(BY_API_TOKEN, values).all()
    if not rows:
        return None
    first = rows[0]
    return Access(
        identity_of(rows),
        first.last_used_at,
        api_token_id=first.token_id,
        read_only=first.read_only,
        time_zone=first.time_zone or "",
        currency=first.currency or "",
    )


def identity_of(rows: Iterable[Any]) -> Identity:
    """Build the identity from one row per membership: ``WHO`` and ``RIGHTS``."""
    memberships = {}
    for _first, *who, company_id, rights, ceiling in (row[:8] for row in rows):
        user_id, name, roles, language = who
        if company_id is not None:
            memberships[company_id] = Rights(rights, ceiling)
    return Identity(user_id, roles, memberships, name, language)


def start_session(
    db: Session, user_id: int, token: str, *, now: datetime, visitor: Visitor
) -> UserSession:
    """Let the token's owner in as the user."""
    session = UserSession(
        token_hash=token_hash(token),
        user_id=user_id,
        created_at=now,
        seen_at=now,
        address=visitor.address[:LONGEST_ADDRESS],
        user_agent=visitor.user_agent[:LONGEST_AGENT],
    )
    db.add(session)
    return session


def touch(db: Session, access: Access, *, now: datetime) -> None:
    """Note that the session or API token has just been used."""
    if access.session_hash:
        mine = UserSession.token_hash == access.session_hash
        db.execute(update(UserSession).where(mine).values(seen_at=now))
    else:
        mine = ApiToken.id == access.api_token_id
        db.execute(update(ApiToken).where(mine).values(last_used_at=now))


def open_sessions(
    db: Session, user_id: int, *, now: datetime, limits: Limits
) -> list[UserSession]:
    """Return the sessions by which a user is logged in, the latest first."""
    mine = (
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.seen_at > now - limits.idle,
            UserSession.created_at > now - limits.age,
        )
        .order_by(UserSession.seen_at.desc())
    )
    return list(db.scalars(mine))


def end_session(db: Session, user_id: int, hashed: bytes, *, now: datetime) -> bool:
    """End one session of the user's; tell whether there was such a one."""
    one = (
        update(UserSession)
        .where(
            UserSession.token_hash == hashed,
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
        )
        .values(ended_at=now)
        .returning(UserSession.user_id)
    )
    return db.execute(one).first() is not None


def end_all_access(db: Session, user_id: int, *, now: datetime) -> None:
    """Log the user out everywhere, and revoke every API token in their name."""
    db.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    db.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def make_api_token(
    db: Session,
    user_id: int,
    *,
    name: str,
    read_only: bool,
    expires_at: datetime | None,
    now: datetime,
) -> str:
    """Return a new API token: it is shown once, and only its hash is kept."""
    token = new_token()
    db.add(
        ApiToken(
            user_id=user_id,
            name=name,
            token_hash=token_hash(token),
            read_only=read_only,
            created_at=now,
            expires_at=expires_at,
        )
    )
    return token


def api_tokens(db: Session, user_id: int) -> list[ApiToken]:
    """Return the user's API tokens that are not revoked, the latest first."""
    mine = select(ApiToken).where(
        ApiToken.user_id == user_id, ApiToken.revoked_at.is_(None)
    )
    return list(db.scalars(mine.order_by(ApiToken.id.desc())))


def revoke_api_token(
    db: Session, user_id: int, token_id: int, *, now: datetime
) -> bool:
    """Revoke one API token of the user's; tell whether there was such a one."""
    one = (
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            ApiToken.user_id == user_id,
            ApiToken.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .returning(ApiToken.id)
    )
    return db.execute(one).first() is not None
