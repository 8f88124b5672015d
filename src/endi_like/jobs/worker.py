"""The worker: takes jobs one by one, for as long as it is not told to stop."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from threading import Event, Thread
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError
from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.jobs.core import Registered
from endi_like.jobs.doing import Doer
from endi_like.jobs.planning import Planner
from endi_like.services import jobs as queue
from endi_like.services import pulses
from endi_like.settings import Settings

log = logging.getLogger(__name__)

PAUSE = 1.0
AFTER_TROUBLE = 10.0
BEAT = 15.0


class Worker:
    """Does the work of the queue, each job in a transaction of its own."""

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
        self.doer = Doer(engine, known, settings=settings, clock=clock)
        plans = {name: one.plan for name, one in known.items() if one.plan}
        self.planner = Planner(engine, plans)
        self.name = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:6]}"
        self.in_hand: queue.Claim | None = None

    def run(self, stopping: Event) -> None:
        """Work until told to stop; a job that has begun is finished first."""
        ended = Event()
        beating = Thread(target=self._keep_beating, args=(ended,), daemon=True)
        beating.start()
        while not stopping.is_set():
            pause = PAUSE
            try:
                self.planner.ask_for_due(self.clock())
                if self.run_one():
                    continue
            except (DBAPIError, TimeoutError) as error:
                log.warning("the database does not answer: %s", error)
                pause = AFTER_TROUBLE
            except Exception:  # a worker that ended would end in silence
                log.exception("the worker goes on after an error")
                pause = AFTER_TROUBLE
            self.doer.mailer.rest()
            stopping.wait(pause)
        self.doer.mailer.rest(0)
        ended.set()
        beating.join()

    def run_one(self) -> bool:
        """Run one job that is due; tell whether there was one."""
        with self.doer.look() as db:
            if not queue.anything_due(db, self.clock()):
                return False
        taken = self.take()
        if taken is None:
            return False
        self.in_hand = taken
        try:
            self.doer.do(taken)
        finally:
            self.in_hand = None
        return True

    def take(self) -> queue.Claim | None:
        """Take a job that is due, if nobody else is faster."""
        try:
            with Session(self.engine) as db, db.begin():
                return queue.claim(db, self.clock())
        except IntegrityError:  # another worker has just begun what runs alone
            return None

    def beat(self) -> None:
        """Say that this worker is there, and keep the job it has in hand."""
        taken, now = self.in_hand, self.clock()
        with Session(self.engine) as db, db.begin():
            pulses.beat(db, self.name, now)
            if taken:
                queue.keep_lease(db, taken, now)

    def _keep_beating(self, ended: Event) -> None:
        while not ended.is_set():
            try:
                self.beat()
            except (DBAPIError, TimeoutError) as error:
                log.warning("no pulse: %s", error)
            ended.wait(BEAT)
        with suppress(DBAPIError, TimeoutError), Session(self.engine) as db, db.begin():
            pulses.end(db, self.name)
