"""Telling people of what becomes of documents: effects of actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.history import StatusLogEntry
from endi_like.models.notifications import Notification
from endi_like.models.people import User
from endi_like.models.sales import Invoice, Task
from endi_like.models.types import Instant
from endi_like.principals import Identity
from endi_like.services.notifications import events
from endi_like.services.notifications.telling import happened, tell
from endi_like.services.rights.asking import insiders
from endi_like.services.rights.tables import name_of
from endi_like.services.transitions import Effect, Effects, Transitions
from endi_like.workflow.core import Change

LOG: Any = StatusLogEntry.__table__
TOLD: Any = Notification.__table__

# Made once: to build them takes longer than to run them.
ASKED = select(LOG.c.actor_id).where(
    LOG.c.node_id == bindparam("node_id"), LOG.c.action == "submit"
)
READ = (
    update(TOLD)
    .where(
        TOLD.c.collection == bindparam("where"),
        TOLD.c.record_id == bindparam("node_id"),
        TOLD.c.event == events.SUBMITTED,
        TOLD.c.read_at.is_(None),
    )
    .values(read_at=bindparam("now", type_=Instant))
)


def telling(event: str) -> Effect:
    """Return the effect that tells whom it concerns of an action on a document."""

    def effect(node: Any, change: Change, transitions: Transitions) -> None:
        occurred(transitions, event, node, change.at, change.actor_id, change.comment)

    return effect


def occurred(
    moves: Transitions,
    event: str,
    node: Any,
    at: datetime,
    actor_id: int | None,
    reason: str = "",
) -> None:
    """Tell whom it concerns of what has happened to a document."""
    db = moves.db
    people = insiders(db, node.company_id)
    news = happened(
        event,
        node,
        at,
        actor_id,
        actor=name_of_actor(db, actor_id, people),
        record=called(node),
        reason=reason,
    )
    wrote = authors(db, node) if news.event.authors else frozenset()
    tell(db, news, [one for one in people if news.event.is_for(one, node, wrote)])


def called(node: Any) -> str:
    """Return how a record is called where its list is not at hand."""
    account = getattr(node, "account", None)
    if account is None:
        return str(node.title)
    values = {"name": node.title, "customer": account.name}
    return _("${name} (${customer})", mapping=values)


def name_of_actor(db: Session, actor_id: int | None, people: list[Identity]) -> str:
    """Return what whoever acts is called; nothing for the program itself."""
    known = next((one.name for one in people if one.user_id == actor_id), "")
    if known or actor_id is None:
        return known
    actor = db.get(User, actor_id)
    return actor.name if actor else ""


def authors(db: Session, node: Any) -> frozenset[int]:
    """Return who wrote a document or has asked for its validation."""
    asked = db.connection().scalars(ASKED, {"node_id": node.id})
    found = {node.created_by_id, *asked}
    return frozenset(one for one in found if one is not None)


def waits_no_more(node: Any, change: Change, transitions: Transitions) -> None:
    """Have those read it who were told that a document waits for them."""
    document = {"where": name_of(node), "node_id": node.id, "now": change.at}
    transitions.db.connection().execute(READ, document)


EFFECTS: Effects = {
    (Task, "submit"): (telling(events.SUBMITTED),),
    (Task, "reopen"): (waits_no_more,),
    (Task, "validate"): (waits_no_more, telling(events.VALIDATED)),
    (Task, "invalidate"): (waits_no_more, telling(events.INVALIDATED)),
    (Invoice, "settle"): (telling(events.RESULTED),),
}
