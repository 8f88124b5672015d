"""A worker in a process of its own, with one job whose effects can be counted.

    python -m tests.crew DATABASE_URL FOLDER [BROKER]

The job ``mark`` writes a row, and now and then fails after it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import Column, Engine, Integer, MetaData, Table, insert

from endi_like.clock import utcnow
from endi_like.db import make_engine
from endi_like.jobs.core import Registered, Work
from endi_like.jobs.relay import Relay
from endi_like.jobs.worker import Worker
from endi_like.settings import Settings

ROOT = Path(__file__).parent.parent
LEASE = 2
FAILS_AT = 50
EFFECT = Table("effect_of_test", MetaData(), Column("number", Integer, nullable=False))


def mark(work: Work, number: int) -> None:
    """Write the number down; every fiftieth first attempt fails after it."""
    work.db.execute(insert(EFFECT).values(number=number))
    flag = work.settings.data_folder / f"failed-{number}"
    if number % FAILS_AT == 0 and not flag.exists():
        flag.touch()
        raise RuntimeError("after the fact")


KNOWN = {"mark": Registered("mark", mark)}


def make(engine: Engine, settings: Settings) -> Worker:
    """Return the worker the settings ask for."""
    kind = Relay if settings.broker else Worker
    return kind(engine, KNOWN, settings=settings, clock=utcnow)


def hire(url: str, folder: Path, broker: str = "") -> subprocess.Popen[bytes]:
    """Start a worker; whoever hires it ends it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crew", url, str(folder), broker],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def main(url: str, folder: str, broker: str = "") -> None:
    """Work until a signal comes."""
    stopping = Event()
    signal.signal(signal.SIGTERM, lambda *_any: stopping.set())
    settings: dict[str, Any] = {"broker": broker, "job_lease": LEASE}
    engine = make_engine(url)
    make(engine, Settings(url, "x", Path(folder), **settings)).run(stopping)


if __name__ == "__main__":
    main(*sys.argv[1:])
