"""``endi-like worker``: do the queued and the daily work until told to stop."""

from __future__ import annotations

import signal
from argparse import Namespace
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


def make_worker(installation: Installation) -> Worker:
    """Return a worker of the installation; with a broker it works through that.

    Raises ``Unusable`` when the libraries of the broker are not there.
    """
    settings = installation.settings
    kind = Relay if settings.broker else Worker
    try:
        return kind(installation.engine, JOBS, settings=settings, clock=utcnow)
    except ImportError as error:
        needed = "pip install --require-hashes -r requirements/extras.txt"
        raise Unusable(f"endi.broker needs more libraries: {needed}") from error


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
        require_current(installation)
        stop_on_signals(stopping)
        report_mistakes(installation.settings)
        take_all(installation.settings.log_format)
        installation.tell("The worker has started; Ctrl-C stops it.")
        make_worker(installation).run(stopping)
    return 0
