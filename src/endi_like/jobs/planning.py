"""What is due by the clock: asked for once for each period, by whoever is first."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from endi_like.db import reading
from endi_like.models.jobs import Schedule, ScheduledRun
from endi_like.models.notifications import NEVER
from endi_like.models.organisation import Organisation
from endi_like.services import righting, schedules
from endi_like.services.notifications import watching
from endi_like.services.notifications.events import EVENTS, RUN_MISSED
from endi_like.services.notifications.telling import choices
from endi_like.services.rights.asking import insiders
from endi_like.services.schedules import Plan

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=20)


def is_wanted(db: Session, event: str) -> bool:
    """Tell whether somebody may be told of an event, and wants to be."""
    found = EVENTS[event]
    people = [one.user_id for one in insiders(db, None) if found.concerns(one)]
    return any(way != (False, NEVER) for way in choices(db, found, people).values())


class Planner:
    """Asks for scheduled jobs; looks into the database only now and then."""

    def __init__(self, engine: Engine, plans: Mapping[str, Plan]) -> None:
        self.engine = engine
        self.looking = reading(engine)
        self.plans = plans
        self.looked_at: datetime | None = None

    def ask_for_due(self, now: datetime) -> None:
        """Ask for what is due; whoever comes second asks in vain.

        An administrator's change, and a clock that was put back, are noticed within
        twenty seconds; what one that was ahead has left behind is put right.
        """
        if self.looked_at and abs(now - self.looked_at) < LOOK_AGAIN:
            return
        self.looked_at = now
        with Session(self.looking) as db:
            missing = self.plans.keys() - set(db.scalars(select(Schedule.name)))
            ahead = righting.ahead(db, now)
        if ahead:
            log.warning("the clock was ahead: what it has put off is due now")
            with Session(self.engine) as db, db.begin():
                righting.put_right(db, now)
        if missing:
            with Session(self.engine) as db, db.begin():
                schedules.make_known(db, sorted(missing), now)
        with Session(self.looking) as db:
            zone = db.scalar(select(Organisation.time_zone)) or "UTC"
            found = list(schedules.all_due(db, now, zone, self.plans))
        for schedule, period, missed in found:
            with Session(self.engine) as db, db.begin():
                run_id = schedules.ask(db, schedule, period, now, missed=missed)
                if run_id and missed:
                    log.warning("%s has missed %s runs", schedule.name, missed)
                if run_id and now - period > watching.GRACE:
                    # another worker may have done it before anybody looks for it
                    watching.run_missed(db, db.get_one(ScheduledRun, run_id), now)
        self.tell_of_late(now)

    def tell_of_late(self, now: datetime) -> None:
        """Tell administrators of runs that have not ended in time.

        What nobody wants to be told of stays untold, and is found again each time: so
        nothing is written before somebody is found who wants it.
        """
        with Session(self.looking) as db:
            if not (watching.late_runs(db, now) and is_wanted(db, RUN_MISSED)):
                return
        with Session(self.engine) as db, db.begin():
            for run in watching.late_runs(db, now):
                watching.run_missed(db, run, now)
