"""How long 10 000 mails take from the button to the mail server, and in what memory.

A mailing is posted and sent as in production: by a worker in a process of its own, on
each database, to a server in another process that says yes to everything.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import _bench
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.db import make_engine
from endi_like.models.mail import OutgoingMail
from endi_like.models.people import User
from endi_like.services.mail import mailings
from tests.factories import lay_foundations, signed
from tests.servers.http import COMMAND, free_port, ini_value
from tests.servers.postgres import create_database, throwaway_cluster

MANY = 10_000
MOST_SECONDS, MOST_GROWTH = 180, 20
TOO_LONG = 1800
INI = (
    _bench.INI
    + """\
endi.mail_from = office@horizon.example
endi.mail_rate = 0
endi.smtp_host = 127.0.0.1
endi.smtp_port = {port}
endi.smtp_security = none
"""
)
ANSWERS = {b"EHLO": b"250 bench", b"DATA": b"354 go on", b"QUIT": b"221 bye"}


async def take(reader: Any, writer: Any) -> None:
    """Say yes to whatever is sent."""
    writer.write(b"220 bench\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        writer.write(ANSWERS.get(verb, b"250 OK") + b"\r\n")
        if verb == b"DATA":
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 OK\r\n")
    writer.close()


def serve(port: int) -> None:
    """Be a mail server."""

    async def listen() -> None:
        server = await asyncio.start_server(take, "127.0.0.1", port, limit=2**20)
        await server.serve_forever()

    asyncio.run(listen())


@contextmanager
def mail_server() -> Iterator[int]:
    """Run a mail server; give its port."""
    port = free_port()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(port,))
    process.start()
    yield port
    process.kill()
    process.join()


def main() -> None:
    """Print a table."""
    with tempfile.TemporaryDirectory(prefix="endi-bench-") as name:
        folder = Path(name)
        rows = [measured("SQLite", f"sqlite:///{folder}/bench.sqlite", folder)]
        with throwaway_cluster() as cluster:
            url = create_database(cluster, "bench")
            rows.append(measured("PostgreSQL", url, folder))
    _bench.print_table(
        f"{MANY} mails of a mailing, rendered and handed to a mail server",
        ("database", "seconds", "of CPU", "promised", "", "memory grew by", ""),
        rows,
    )


def measured(kind: str, url: str, folder: Path) -> tuple[str, ...]:
    """Return a row of the table."""
    with mail_server() as port:
        ini = folder / f"{kind}.ini"
        text = INI.format(url=ini_value(url), folder=folder / kind, port=port)
        ini.write_text(text)
        subprocess.run([COMMAND, "migrate", ini], stdout=subprocess.DEVNULL, check=True)
        engine = make_engine(url)
        with Session(engine) as db, db.begin():
            furnish(signed(db))
            mailings.begin(db, "welcome", "bench", utcnow())
        began = time.monotonic()
        worker = subprocess.Popen([COMMAND, "worker", ini], stdout=subprocess.DEVNULL)
        memory = until_sent(engine, worker)
        took = time.monotonic() - began
        cpu = cpu_of(worker.pid)
        worker.terminate()
        worker.wait()
        engine.dispose()
    growth = memory[-1] - memory[0]
    return (
        kind,
        f"{took:.0f}",
        f"{cpu:.0f}",
        f"≤ {MOST_SECONDS}",
        _bench.judged(took <= MOST_SECONDS),
        f"{growth:.0f} MB",
        _bench.judged(growth <= MOST_GROWTH),
    )


def furnish(db: Session) -> None:
    """Store everybody who will be written to."""
    lay_foundations(db)
    now = utcnow()
    people = [
        {
            "login": f"reader{n}",
            "name": f"Reader Number {n}",
            "email": f"reader{n}@example.org",
            "language": ("en", "fr", "de")[n % 3],
            "created_at": now,
            "password_changed_at": now,
            "version": 1,
        }
        for n in range(MANY)
    ]
    db.execute(insert(User), people)


def until_sent(engine: Any, worker: Any) -> list[float]:
    """Wait until all mails are sent; return what the worker weighed meanwhile, in MB.

    It is looked at first when a tenth is sent, and all is loaded.
    """
    sent = select(func.count()).where(OutgoingMail.state == "sent")
    end, memory = time.monotonic() + TOO_LONG, []
    found = 0
    while found < MANY:
        if time.monotonic() > end or worker.poll() is not None:
            sys.exit(f"only {found} mails were sent")
        time.sleep(1)
        with Session(engine.execution_options(read_only=True)) as db:
            found = db.scalar(sent) or 0
        if found > MANY / 10:
            memory.append(weight(worker.pid))
    return memory


def weight(pid: int) -> float:
    """Return the memory of a process, in MB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (kilobytes,) = re.findall(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
    return int(kilobytes) * 1024 / 1e6


def cpu_of(pid: int) -> float:
    """Return the seconds of CPU the main thread of a process has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    _bench.run(main)
