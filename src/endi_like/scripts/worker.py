"""``endi-like worker``: do the queued and the daily work until told to stop."""

from __future__ import annotations

import signal
from argparse import Namespace
from threading import Event
from typing import Any

from endi_like.clock import utcnow
from endi_like.jobs import JOBS
from endi_like.jobs.worker import Worker
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import require_current


def make_worker(installation: Installation) -> Worker:
    """Return a worker of the installation."""
    return Worker(
        installation.engine,
        JOBS,
        settings=installation.settings,
        clock=utcnow,
    )


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
        print("The worker has started; Ctrl-C stops it.", flush=True)
        make_worker(installation).run(stopping)
    return 0
