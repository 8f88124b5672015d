"""How one job is done: in a transaction of its own, and what became of it."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.db import reading
from endi_like.faults import AWAY, FULL, kind_of, trouble
from endi_like.jobs.core import Postpone, Registered, Work
from endi_like.jobs.giving_up import close_run, given_up
from endi_like.logs import belonging_to
from endi_like.services import jobs as queue
from endi_like.services import schedules
from endi_like.services.journal import sign
from endi_like.services.mail.smtp import Mailer
from endi_like.services.notifications import watching
from endi_like.settings import Settings

log = logging.getLogger(__name__)


class Doer:
    """Does the jobs that were taken from the queue, one in each thread."""

    def __init__(
        self,
        engine: Engine,
        known: Mapping[str, Registered],
        *,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self.engine = engine
        self.looking = reading(engine)
        self.known = known
        self.settings = settings
        self.clock = clock
        self.mailer = Mailer(settings)

    def look(self) -> Session:
        """Return a session that only reads."""
        return Session(self.looking)

    def do(self, taken: queue.Claim) -> None:
        """Do a job; write down that it is done, or when it is to be tried again."""
        with belonging_to(job_id=taken.id, job=taken.name):
            self._do(taken)

    def _do(self, taken: queue.Claim) -> None:
        try:
            work = self._run(taken)
        except queue.LostLease as lost:
            log.warning("finished by another worker: %s", lost)
        except Postpone as later:
            until, why = self.clock() + later.pause, str(later)
            self._note(queue.postpone, taken, until, why)
        except Exception as error:
            self._tell(taken, error)
            self._note(self._fail, taken, str(error), traceback.format_exc())
        else:
            for after in () if work.dry_run else work.afterwards:
                self._do_after(taken, after)

    def _tell(self, taken: queue.Claim, error: Exception) -> None:
        """Log that a job has failed; a busy database is no mistake of ours."""
        if kind_of(error) in (AWAY, FULL):
            log.warning("job %s: %s: %s", taken.id, trouble(error), error)
        else:
            log.exception("job %s (%s) has failed", taken.id, taken.name)

    def _run(self, taken: queue.Claim) -> Work:
        """Run the job; what it wrote and that it is done are one transaction."""
        found = self.known[taken.name]
        with Session(self.engine) as db:
            sign(db, author=lambda: None, clock=self.clock)
            work = Work(db, self.look, self.settings, self.clock, self.mailer)
            values = taken.payload
            if found.plan:
                work, values = self._begin(taken, work, found.plan)
            found.run(work, **values)
            if work.dry_run:
                db.rollback()
            if found.plan:
                run_id = taken.payload["run_id"]
                schedules.close(db, run_id, work.report, self.clock(), "done")
                self._tell_errors(db, taken, work)
            queue.finish(db, taken, self.clock())
            db.commit()
        return work

    def _begin(
        self, taken: queue.Claim, work: Work, plan: schedules.Plan
    ) -> tuple[Work, dict[str, Any]]:
        """Write down that a run has begun; return the work and its parameters."""
        run_id = taken.payload["run_id"]
        with Session(self.engine) as db, db.begin():
            stored, dry = schedules.parameters(db, run_id)
            schedules.begin(db, run_id, self.clock())
        values = plan.parameters().deserialize(stored) if plan.parameters else {}
        return replace(work, dry_run=dry), values

    def _tell_errors(self, db: Session, taken: queue.Claim, work: Work) -> None:
        """Tell administrators of a run that has ended with errors."""
        number = work.report.counts["error"]
        if number and not work.dry_run:
            watching.errors_in(db, taken.payload["run_id"], number, self.clock())

    def _do_after(self, taken: queue.Claim, after: Callable[[Session], None]) -> None:
        """Do what follows a job; the job is done, whatever becomes of this."""
        try:
            with self.look() as db:
                after(db)
        except Exception:
            log.exception("what follows job %s (%s) failed", taken.id, taken.name)

    def _fail(self, db: Session, taken: queue.Claim, said: str, told: str) -> None:
        now = self.clock()
        found = self.known.get(taken.name)
        if queue.fail(db, taken, told, now):
            given_up(db, taken.id, said, now)
        elif found and found.plan:
            run_id = taken.payload["run_id"]
            close_run(db, run_id, taken.name, said, now, "waiting")

    def _note(self, what: Callable[..., object], *about: Any) -> None:
        """Write down what became of a job, in a transaction of its own."""
        try:
            with Session(self.engine) as db, db.begin():
                what(db, *about)
        except queue.LostLease as lost:
            log.warning("taken over by another worker: %s", lost)
