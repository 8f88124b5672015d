"""F9 by a wrong clock: real workers whose clock is set by ``libfaketime``.

It is set forward from moment to moment, over nights of 23 and of 25 hours and over a
29 February, and is put back by an hour.  One job is due at 2:30 every night in Paris;
another one is due each minute, and its runs tell which moments a worker has seen.
"""

from __future__ import annotations

import os
import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from endi_like.clock import utcnow
from endi_like.jobs import JOBS
from endi_like.models.jobs import Job, Schedule, ScheduledRun, WorkerPulse
from endi_like.services import schedules
from tests.deadlines import PATIENCE
from tests.functional.site import ini, install
from tests.processes import in_session
from tests.servers.http import COMMAND
from tests.servers.missing import leave_out

pytestmark = pytest.mark.nightly

NIGHTLY, EACH_MINUTE = "forget_old_forms", "forget_old_log_ins"
CRON = {NIGHTLY: "30 2 * * *", EACH_MINUTE: "* * * * *"}
WORKERS = 2
LITTLE = timedelta(seconds=4)
"""By then a worker has looked what is due."""

SETTINGS = "endi.job_lease = 4"
"""Seconds: a worker says four times as often what time it is."""

NIGHTS = {
    "an hour is skipped": (
        *("2026-03-29 00:29", "2026-03-29 00:59", "2026-03-29 01:05"),
        *("2026-03-29 01:31", "2026-03-29 03:00", "2026-03-30 00:29"),
        *("2026-03-30 00:31", "2026-03-30 01:31"),
    ),
    "an hour comes twice": (
        *("2026-10-25 00:29", "2026-10-25 00:31", "2026-10-25 01:05"),
        *("2026-10-25 01:29", "2026-10-25 01:31", "2026-10-25 03:00"),
        *("2026-10-26 00:31", "2026-10-26 01:29", "2026-10-26 01:31"),
    ),
    "29 February": (
        *("2028-02-28 01:31", "2028-02-29 01:29", "2028-02-29 01:31"),
        *("2028-02-29 23:59", "2028-03-01 00:01", "2028-03-01 01:31"),
    ),
}
EXPECTED = {
    "an hour is skipped": ["03-29 01:00", "03-30 00:30"],
    "an hour comes twice": ["10-25 00:30", "10-26 01:30"],
    "29 February": ["02-28 01:30", "02-29 01:30", "03-01 01:30"],
}


def at(text):
    """Return a moment of UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class WrongClock:
    """A clock that processes believe, by a file that says how wrong it is."""

    def __init__(self, folder):
        self.file = folder / "wrong-clock"
        found = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        if not found:
            leave_out("libfaketime", "install the Debian package faketime")
        self.environ = {
            "LD_PRELOAD": str(found[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            # to wait, and the age of files, have nothing to do with it
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }

    def set(self, moment):
        """Have it be that moment now; it goes on from there."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{(moment - utcnow()).total_seconds():+.3f}\n")
        new.replace(self.file)


@contextmanager
def workers(place, clock):
    """Have two workers at work that believe the clock."""
    path = place.folder / "endi.ini"
    path.write_text(ini(place, settings=SETTINGS))
    environ = {**os.environ, **clock.environ}
    with (place.folder / "printed").open("wb") as printed:
        found = [
            subprocess.Popen(
                [str(COMMAND), "worker", str(path)],
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=printed,
                env=environ,
            )
            for _ in range(WORKERS)
        ]
    try:
        yield
    finally:
        for process in found:
            process.terminate()
        assert [process.wait(PATIENCE) for process in found] == [0] * WORKERS


def begin_anew(db, moment):
    """Have two jobs be due, and nothing before a moment."""
    for model in (Job, ScheduledRun, WorkerPulse):
        db.execute(delete(model))
    schedules.make_known(db, list(JOBS), moment)
    db.execute(update(Schedule).values(enabled=False, counts_from=moment))
    for name, cron in CRON.items():
        mine = update(Schedule).where(Schedule.name == name)
        db.execute(mine.values(enabled=True, cron=cron))


def runs(db, name):
    """Return the period of each run of a job, and whether all runs are done."""
    wanted = select(ScheduledRun.period, ScheduledRun.state).join(Schedule)
    rows = db.execute(wanted.where(Schedule.name == name)).all()
    everything = set(db.scalars(select(ScheduledRun.state)))
    return sorted(row.period for row in rows), everything == {"done"}


def has_seen(db, moment):
    """Tell whether a worker has looked what is due at a moment, and has done it."""
    periods, are_done = runs(db, EACH_MINUTE)
    return are_done and moment in periods


def have_lived(db, moment):
    """Tell whether each worker says it is a little later than a moment, not an hour."""
    said = list(db.scalars(select(WorkerPulse.seen_at)))
    lived = [one for one in said if LITTLE <= one - moment < timedelta(minutes=30)]
    return len(lived) == WORKERS


def wait_until(place, what):
    """Wait until something is so in the database."""
    end = time.monotonic() + PATIENCE
    while not in_session(place, what):
        assert time.monotonic() < end, (place.folder / "printed").read_text()
        time.sleep(0.05)


def go_on(place, clock, moments):
    """Set the clock to one moment after the other, each when the last one was seen."""
    for text in moments:
        moment = at(text)
        clock.set(moment + timedelta(seconds=1))
        wait_until(place, partial(has_seen, moment=moment))


@pytest.fixture
def site(empty_place):
    """Return an installation, and a clock that is right so far."""
    if not (empty_place.folder / "endi.ini").exists():
        install(empty_place)
    return empty_place, WrongClock(empty_place.folder)


def nights(place):
    """Return for which periods the nightly job has run."""
    found, _done = in_session(place, partial(runs, name=NIGHTLY))
    return [period.strftime("%m-%d %H:%M") for period in found]


@pytest.mark.parametrize("night", NIGHTS)
def test_F9_workers_run_each_night_once_whatever_its_length(site, night):
    place, clock = site
    moments = NIGHTS[night]
    begin = at(moments[0]) - timedelta(minutes=2)
    in_session(place, partial(begin_anew, moment=begin))
    clock.set(begin)
    with workers(place, clock):
        go_on(place, clock, moments)
    assert nights(place) == EXPECTED[night]


def test_F9_workers_whose_clock_is_put_back_run_nothing_twice(site):
    place, clock = site
    begin, again = at("2026-03-11 01:00"), at("2026-03-11 00:31")
    in_session(place, partial(begin_anew, moment=begin))
    clock.set(begin)
    with workers(place, clock):
        go_on(place, clock, ["2026-03-11 01:20", "2026-03-11 01:31"])
        before = nights(place)
        clock.set(again)
        wait_until(place, partial(have_lived, moment=again))
        go_on(place, clock, ["2026-03-11 01:33", "2026-03-11 03:00"])
    assert before == nights(place) == ["03-11 01:30"]
