"""``endi-like worker``: do the queued and the daily work until told to stop."""

from __future__ import annotations

import signal
from argparse import Namespace
from importlib.util import find_spec
from threading import Event
from typing import Any

from endi_like.clock import utcnow
from endi_like.jobs import JOBS
from endi_like.jobs.relay import Relay
from endi_like.jobs.worker import Worker
from endi_like.logs import take_all
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import require_current
from endi_like.scripts.watching import report_mistakes
from endi_like.settings import EXTRAS, Settings

BROKERS = {
    "redis": ("dramatiq", "redis"),
    "rediss": ("dramatiq", "redis"),
    "amqp": ("dramatiq", "pika"),
    "amqps": ("dramatiq", "pika"),
}
"""What is needed for each kind of broker."""


def make_worker(installation: Installation) -> Worker:
    """Return a worker of the installation; with a broker it works through that."""
    settings = installation.settings
    kind = Relay if settings.broker else Worker
    return kind(installation.engine, JOBS, settings=settings, clock=utcnow)


def require_broker(settings: Settings) -> None:
    """Raise ``Unusable`` when a worker would lack the libraries of the broker."""
    kind = settings.broker.partition(":")[0]
    if any(find_spec(name) is None for name in BROKERS.get(kind, ())):
        raise Unusable(f"endi.broker needs more libraries: {EXTRAS}")


def stop_on_signals(stopping: Event) -> None:
    """Have SIGTERM and Ctrl-C end the work in hand first; a second one insists."""

    def stop(number: int, _frame: Any) -> None:
        stopping.set()
        signal.signal(number, signal.SIG_DFL)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)


def run(arguments: Namespace) -> int:
    """Work until a signal comes."""
    installation = Installation.read(arguments.ini)
    stopping = Event()
    with answering(installation):
        require_broker(installation.settings)
        require_current(installation)
        stop_on_signals(stopping)
        report_mistakes(installation.settings)
        take_all(installation.settings.log_format)
        installation.tell("The worker has started; Ctrl-C stops it.")
        make_worker(installation).run(stopping)
    return 0
