"""The worker: takes jobs one by one, for as long as it is not told to stop."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.jobs.core import Registered, Work
from endi_like.services import jobs as queue
from endi_like.services.journal import sign
from endi_like.settings import Settings

log = logging.getLogger(__name__)

PAUSE = 1.0
AFTER_TROUBLE = 10.0


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
        self.looking = engine.execution_options(read_only=True)
        self.known = known
        self.settings = settings
        self.clock = clock
        self.asked: set[str] = set()

    def run(self, stopping: Event) -> None:
        """Work until told to stop; a job that has begun is finished first."""
        while not stopping.is_set():
            pause = PAUSE
            try:
                self.ask_for_daily(self.clock())
                if self.run_one():
                    continue
            except (DBAPIError, TimeoutError) as error:
                log.warning("the database does not answer: %s", error)
                pause = AFTER_TROUBLE
            except Exception:  # a worker that ended would end in silence
                log.exception("the worker goes on after an error")
                pause = AFTER_TROUBLE
            stopping.wait(pause)

    def ask_for_daily(self, now: datetime) -> None:
        """Ask for what is to be done once a day; whoever comes second asks in vain."""
        keys = {one.due_key(now): one.name for one in self.known.values()}
        for key, name in keys.items():
            if key and key not in self.asked:
                with Session(self.engine) as db, db.begin():
                    queue.enqueue(db, name, {}, dedupe_key=key, at=now)
                self.asked.add(key)

    def run_one(self) -> bool:
        """Run one job that is due; tell whether there was one."""
        with self._look() as db:
            if not queue.anything_due(db, self.clock()):
                return False
        with Session(self.engine) as db, db.begin():
            taken = queue.claim(db, self.clock())
        if taken is None:
            return False
        try:
            self._do(taken)
        except queue.LostLease as error:
            log.warning("finished by another worker: %s", error)
        except Exception:
            log.exception("job %s (%s) has failed", taken.id, taken.name)
            self._note_failure(taken, traceback.format_exc())
        return True

    def _do(self, taken: queue.Claim) -> None:
        """Run the job; what it wrote and that it is done are one transaction."""
        found = self.known[taken.name]
        with Session(self.engine) as db, db.begin():
            sign(db, author=lambda: None, clock=self.clock)
            work = Work(db, self._look, self.settings, self.clock)
            found.run(work, **taken.payload)
            queue.finish(db, taken)
        for after in work.afterwards:
            self._do_after(taken, after)

    def _do_after(self, taken: queue.Claim, after: Callable[[Session], None]) -> None:
        """Do what follows a job; the job is done, whatever becomes of this."""
        try:
            with self._look() as db:
                after(db)
        except Exception:
            log.exception("what follows job %s (%s) failed", taken.id, taken.name)

    def _look(self) -> Session:
        return Session(self.looking)

    def _note_failure(self, taken: queue.Claim, error: str) -> None:
        try:
            with Session(self.engine) as db, db.begin():
                queue.fail(db, taken, error, self.clock())
        except queue.LostLease as lost:
            log.warning("taken over by another worker: %s", lost)
