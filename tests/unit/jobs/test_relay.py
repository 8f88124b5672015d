"""With a broker, each attempt is begun once, however often its message comes."""

import logging
import time
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

import pytest
from dramatiq import Message
from dramatiq.brokers.stub import StubBroker
from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.jobs.core import Registered
from endi_like.jobs.relay import QUEUE, SELDOM, Relay
from endi_like.models.jobs import Job, WorkerPulse
from endi_like.services import jobs as queue
from tests.factories import NOW

PATIENCE = 10


@pytest.fixture
def relay(engine, settings, clock, monkeypatch):
    """Return what makes a relay that does a job; its broker is in this process."""
    broker = StubBroker(middleware=[])
    monkeypatch.setattr("endi_like.jobs.relay.connect", lambda _url: broker)

    def make(run, engine=engine):
        with Session(engine) as db, db.begin():
            queue.enqueue(db, "work", {}, dedupe_key="work", at=NOW)
        known = {"work": Registered("work", run)}
        return Relay(engine, known, settings=settings, clock=clock)

    return make


def only(engine):
    with Session(engine) as db:
        return db.scalars(select(Job)).one()


def test_a_message_that_comes_twice_at_once_is_done_once_and_kept_meanwhile(
    engine, relay, clock
):
    begun, may_end, done = Event(), Event(), []

    def work(_work):
        done.append(clock())
        begun.set()
        may_end.wait(PATIENCE)

    here = relay(work)
    (sent,) = here.take()
    message = (sent.id, sent.name, sent.payload, sent.attempt)
    first = Thread(target=here.receive, args=message)
    first.start()
    assert begun.wait(PATIENCE)
    second = Thread(target=here.receive, args=message)
    second.start()
    second.join(1)
    still_there = second.is_alive()
    clock.advance(minutes=4)
    here.pulse.beat()
    clock.advance(minutes=4)
    taken = here.take()
    may_end.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert not still_there, "it does nothing"
    assert taken == [], "whoever does it keeps it, also when the relay is gone"
    assert done == [NOW]
    assert (only(engine).state, only(engine).attempts) == ("done", 2)
    assert here.pulse.kept == {}


def test_what_was_received_is_kept_until_it_has_ended_when_a_relay_stops(engine, relay):
    stopping, kept = Event(), []

    def work(_work):
        stopping.set()
        time.sleep(1)  # a relay that did not wait would be gone by now
        with Session(engine) as db:
            kept.append(db.scalar(select(WorkerPulse.name)))

    here = relay(work)
    here.run(stopping)
    assert kept == [here.pulse.name]
    assert only(engine).state == "done"


def test_a_lease_that_is_kept_anew_outlives_the_one_it_was_taken_over_from(
    engine, relay, clock
):
    here = relay(lambda _work: None)
    (sent,) = here.take()
    here.pulse.keep(sent, timedelta(hours=1))
    with Session(engine) as db, db.begin():
        held = queue.hold(db, sent, clock())
    here.pulse.keep(held)
    here.pulse.beat()
    assert [one for one, _until in here.pulse.kept.values()] == [held]


@contextmanager
def received_too_early(here, locked, caplog):
    """Have a relay receive a message while the database answers nobody."""
    (sent,) = here.take()
    message = (sent.id, sent.name, sent.payload, sent.attempt)
    receiver = Thread(target=here.receive, args=message)
    with locked():
        receiver.start()
        end = time.monotonic() + PATIENCE
        while caplog.text.count("does not answer") < 2 and time.monotonic() < end:
            time.sleep(0.01)
        yield
    receiver.join(PATIENCE)
    assert not receiver.is_alive()


@pytest.fixture
def too_early(engine, relay, hurried, monkeypatch):
    """Return a relay that waits for the database, and what it has done."""
    monkeypatch.setattr("endi_like.jobs.relay.AFTER_TROUBLE", 0.05)
    done = []
    return relay(lambda _work: done.append(1), hurried), done


def test_what_comes_while_the_database_is_away_is_done_once_it_is_back(
    engine, too_early, locked, caplog
):
    here, done = too_early
    with received_too_early(here, locked, caplog):
        assert done == []
    assert done == [1]
    assert only(engine).state == "done"
    assert here.broker.queues[QUEUE].empty()


def test_whoever_stops_while_the_database_is_away_gives_it_to_others(
    too_early, locked, caplog
):
    here, done = too_early
    with received_too_early(here, locked, caplog):
        here.stopping.set()
        given = here.broker.queues[QUEUE].get(timeout=PATIENCE)
    assert done == []
    here.stopping.clear()
    here.receive(*Message.decode(given).args)
    assert done == [1]


def test_of_a_broker_that_is_away_the_log_says_a_line_and_less_and_less_often(
    engine, relay, clock, caplog, monkeypatch
):
    here = relay(lambda _work: None)

    def away(_message, delay=None):
        raise ConnectionRefusedError("nobody there")

    with monkeypatch.context() as while_away:
        while_away.setattr(here.broker, "enqueue", away)
        assert [here.step() for _time in range(5)] == [10, 20, 40, 60, 60]
    assert len(caplog.records) == 5
    assert not any(record.exc_info for record in caplog.records)
    said = "trying again in 10 seconds: the broker does not take what is due"
    assert said in caplog.records[0].getMessage()
    assert only(engine).state == "waiting"
    assert here.step() == 0, "it is handed on as soon as the broker is back"
    assert here.step() > 0
    assert here.in_vain == 10


def test_who_waits_for_messages_says_once_a_minute_that_the_broker_is_away(
    relay, caplog, monkeypatch
):
    monkeypatch.setattr("endi_like.jobs.relay.SELDOM.said", {})
    relay(lambda _work: None)
    for number in range(20):
        for name in (QUEUE, f"{QUEUE}.DQ"):
            logger = logging.getLogger(f"dramatiq.worker.ConsumerThread({name})")
            logger.critical("Consumer encountered a connection error: %s", number)
    assert [one.args for one in caplog.records] == [(0,)]
    caplog.records[0].created += 61
    assert SELDOM.filter(caplog.records[0])
