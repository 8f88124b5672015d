"""F7, F8: mails leave if, and only if, they were committed, whoever dies meanwhile.

Real workers are killed at random moments, while the mail server refuses, hangs, dies
when it has got a mail, or is not there.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections import Counter
from contextlib import contextmanager

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.db import make_engine
from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.services.mail import Recipient, mailings, post
from endi_like.services.notifications.telling import MAIL_AT_ONCE
from tests.deadlines import all_end
from tests.factories import make_user, signed
from tests.functional.delivering import VALUES
from tests.functional.site import ini, install
from tests.servers.http import COMMAND
from tests.servers.smtp import YES, mail_server

TRANSACTIONS = 500
KILLS = 10
RECIPIENTS, RESUMES = 1000, 3
LIFE, PATIENCE = 5.0, 200

SETTINGS = """
endi.url = https://office.example.org
endi.mail_from = office@horizon.example
endi.mail_rate = 0
endi.smtp_host = 127.0.0.1
endi.smtp_port = {port}
endi.smtp_security = none
endi.smtp_timeout = 1
"""


@pytest.fixture
def server():
    with mail_server() as server:
        yield server


@pytest.fixture
def place(empty_place, server):
    """Return an installation that knows the mail server."""
    path = empty_place.folder / "endi.ini"
    if not path.exists():
        install(empty_place)
    path.write_text(ini(empty_place, settings=SETTINGS.format(port=server.port)))
    return empty_place


@pytest.fixture
def engine(place):
    engine = make_engine(place.database_url)
    with Session(engine) as db, db.begin():
        for model in (Job, OutgoingMail):
            db.query(model).delete()
    yield engine
    engine.dispose()


@contextmanager
def working(place):
    """Run a worker, and take its power away at the end."""
    process = subprocess.Popen(
        [str(COMMAND), "worker", str(place.folder / "endi.ini")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def wake(engine):
    """Let the time pass until everything that waits is tried again."""
    with Session(engine) as db, db.begin():
        waiting = update(Job).where(Job.state == "waiting")
        db.execute(waiting.values(run_after=utcnow()))


def bury(engine):
    """Let the time pass until the leases of a dead worker have ended.

    Return which mails it had in hand.
    """
    mine = Job.state == "running"
    with Session(engine) as db, db.begin():
        mails = select(Job.payload).where(mine, Job.name == "send_mail")
        in_hand = set(db.scalars(mails))
        now = utcnow()
        db.execute(update(Job).where(mine).values(leased_until=now, failures=0))
    wake(engine)
    return in_hand


def wait_until(what, patience):
    end = time.monotonic() + patience
    while not what() and time.monotonic() < end:
        time.sleep(0.005)
    return what()


def all_sent(engine):
    with Session(engine) as db:
        waiting = select(OutgoingMail.id).where(OutgoingMail.state == "waiting")
        mails = db.scalar(waiting.limit(1)) is None
        jobs = select(Job.id).where(Job.state != "done", Job.name != "seal_log")
        mailing = jobs.where(Job.name.in_((mailings.POST, MAIL_AT_ONCE)))
        return mails and db.scalar(mailing.limit(1)) is None


def finish(place, engine):
    """Have a worker do the rest; what has to wait for a minute does not."""
    with working(place):
        for _second in range(PATIENCE):
            if wait_until(lambda: all_sent(engine), 1.0):
                return
            wake(engine)
    raise AssertionError("mails are left")


def write_on(engine, committed, rolled_back):
    """Be people: do something that posts a mail, and sometimes not commit it."""
    for number in range(TRANSACTIONS):
        key = f"mail {number}"
        with Session(engine) as db:
            post(
                signed(db, utcnow),
                "welcome",
                to=Recipient(f"someone{number}@example.org", "", "en"),
                values=VALUES,
                dedupe_key=key,
                at=utcnow(),
            )
            if number * 7 % 10 < 3:
                db.rollback()
                rolled_back.append(f"someone{number}@example.org")
                continue
            db.commit()
        committed.append(f"someone{number}@example.org")


MOODS = {
    "well": lambda _number: YES,
    "later": lambda number: YES if number % 3 else "451 Try again later",
    "dies": lambda number: YES if number % 7 else "die",
    "hangs": lambda number: YES if number % 11 else "hang",
    "away": lambda _number: YES,
}


def one_life(place, engine, server, mood, much):
    """Have a worker send so many mails to a server in some mood, then kill it."""
    server.mood.data = MOODS[mood]
    if mood == "away":
        server.stop()
    with working(place):
        enough = len(server.received) + much
        wait_until(lambda: len(server.received) >= enough, LIFE)
    if mood == "away":
        server.start()
    return bury(engine)


def test_F7_a_mail_leaves_if_and_only_if_it_was_committed(place, engine, server):
    committed, rolled_back, in_hand = [], [], set()
    people = threading.Thread(target=write_on, args=(engine, committed, rolled_back))
    people.start()
    for number in range(KILLS):
        mood = list(MOODS)[number % len(MOODS)]
        in_hand |= one_life(place, engine, server, mood, 5 + 9 * number % 31)
    all_end([people], PATIENCE)
    server.mood.data = MOODS["well"]
    finish(place, engine)

    assert in_hand, "somebody was killed over a mail"
    assert len(rolled_back) == TRANSACTIONS * 3 / 10
    arrived = Counter(one.recipients[0] for one in server.received)
    assert set(arrived) == set(committed)
    assert len({one.id for one in server.received}) == len(committed)
    with Session(engine) as db:
        found = db.execute(
            select(OutgoingMail.id, OutgoingMail.recipient, OutgoingMail.state)
        ).all()
    assert {row.state for row in found} == {"sent"}
    # Twice only what the server did not answer, or whose worker died over it.
    excused = {one.recipients[0] for one in server.handler.unanswered}
    excused |= {row.recipient for row in found if f'{{"mail_id": {row.id}}}' in in_hand}
    assert {name for name, times in arrived.items() if times > 1} <= excused


def test_F8_a_mass_mail_reaches_each_once_whoever_is_killed(place, engine, server):
    with Session(engine) as db, db.begin():
        signed(db, utcnow)
        for number in range(RECIPIENTS):
            name = f"reader{number}"
            make_user(db, login=name, email=f"{name}@example.org")
        mailings.begin(db, "welcome", "spring", utcnow())
    server.mood.answers["reader7@example.org"] = "550 No such person"
    in_hand = set()
    for life in range(RESUMES):
        in_hand |= one_life(place, engine, server, "well", 20 + 137 * life % 200)
    finish(place, engine)

    assert in_hand, "somebody was killed over a mail"
    arrived = Counter(one.recipients[0] for one in server.taken)
    everybody = {f"reader{number}@example.org" for number in range(RECIPIENTS)}
    assert set(arrived) == everybody - {"reader7@example.org"}
    assert len({one.id for one in server.taken}) == RECIPIENTS - 1
    assert sum(arrived.values()) - len(arrived) <= len(in_hand)
    with Session(engine) as db:
        states = Counter(db.scalars(select(OutgoingMail.state)))
    assert states == {"sent": RECIPIENTS - 1, "refused": 1}
