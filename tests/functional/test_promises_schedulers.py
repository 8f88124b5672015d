"""F9: schedulers in several processes look at once, and each period has one run."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from endi_like.models.jobs import Job, Schedule, ScheduledRun
from tests.processes import in_session
from tests.scheduling import PLANS, look_at_once

BEGIN = datetime(2026, 3, 10, 12, 0, 30, tzinfo=UTC)
SCHEDULERS = 3
MINUTES = 20
PUT_BACK = 8


def runs(db):
    """Return how often each period of each job has a run, and what it waits for."""
    rows = db.execute(
        select(Schedule.name, ScheduledRun.period).join(
            Schedule, Schedule.id == ScheduledRun.schedule_id
        )
    ).all()
    return Counter(tuple(row) for row in rows), db.query(Job).count()


def test_F9_schedulers_that_look_at_once_ask_once(place):
    """Each minute all of them look; the clock is put back once in between."""
    forward = [BEGIN + timedelta(minutes=one) for one in range(MINUTES + 1)]
    again = forward[MINUTES - PUT_BACK :]

    look_at_once(place.database_url, forward + again, SCHEDULERS)

    found, jobs = in_session(place, runs)
    assert set(found.values()) == {1}
    by_name = Counter(name for name, _period in found)
    assert by_name == {"job0": 20, "job1": 10, "job2": 1}
    assert by_name.keys() == PLANS.keys()
    assert jobs == sum(by_name.values())
