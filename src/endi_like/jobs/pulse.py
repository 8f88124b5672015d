"""The pulse of a worker: a thread that says it is there, and keeps what it has."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.jobs.giving_up import given_up
from endi_like.services import jobs as queue
from endi_like.services import pulses, tidying

log = logging.getLogger(__name__)

LONGEST_BEAT = 15.0
FOR_EVER = timedelta(days=365)


class Pulse:
    """Says every few seconds that a worker is there, and renews its leases."""

    def __init__(
        self, name: str, engine: Engine, clock: Clock, lease: timedelta
    ) -> None:
        self.name = name
        self.engine = engine
        self.clock = clock
        self.lease = lease
        self.kept: dict[tuple[int, int], tuple[queue.Claim, datetime]] = {}

    def keep(self, taken: queue.Claim, most: timedelta = FOR_EVER) -> None:
        """Renew the lease of a job from now on, at most so long."""
        self.kept[taken.id, taken.attempt] = taken, self.clock() + most

    def let_go(self, taken: queue.Claim) -> None:
        """Renew the lease of this attempt at a job no longer."""
        self.kept.pop((taken.id, taken.attempt), None)

    def run(self, ended: Event) -> None:
        """Beat until the worker has ended; no error ends it before."""
        pause = min(LONGEST_BEAT, self.lease.total_seconds() / 4)
        while not ended.is_set():
            self.attempt(self.beat)
            self.attempt(self.give_up_deadly)
            ended.wait(pause)
        self.attempt(self.end)

    def attempt(self, step: Callable[[], None]) -> None:
        """Do one step; a pulse that ended in silence would lose every lease."""
        try:
            step()
        except (DBAPIError, TimeoutError) as error:
            log.warning("no pulse: %s", error)
        except Exception:
            log.exception("the pulse goes on after an error")

    def beat(self) -> None:
        """Say that the worker is there, and keep the jobs it has."""
        now = self.clock()
        with Session(self.engine) as db, db.begin():
            for taken, until in list(self.kept.values()):
                held = now < until and queue.keep_lease(db, taken, now, self.lease)
                if not held:
                    self.let_go(taken)
            pulses.beat(db, self.name, now)

    def give_up_deadly(self) -> None:
        """Give up what has killed its workers too often, and tell administrators."""
        now = self.clock()
        with Session(self.engine) as db, db.begin():
            for job_id in tidying.give_up_deadly(db, now):
                given_up(db, job_id, tidying.WORKER_DIED, now)

    def end(self) -> None:
        """Say that the worker has ended as it should."""
        with Session(self.engine) as db, db.begin():
            pulses.end(db, self.name)
