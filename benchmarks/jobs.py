"""How fast one worker is, what asking for a job costs, and what an idle worker uses.

A worker in a process of its own does jobs that write a row each, on both databases.
How many it does in a second, and half of what asking costs, are by the clock, so
these figures want a quiet machine; the others are times of CPU.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from itertools import count, islice
from pathlib import Path
from statistics import median

import _bench
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.db import Base, make_engine
from endi_like.models.jobs import Job
from endi_like.services.jobs import enqueue
from tests import crew
from tests.factories import lay_foundations
from tests.servers.http import COMMAND, ini_value
from tests.servers.postgres import create_database, throwaway_cluster

MANY = 5000
LEAST_A_SECOND, MOST_TO_ASK, MOST_IDLE = 300, 1.0, 1.0
SETTLED, WATCHED = 5.0, 20.0
TOO_LONG = 300.0


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(prefix="endi-bench-") as name:
        folder = Path(name)
        urls = [f"sqlite:///{folder}/{which}.sqlite" for which in ("busy", "idle")]
        rows = [measured("SQLite", *urls, folder)]
        with throwaway_cluster() as cluster:
            urls = [create_database(cluster, which) for which in ("busy", "idle")]
            rows.append(measured("PostgreSQL", *urls, folder))
    _bench.print_table(
        f"Jobs ({_bench.machine()})",
        (
            "database",
            "jobs a second",
            f"≥ {LEAST_A_SECOND}",
            "asking for one",
            "by the clock",
            f"≤ {MOST_TO_ASK} ms",
            "idle worker",
            f"< {MOST_IDLE} %",
        ),
        rows,
    )


def measured(kind: str, busy: str, idle: str, folder: Path) -> tuple[str, ...]:
    """Return a row of the table."""
    engine = make_engine(busy)
    Base.metadata.create_all(engine)
    crew.EFFECT.create(engine)
    with Session(engine) as db, db.begin():
        lay_foundations(db)
    asked, waited = ask(engine)
    speed = work(engine, busy, folder)
    engine.dispose()
    rests = rest(idle, folder / kind)
    return (
        kind,
        f"{speed:.0f}",
        _bench.judged(speed >= LEAST_A_SECOND),
        f"{asked:.2f} ms",
        f"{waited:.2f} ms",
        _bench.judged(max(asked, waited) <= MOST_TO_ASK),
        f"{rests:.2f} %",
        _bench.judged(rests < MOST_IDLE),
    )


def ask(engine: Engine) -> tuple[float, float]:
    """Ask for all the jobs; return the milliseconds of CPU for one, and by the clock.

    The second is the median: it holds what the database does meanwhile.
    """
    numbers = islice((n for n in count() if n % crew.FAILS_AT), MANY)
    now, waited = utcnow(), []
    with Session(engine) as db, db.begin():
        began = time.process_time()
        for number in numbers:
            key = f"mark:{number}"
            asked = time.perf_counter()
            enqueue(db, "mark", {"number": number}, dedupe_key=key, at=now)
            waited.append(time.perf_counter() - asked)
        took = time.process_time() - began
    return took / MANY * 1000, median(waited) * 1000


def work(engine: Engine, url: str, folder: Path) -> float:
    """Have a worker do them all; return how many it has done in a second."""
    undone = select(func.count()).where(Job.state != "done")
    worker = crew.hire(url, folder)
    end = time.monotonic() + TOO_LONG
    try:
        while time.monotonic() < end:
            time.sleep(1)
            with Session(engine.execution_options(read_only=True)) as db:
                if not db.scalar(undone):
                    break
                if worker.poll() is not None:
                    raise SystemExit("the worker has ended")
    finally:
        worker.terminate()
        worker.wait()
    with Session(engine) as db:
        began, ended = db.execute(
            select(func.min(Job.ended_at), func.max(Job.ended_at))
        ).one()
    return float(MANY / (ended - began).total_seconds())


def rest(url: str, folder: Path) -> float:
    """Return how much of a processor a worker uses that has nothing to do, in %."""
    folder.mkdir()
    ini = folder / "idle.ini"
    ini.write_text(_bench.INI.format(url=ini_value(url), folder=folder))
    subprocess.run([COMMAND, "migrate", ini], stdout=subprocess.DEVNULL, check=True)
    worker = subprocess.Popen([COMMAND, "worker", ini], stdout=subprocess.DEVNULL)
    try:
        time.sleep(SETTLED)
        before = cpu_of(worker.pid)
        time.sleep(WATCHED)
        return (cpu_of(worker.pid) - before) / WATCHED * 100
    finally:
        worker.terminate()
        worker.wait()


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU all threads of a process have used."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


if __name__ == "__main__":
    _bench.run(main)
