"""A worker's pulse keeps what it has, whatever goes wrong beside it."""

from threading import Event

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.jobs.worker import Worker
from endi_like.models.jobs import Job, Schedule, ScheduledRun
from endi_like.services import jobs as queue
from endi_like.services import schedules, tidying
from tests.factories import NOW


@pytest.fixture
def worker(engine, settings, clock):
    return Worker(engine, {}, settings=settings, clock=clock)


def ask(engine, name="note", **columns):
    with Session(engine) as db, db.begin():
        queue.enqueue(db, name, {}, dedupe_key=name, at=NOW, **columns)


def only(engine, model=Job):
    with Session(engine) as db:
        return db.scalars(select(model)).one()


def kill_workers(worker, clock):
    """Have the job that is due kill as many workers as it may."""
    for _ in range(queue.MOST_FAILURES):
        assert worker.take()
        clock.advance(hours=1)


class Rounds(Event):
    """Ends a thread when it has gone round so often."""

    def __init__(self, most):
        super().__init__()
        self.left = most

    def wait(self, _timeout=None):
        self.left -= 1
        if not self.left:
            self.set()
        return self.is_set()


def test_an_error_nobody_foresaw_ends_no_pulse(worker, monkeypatch, caplog):
    beats = []

    def trip():
        beats.append(len(beats))
        raise KeyError("unheard of")

    monkeypatch.setattr(worker.pulse, "beat", trip)
    worker.pulse.run(Rounds(2))
    assert beats == [0, 1]
    assert "unheard of" in caplog.text


def test_leases_are_kept_also_when_nobody_can_be_told_of_what_was_given_up(
    engine, worker, clock, monkeypatch
):
    ask(engine, "deadly")
    kill_workers(worker, clock)
    ask(engine, "long")
    with Session(engine) as db:
        deadly = db.scalars(select(Job.id).where(Job.name == "deadly")).one()
        long = db.scalars(select(Job).where(Job.name == "long")).one()
    with Session(engine) as db, db.begin():
        db.get_one(Job, long.id).leased_until = clock()
        db.get_one(Job, long.id).state = "running"
    worker.pulse.keep(queue.Claim(long.id, "long", {}, long.attempts))

    def fail(*_about):
        raise LookupError("nobody to tell")

    monkeypatch.setattr("endi_like.services.notifications.watching.job_failed", fail)
    worker.pulse.run(Rounds(1))
    with Session(engine) as db:
        assert db.get_one(Job, long.id).leased_until > clock()
        assert db.get_one(Job, deadly).state == "running", "it is given up once told of"


def test_a_run_that_kills_its_workers_is_closed_when_it_is_given_up(
    engine, worker, clock
):
    with Session(engine) as db, db.begin():
        schedules.make_known(db, ["tidy"], NOW)
        schedule = db.scalars(select(Schedule)).one()
        run_id = schedules.ask(db, schedule, NOW, NOW)
        schedules.begin(db, run_id, NOW)
    kill_workers(worker, clock)
    worker.pulse.give_up_deadly()
    run = only(engine, ScheduledRun)
    assert (run.state, run.ended_at, run.errors) == ("failed", clock(), 1)
    assert tidying.WORKER_DIED in run.report
    assert only(engine).state == "failed"


def test_what_has_killed_its_workers_too_often_is_taken_by_nobody_more(
    engine, worker, clock
):
    ask(engine, "deadly")
    kill_workers(worker, clock)
    assert worker.take() == [], "a worker may look before any pulse gives it up"
    worker.pulse.give_up_deadly()
    assert only(engine).state == "failed"
