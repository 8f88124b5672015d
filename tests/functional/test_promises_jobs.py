"""Promise F9, with real processes: killed at random, every effect happens once."""

import json
import random
import time

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.db import Base, make_engine
from endi_like.models.jobs import Job, WorkerPulse
from endi_like.services.jobs import enqueue
from tests import crew
from tests.conftest import own_database
from tests.factories import lay_foundations

JOBS = 3000
KILLS = 5
PATIENCE, SOON = 240, 30
NOT_DONE = Job.state != "done"
KINDS = ["sqlite", "postgresql", "postgresql-redis", "postgresql-rabbitmq"]


@pytest.fixture(params=KINDS)
def works(request, tmp_path):
    """Return the database, the folder and the broker that the workers share."""
    kind, _dash, broker = request.param.partition("-")
    url = f"sqlite:///{tmp_path}/crew.sqlite"
    if kind == "postgresql":
        url = own_database(request.getfixturevalue("postgres_url"), "crew")
    address = request.getfixturevalue(f"{broker}_url") if broker else ""
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    crew.EFFECT.create(engine)
    with Session(engine) as db, db.begin():
        lay_foundations(db)
    yield engine, url, tmp_path, address
    engine.dispose()


def ask(engine):
    """Ask for all the jobs, and for as many again that are rolled back."""
    now = utcnow()
    with Session(engine) as db:
        for number in range(JOBS):
            enqueue(
                db, "mark", {"number": -number}, dedupe_key=f"mark:-{number}", at=now
            )
        db.rollback()
        for number in range(JOBS):
            enqueue(db, "mark", {"number": number}, dedupe_key=f"mark:{number}", at=now)
        db.commit()


def left(engine):
    """Return how many jobs are not done; what failed need not wait ten seconds."""
    with Session(engine.execution_options(read_only=True)) as db:
        undone = db.scalar(select(func.count()).where(NOT_DONE))
        failed = db.scalar(select(func.count()).where(Job.failures > 0, NOT_DONE))
    if undone and undone == failed:
        with Session(engine) as db, db.begin():
            waiting = update(Job).where(Job.state == "waiting")
            db.execute(waiting.values(run_after=Job.created_at))
    return undone


def in_hand(engine):
    """Return which jobs are being done, and at which attempt, but those that fail."""
    with Session(engine) as db:
        query = select(Job.payload, Job.attempts).where(Job.state == "running")
        found = {json.loads(one)["number"]: n for one, n in db.execute(query)}
    return {number: n for number, n in found.items() if number % crew.FAILS_AT}


def attempts_at(db):
    """Return how often each job was begun."""
    found = db.execute(select(Job.payload, Job.attempts))
    return {json.loads(payload)["number"]: n for payload, n in found}


def test_F9_workers_killed_at_random_do_everything_once_and_leave_nothing(works):
    engine, url, folder, broker = works
    ask(engine)
    dice = random.Random(9)  # noqa: S311
    hired = [crew.hire(url, folder, broker) for _ in range(2)]
    until, killed, interrupted = time.monotonic() + PATIENCE, set(), {}
    try:
        while (open_ones := left(engine)) and time.monotonic() < until:
            time.sleep(dice.uniform(0.5, 1.0))
            if len(killed) < KILLS and open_ones < JOBS:
                at = dice.randrange(2)
                hired[at].kill()
                hired[at].wait(SOON)
                killed.add(str(hired[at].pid))
                interrupted.update(in_hand(engine))
                hired[at] = crew.hire(url, folder, broker)
    finally:
        for process in hired:
            process.terminate()
            process.wait(SOON)
    with Session(engine) as db:
        numbers = sorted(db.scalars(select(crew.EFFECT.c.number)))
        states = set(db.scalars(select(Job.state)))
        pulses = {name.split(":")[-2] for name in db.scalars(select(WorkerPulse.name))}
        attempts = attempts_at(db)
    assert numbers == list(range(JOBS))
    assert states == {"done"}
    assert pulses <= killed, "whoever ended as told says so"
    assert len(killed) == KILLS
    again = {one for one, attempt in interrupted.items() if attempts[one] > attempt}
    assert again, "somebody was killed over a job"
