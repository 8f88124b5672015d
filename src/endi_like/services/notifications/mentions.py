"""Who is named in a text: ``@claire`` is the user of that login."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from endi_like.models.notifications import Notification
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services.beside import Signature
from endi_like.services.notifications.documents import called, name_of_actor
from endi_like.services.notifications.events import MENTION
from endi_like.services.notifications.telling import happened, tell
from endi_like.services.rights.asking import BY_LOGIN, holds, identities
from endi_like.services.rights.tables import RECORDS, name_of
from endi_like.services.users import login_key

NAMED = re.compile(r"(?<![\w@.+-])@([^\s@,;:!?()\[\]<>\"“”«»]+)")
AFTER_NAME = ".'’*_-/"
"""Signs that may follow a login without a blank, and be part of it as well."""

MOST_NAMED = 50


def names(text: str) -> list[str]:
    """Return the logins that a text may mean, each once.

    An address such as ``claire@example.org`` names nobody.
    """
    found: dict[str, None] = {}
    for match in NAMED.finditer(text):
        name = match[1]
        found[login_key(name)] = None
        found[login_key(name.rstrip(AFTER_NAME))] = None
    return [name for name in found if name][: 2 * MOST_NAMED]


def mentions(db: Session, text: str, node: Any) -> list[Identity]:
    """Return the active users a text names who may view the record it is on."""
    named = names(text)
    if not named:
        return []
    record = RECORDS[name_of(node)]
    people = identities(db, BY_LOGIN, logins=named)
    return [one for one in people if holds(one, Permission.VIEW, record, node)]


def tell_mentioned(
    db: Session,
    people: list[Identity],
    text: str,
    node: Any,
    by: Signature,
    *,
    key: str,
) -> list[int]:
    """Tell people that a text on a record names them.

    ``key`` is what names the text: whoever was told of it is not told again when it is
    changed.
    """
    if not people:
        return []
    actor = name_of_actor(db, by.actor_id, people)
    values = {"actor": actor, "record": called(node), "text": text}
    news = happened(MENTION, node, by.at, by.actor_id, **values)
    return tell(db, replace(news, key=f"{MENTION}:{key}"), people)


def take_back(db: Session, key: str) -> None:
    """Take a text back from those it names who have not read it, nor by mail.

    They are told when it is there again; whoever has read it is not told twice, and
    does not see it meanwhile.
    """
    unheard = (
        Notification.event == MENTION,
        Notification.dedupe_key.startswith(f"{MENTION}:{key}:", autoescape=True),
        Notification.read_at.is_(None),
        Notification.mailed_at.is_(None),
    )
    db.execute(delete(Notification).where(*unheard))
