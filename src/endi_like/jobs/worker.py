"""The worker: takes jobs one by one, for as long as it is not told to stop."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from threading import Event, Thread
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError
from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.faults import trouble
from endi_like.jobs.core import Registered
from endi_like.jobs.doing import Doer
from endi_like.jobs.planning import Planner
from endi_like.jobs.pulse import Pulse
from endi_like.services import jobs as queue
from endi_like.settings import Settings

log = logging.getLogger(__name__)

PAUSE = 1.0
AFTER_TROUBLE = 10.0
LONGEST_PAUSE = 60.0
AWAY = (DBAPIError, TimeoutError)
"""What is raised when the database does not answer."""


class Away(Exception):
    """Whoever work is handed to does not answer, and says why."""


class Worker:
    """Does the work of the queue, each job in a transaction of its own.

    ``at_once`` is how many jobs it takes together, when none of them was tried before.
    """

    at_once = 10

    def __init__(
        self,
        engine: Engine,
        known: Mapping[str, Registered],
        *,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.lease = timedelta(seconds=settings.job_lease)
        self.doer = Doer(engine, known, settings=settings, clock=clock)
        plans = {name: one.plan for name, one in known.items() if one.plan}
        self.planner = Planner(engine, plans)
        name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
        self.pulse = Pulse(name, engine, clock, self.lease)
        self.stopping = Event()
        self.in_vain = AFTER_TROUBLE

    def run(self, stopping: Event) -> None:
        """Work until told to stop; a job that has begun is finished first."""
        ended = Event()
        beating = Thread(target=self.pulse.run, args=(ended,), daemon=True)
        beating.start()
        self.stopping = stopping
        while not stopping.is_set():
            if pause := self.step():
                self.doer.mailer.rest()
                stopping.wait(pause)
        self.finish()
        self.doer.mailer.rest(0)
        ended.set()
        beating.join()

    def step(self) -> float:
        """Do what is due; return how many seconds to rest then."""
        try:
            self.planner.ask_for_due(self.clock())
            if self.run_one():
                self.in_vain = AFTER_TROUBLE
                return 0
        except Away as error:
            pause, self.in_vain = self.in_vain, min(2 * self.in_vain, LONGEST_PAUSE)
            log.warning("trying again in %.0f seconds: %s", pause, error)
            return pause
        except AWAY as error:
            log.warning("%s: %s", trouble(error), error)
            return AFTER_TROUBLE
        except Exception:  # a worker that ended would end in silence
            log.exception("the worker goes on after an error")
            return AFTER_TROUBLE
        return PAUSE

    def finish(self) -> None:
        """Wait for what others do for this worker; override if there are any."""

    def run_one(self) -> bool:
        """Take what is due and do it; tell whether there was anything."""
        with self.doer.look() as db:
            if not self.may_take(db):
                return False
        taken = self.take(self.at_once)
        if not taken:
            return False
        for one in taken:
            self.pulse.keep(one)
        while taken and not self.stopping.is_set():
            try:
                self.hand_over(taken[0])
            except BaseException:
                self.leave(taken)
                raise
            taken = taken[1:]
        self.leave(taken)
        return True

    def may_take(self, db: Session) -> bool:
        """Tell whether there is something to take; override to take less."""
        return queue.anything_due(db, self.clock())

    def take(self, most: int = 1) -> list[queue.Claim]:
        """Take jobs that are due, if nobody else is faster."""
        try:
            with Session(self.engine) as db, db.begin():
                return queue.claim(db, self.clock(), self.lease, most)
        except IntegrityError:  # another worker has just begun what runs alone
            return []

    def leave(self, taken: Sequence[queue.Claim]) -> None:
        """Leave jobs to others: at once, or when their leases have ended."""
        for one in taken:
            self.pulse.let_go(one)
            with suppress(queue.LostLease, *AWAY), Session(self.engine) as db:
                queue.give_back(db, one)
                db.commit()

    def hand_over(self, taken: queue.Claim) -> None:
        """Do the job; override to have somebody else do it."""
        self.doer.do(taken)
        self.pulse.let_go(taken)
