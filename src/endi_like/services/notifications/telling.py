"""Telling people of what has happened: a row for each, in the same transaction.

What is rolled back tells nobody.  Mails leave from the outbox later; see ``mailing``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from endi_like.i18n import packed
from endi_like.models.notifications import (
    AT_ONCE,
    NEVER,
    Notification,
    NotificationChoice,
)
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services.jobs import INSERTS, enqueue
from endi_like.services.notifications.events import EVENTS, Event
from endi_like.services.rights.asking import holds
from endi_like.services.rights.tables import RECORDS, name_of

MAIL_AT_ONCE = "mail_notifications"
LONGEST_QUOTE = 300
CHOSEN = select(
    NotificationChoice.user_id, NotificationChoice.bell, NotificationChoice.mail
).where(
    NotificationChoice.event == bindparam("event"),
    NotificationChoice.user_id.in_(bindparam("user_ids", expanding=True)),
)


@dataclass(frozen=True)
class News:
    """What has happened: an event, to which record, by whom and when.

    ``values`` are those of the event's sentence; once for each ``key`` and person.
    """

    event: Event
    collection: str
    node: Any
    actor_id: int | None
    at: datetime
    values: Mapping[str, Any]
    key: str


def happened(
    event: str, node: Any, at: datetime, actor_id: int | None = None, **values: Any
) -> News:
    """Return the news that an event of this name has happened to a record."""
    collection = name_of(node)
    key = f"{event}:{collection}:{node.id}:{at.isoformat()}"
    return News(EVENTS[event], collection, node, actor_id, at, values, key)


def tell(db: Session, news: News, people: Iterable[Identity]) -> list[int]:
    """Tell people, and return the ids of their notifications.

    Nobody is told of what they did themselves, or may not view; nor are they in a
    way they do not want, nor twice.
    """
    record = RECORDS[news.collection]
    told = [
        one.user_id
        for one in people
        if one.user_id != news.actor_id
        and holds(one, Permission.VIEW, record, news.node)
    ]
    if not told:
        return []
    chosen = choices(db, news.event, told)
    rows = [
        row(news, user_id, *chosen[user_id])
        for user_id in told
        if chosen[user_id] != (False, NEVER)
    ]
    return add(db, news, rows) if rows else []


def add(db: Session, news: News, rows: list[dict[str, Any]]) -> list[int]:
    """Store notifications and ask for their mails; return the ids of new ones."""
    once = adding(db.get_bind().dialect.name)
    stored = db.connection().execute(once, rows).all()
    at_once = [found.id for found in stored if found.mail == AT_ONCE]
    if at_once:
        payload = {"ids": sorted(at_once)}
        key = f"{MAIL_AT_ONCE}:{min(at_once)}"
        enqueue(db, MAIL_AT_ONCE, payload, dedupe_key=key, at=news.at)
    return sorted(found.id for found in stored)


@cache
def adding(dialect: str) -> Any:
    """Return the statement that stores notifications once; made once."""
    new = INSERTS[dialect](Notification.__table__)
    once = new.on_conflict_do_nothing(index_elements=[Notification.dedupe_key])
    return once.returning(Notification.id, Notification.mail)


def row(news: News, user_id: int, bell: bool, mail: str) -> dict[str, Any]:
    """Return the columns of one person's notification."""
    values = {name: quoted(value) for name, value in news.values.items()}
    return {
        "recipient_id": user_id,
        "event": news.event.name,
        "collection": news.collection,
        "record_id": news.node.id,
        "actor_id": news.actor_id,
        "at": news.at,
        "text": json.dumps(packed(news.event.said % values)),
        "bell": bell,
        "mail": mail,
        "dedupe_key": f"{news.key}:{user_id}",
    }


def quoted(value: Any) -> Any:
    """Return a value that is not too long, on one line; what is marked stays so."""
    if type(value) is not str:
        return value
    line = " ".join(value.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def choices(
    db: Session, event: Event, user_ids: Iterable[int]
) -> dict[int, tuple[bool, str]]:
    """Return how each of these users wants to be told of an event."""
    found = dict.fromkeys(user_ids, (event.bell, event.mail))
    asked = {"event": event.name, "user_ids": list(found)}
    for user_id, bell, mail in db.connection().execute(CHOSEN, asked):
        found[user_id] = bell, mail
    return found
