"""The same jobs done by Dramatiq workers, on any number of machines.

The table stays the queue: what is rolled back was never asked for, and each attempt has
its number.  A relay takes what is due and sends its number on; whoever receives it
takes the job over, as an attempt of its own, if the one that was sent still counts.  So
a message that comes twice does nothing, not even while the first is at work, and one
that is lost is sent again when its lease has ended.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from importlib import import_module
from threading import Event
from typing import Any

from sqlalchemy.orm import Session

from endi_like.faults import trouble
from endi_like.jobs.worker import AFTER_TROUBLE, AWAY, Away, Worker
from endi_like.services import jobs as queue

log = logging.getLogger(__name__)

QUEUE = "endi"
MOST_HANDED_ON = 500
LONGEST_WAIT = timedelta(hours=1)
"""How long a job may wait for a Dramatiq worker before it is sent again."""

CONSUMERS = [
    f"dramatiq.worker.ConsumerThread({name})" for name in (QUEUE, f"{QUEUE}.DQ")
]
AGAIN_AFTER = 60.0
"""Who waits for messages says every three seconds that the broker is away."""


class Seldom(logging.Filter):
    """Lets through what a library goes on saying: once a minute, in whatever queue."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether this was not said a moment ago."""
        sentence, now = str(record.msg), record.created
        if abs(now - self.said.get(sentence, 0.0)) < AGAIN_AFTER:
            return False
        self.said[sentence] = now
        return True


SELDOM = Seldom()


def connect(url: str) -> Any:
    """Return Dramatiq's broker at an address: ``redis://…`` or ``amqp://…``.

    Its libraries are an extra (``endi_like[broker]``), loaded only here.  Retries and
    limits of time are ours, so none of its middleware is used.
    """
    if url.startswith("redis"):
        brokers = import_module("dramatiq.brokers.redis")
        return brokers.RedisBroker(url=url, middleware=[])
    brokers = import_module("dramatiq.brokers.rabbitmq")
    return brokers.RabbitmqBroker(url=url, middleware=[])


class Relay(Worker):
    """Hands jobs on to a broker, and does those it gets from there."""

    at_once = 100

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        settings = named["settings"]
        dramatiq = import_module("dramatiq")
        for name in CONSUMERS:
            logging.getLogger(name).addFilter(SELDOM)
        self.broker = connect(settings.broker)
        self.message = dramatiq.actor(
            self.receive, actor_name="do_job", queue_name=QUEUE, broker=self.broker
        )
        self.hands = dramatiq.Worker(
            self.broker, worker_threads=settings.job_threads, worker_timeout=200
        )

    def run(self, stopping: Event) -> None:
        """Work until told to stop; jobs that have begun are finished first."""
        self.hands.start()
        super().run(stopping)
        self.broker.close()

    def finish(self) -> None:
        """Wait for the jobs that were received; their leases are kept meanwhile."""
        self.hands.stop()

    def may_take(self, db: Session) -> bool:
        """Tell whether there is work, and not too much on its way already."""
        return super().may_take(db) and queue.running(db) < MOST_HANDED_ON

    def hand_over(self, taken: queue.Claim) -> None:
        """Send the job on, and keep it until somebody takes it over."""
        self.pulse.keep(taken, LONGEST_WAIT)
        self.send(taken)

    def send(self, taken: queue.Claim) -> None:
        """Have the broker give the number of an attempt to whoever is free.

        Raises ``Away`` when it does not take it: each library says so in its own way.
        """
        try:
            self.message.send(taken.id, taken.name, taken.payload, taken.attempt)
        except Exception as error:
            said = f"the broker does not take what is due: {error}"
            raise Away(said) from error

    def receive(
        self, job_id: int, name: str, payload: dict[str, Any], attempt: int
    ) -> None:
        """Do a job that was sent on, unless its attempt counts no more."""
        sent = queue.Claim(job_id, name, payload, attempt)
        with suppress(queue.LostLease):
            held = self.take_over(sent)
            self.pulse.keep(held)
            try:
                self.doer.do(held)
            finally:
                self.pulse.let_go(held)

    def take_over(self, sent: queue.Claim) -> queue.Claim:
        """Take a job over as soon as the database answers.

        A message that was given up because of that would be lost until its lease ends.
        Whoever stops meanwhile gives it to others.
        """
        while True:
            try:
                with Session(self.engine) as db, db.begin():
                    return queue.hold(db, sent, self.clock(), self.lease)
            except AWAY as error:
                log.warning("%s: %s", trouble(error), error)
            if self.stopping.wait(AFTER_TROUBLE):
                with suppress(Away):
                    self.send(sent)
                raise queue.LostLease(f"job {sent.id} was given back")
