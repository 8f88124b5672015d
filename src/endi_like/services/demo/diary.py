"""A clock that walks through two years, and what happens on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from itertools import count
from typing import TypeAlias

from sqlalchemy.orm import Session

from endi_like.services.effects import EFFECTS
from endi_like.services.journal import sign
from endi_like.services.transitions import Transitions

Event: TypeAlias = Callable[[], None]


class Diary:
    """What is to happen when and by whom; ``live`` makes it happen, up to the end."""

    def __init__(self, db: Session, *, begin: dt.date, end: dt.date) -> None:
        self.db = db
        self.begin = begin
        self.now = at(begin)
        self.end = at(end)
        self.actor_id: int | None = None
        self.serial = count()
        self.events: list[tuple[dt.datetime, int, int, Event]] = []

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Have the session signed by whoever acts at the time of the diary."""
        sign(self.db, author=lambda: self.actor_id, clock=lambda: self.now)
        yield
        self.db.flush()

    def note(self, moment: dt.datetime, actor_id: int, event: Event) -> None:
        """Write down what somebody is going to do; it may be noted on the way."""
        heappush(self.events, (moment, next(self.serial), actor_id, event))

    def live(self) -> None:
        """Let everything happen in its order; what is after the end never does."""
        while self.events and self.events[0][0] < self.end:
            self.now, _serial, self.actor_id, event = heappop(self.events)
            event()

    @property
    def transitions(self) -> Transitions:
        """Return what moves documents in the name of whoever acts now."""
        return Transitions(
            self.db,
            actor_id=self.actor_id,
            clock=lambda: self.now,
            effects=EFFECTS,
        )


def at(day: dt.date, hour: int = 0, minute: int = 0, second: int = 0) -> dt.datetime:
    """Return a moment of a day."""
    return dt.datetime(
        day.year, day.month, day.day, hour, minute, second, tzinfo=dt.UTC
    )
