"""How users want to be told: what they have chosen, and what is usual."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from endi_like.models.notifications import NotificationChoice
from endi_like.principals import Identity
from endi_like.services.notifications.events import ALL, Event

Way = tuple[bool, str]
"""Whether the bell says it, and when it comes by mail."""


def events_for(identity: Identity) -> list[Event]:
    """Return the events that may concern somebody, in their order."""
    return [event for event in ALL if event.concerns(identity)]


def ways(db: Session, user_id: int) -> dict[str, Way]:
    """Return how a user is told of each event."""
    found = {event.name: (event.bell, event.mail) for event in ALL}
    choice = NotificationChoice
    mine = select(choice.event, choice.bell, choice.mail).where(
        choice.user_id == user_id
    )
    for name, bell, mail in db.execute(mine):
        found[name] = bell, mail
    return found


def choose(db: Session, user_id: int, chosen: Mapping[str, Way]) -> None:
    """Keep what a user chooses; what is usual needs no row, and follows the code."""
    usual = {event.name: (event.bell, event.mail) for event in ALL}
    mine = delete(NotificationChoice).where(
        NotificationChoice.user_id == user_id, NotificationChoice.event.in_(chosen)
    )
    db.execute(mine)
    db.add_all(
        NotificationChoice(user_id=user_id, event=name, bell=way[0], mail=way[1])
        for name, way in chosen.items()
        if way != usual[name]
    )
    db.flush()
