"""Reading notifications: one's own, about what one may view at that moment."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session

from endi_like.i18n import unpacked
from endi_like.models.memos import Memo
from endi_like.models.notifications import Notification
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services import memos
from endi_like.services.notifications.events import MENTION
from endi_like.services.rights.asking import companies_of, holds_somewhere, rows
from endi_like.services.rights.tables import RECORDS

MOST_COUNTED = 100
"""The bell says "99+" from here on: nobody counts on."""

SHOWN = 30
UNREAD_FOR = timedelta(days=365)


def visible(identity: Identity) -> ColumnElement[bool]:
    """Return the condition that what a notification tells may be viewed, today.

    What was told of a record that has been tidied away is for whoever may view its
    like; what a memo says is for whoever may read it there.
    """
    found: list[ColumnElement[bool]] = [false()]
    for name, record in RECORDS.items():
        if holds_somewhere(identity, Permission.VIEW, record.grants):
            may = rows(record.model, record.grants, identity, Permission.VIEW)
            companies = companies_of(record.grants, identity, Permission.VIEW)
            there = select(record.model.id).where(
                record.model.id == Notification.record_id,
                may,
                *is_read(name, companies),
            )
            seen = may if record.tidied else there.exists()
            found.append(and_(Notification.collection == name, seen))
    return or_(*found)


# Made once for each sight: to build it takes longer than to run it.
@lru_cache(maxsize=256)
def is_read(name: str, companies: tuple[int, ...] | None) -> tuple[Any, ...]:
    """Return the condition that the recipient may read what a notification quotes."""
    record = RECORDS[name]
    if record.place is None:
        return ()
    memo = exists().where(
        memos.told_in(record.place(record.model, companies)),
        memos.readable(Notification.recipient_id),
        memos.quotes(Notification),
    )
    # of this notification and this record: both stand further out than one step
    memo = memo.correlate_except(Memo)
    return (or_(Notification.event != MENTION, memo),)


def gone(db: Session, notifications: Sequence[Notification]) -> set[int]:
    """Return the ids of those whose record has been tidied away since."""
    found = set()
    for name, record in RECORDS.items():
        about = [one for one in notifications if one.collection == name]
        if about and record.tidied:
            wanted = [one.record_id for one in about]
            query = select(record.model.id).where(record.model.id.in_(wanted))
            there = set(db.scalars(query))
            found |= {one.id for one in about if one.record_id not in there}
    return found


def own(identity: Identity) -> Select[Notification]:
    """Return the query of somebody's notifications that they may see."""
    mine = Notification.recipient_id == identity.user_id
    return select(Notification).where(mine, visible(identity))


def listed(identity: Identity, *, unread: bool = False) -> Select[Notification]:
    """Return the query of those that the bell leads to, the newest first."""
    query = own(identity).where(Notification.bell)
    if unread:
        query = query.where(Notification.read_at.is_(None))
    return query.order_by(Notification.id.desc())


def how_many_unread(db: Session, identity: Identity) -> int:
    """Return how many unread ones there are, up to a hundred."""
    some = (
        listed(identity, unread=True)
        .limit(MOST_COUNTED)
        .with_only_columns(Notification.id)
    )
    counted = select(func.count()).select_from(some.subquery())
    # nothing is flushed before: the page of an error shows the bell as well
    return db.connection().scalar(counted) or 0


def page(
    db: Session, identity: Identity, *, before: int | None, unread: bool
) -> tuple[list[Notification], bool]:
    """Return a page of notifications, and whether more follow.

    ``before`` is the id of the last one of the page before it.
    """
    query = listed(identity, unread=unread)
    if before is not None:
        query = query.where(Notification.id < before)
    found = list(db.scalars(query.limit(SHOWN + 1)))
    return found[:SHOWN], len(found) > SHOWN


def find(db: Session, identity: Identity, key: int) -> Notification | None:
    """Return one of somebody's own notifications, if they may still see it."""
    return db.scalars(own(identity).where(Notification.id == key)).one_or_none()


def mark_read(
    db: Session,
    user_id: int,
    at: datetime,
    *,
    key: int | None = None,
    until: int | None = None,
) -> None:
    """Mark a user's notifications as read: one, all, or all up to the last seen."""
    mine: tuple[Any, ...] = (
        Notification.recipient_id == user_id,
        Notification.read_at.is_(None),
    )
    if key is None:  # what comes by mail alone is in no list
        mine = (*mine, Notification.bell)
    else:
        mine = (*mine, Notification.id == key)
    if until is not None:
        mine = (*mine, Notification.id <= until)
    db.execute(update(Notification).where(*mine).values(read_at=at))


def said(notification: Notification) -> str:
    """Return what a notification says, to be said in the language of its reader."""
    return unpacked(json.loads(notification.text))


def forget_old(db: Session, *, read_before: datetime, now: datetime) -> int:
    """Delete what was read long ago, or not for a year; return how many."""
    old = or_(
        and_(Notification.read_at.is_not(None), Notification.read_at < read_before),
        Notification.at < now - UNREAD_FOR,
    )
    gone = delete(Notification).where(old).returning(Notification.id)
    return len(db.execute(gone).all())
