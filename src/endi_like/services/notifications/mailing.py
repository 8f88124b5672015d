"""Notifications by mail: at once, or once a day all that is new.

Each is mailed once at most: what marks it as mailed commits together with the mail in
the outbox.  Rights are asked again: what was taken away meanwhile is not mailed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.notifications import DAILY, Notification
from endi_like.models.people import User
from endi_like.services.jobs import enqueue
from endi_like.services.mail.catalog import NOTICE, NOTICES
from endi_like.services.mail.people import can_be_written_to, recipient
from endi_like.services.mail.posting import post
from endi_like.services.notifications.events import EVENTS
from endi_like.services.notifications.reading import own, said
from endi_like.services.rights.asking import identity_by_id
from endi_like.translation import translator

DIGEST = "mail_digest"
MOST_LISTED = 50


def address(url: str, key: int) -> str:
    """Return where a notification is opened."""
    return f"{url}/notifications/{key}/"


def take(db: Session, user_id: int, ids: Sequence[int], at: datetime) -> list[int]:
    """Mark notifications as mailed, and return those nobody had marked before."""
    mine = (
        Notification.recipient_id == user_id,
        Notification.id.in_(ids),
        Notification.mailed_at.is_(None),
        Notification.read_at.is_(None),
    )
    marked = update(Notification).where(*mine).values(mailed_at=at)
    rows = db.execute(marked.returning(Notification.id)).scalars()
    return sorted(rows)


def still_seen(
    db: Session, user_id: int, ids: Sequence[int]
) -> tuple[User | None, list[Notification]]:
    """Return a user who can be written to, and what of this they may see today."""
    identity, user = identity_by_id(db, user_id), db.get(User, user_id)
    if identity is None or user is None or not can_be_written_to(user) or not ids:
        return None, []
    query = own(identity).where(Notification.id.in_(ids))
    return user, list(db.scalars(query.order_by(Notification.id.desc())))


def mail_at_once(db: Session, ids: Sequence[int], url: str, now: datetime) -> int:
    """Post a mail for each of these notifications; return how many were posted."""
    wanted = select(Notification.id, Notification.recipient_id)
    rows = db.execute(wanted.where(Notification.id.in_(ids))).all()
    posted = 0
    for key, user_id in rows:
        taken = take(db, user_id, [key], now)
        user, found = still_seen(db, user_id, taken)
        for one in found:
            posted += post_one(db, user, one, url, now)
    return posted


def post_one(
    db: Session, user: User | None, one: Notification, url: str, now: datetime
) -> bool:
    """Post the mail of one notification; tell whether it was not posted before."""
    if user is None:
        return False
    values = {
        "NAME": user.name,
        "EVENT": EVENTS[one.event].label,
        "TEXT": said(one),
        "LINK": address(url, one.id),
        "SITE": url,
    }
    key = f"notification:{one.id}"
    to = recipient(user)
    return post(db, NOTICE, to=to, values=values, dedupe_key=key, at=now) is not None


def waiting_for_digest(db: Session) -> list[int]:
    """Return the ids of users for whom something waits to be told once a day."""
    waiting = select(Notification.recipient_id).where(*to_digest())
    return sorted(db.scalars(waiting.distinct()))


def to_digest() -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a notification waits for the mail of the day."""
    return (
        Notification.mail == DAILY,
        Notification.mailed_at.is_(None),
        Notification.read_at.is_(None),
    )


def ask_for_digest(db: Session, user_id: int, day: date, at: datetime) -> bool:
    """Ask for a user's mail of the day; tell whether it was not asked for before."""
    key = f"{DIGEST}:{user_id}:{day.isoformat()}"
    payload = {"user_id": user_id, "day": day.isoformat()}
    return enqueue(db, DIGEST, payload, dedupe_key=key, at=at) is not None


def mail_digest(db: Session, user_id: int, day: str, url: str, now: datetime) -> bool:
    """Post a user's mail of the day; tell whether there was one to post."""
    mine = select(Notification.id).where(
        Notification.recipient_id == user_id, *to_digest()
    )
    taken = take(db, user_id, list(db.scalars(mine)), now)
    user, found = still_seen(db, user_id, taken)
    if user is None or not found:
        return False
    values = {
        "NAME": user.name,
        "NUMBER": len(found),
        "LIST": listing(found, user.language, url),
        "LINK": f"{url}/notifications/",
        "SITE": url,
    }
    key = f"{DIGEST}:{user_id}:{day}"
    to = recipient(user)
    return post(db, NOTICES, to=to, values=values, dedupe_key=key, at=now) is not None


def listing(found: Sequence[Notification], language: str, url: str) -> str:
    """Return notifications as paragraphs of a mail; beyond fifty, how many more."""
    say = translator(language)
    parts = [f"{say(said(one))}\n{address(url, one.id)}" for one in found[:MOST_LISTED]]
    if (more := len(found) - MOST_LISTED) > 0:
        parts.append(say(_("… and ${number} more.", mapping={"number": more})))
    return "\n\n".join(parts)
