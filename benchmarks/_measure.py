"""Requests to a WSGI application in this process, and what each costs in CPU time."""

from __future__ import annotations

import gc
import os
import re
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from sqlalchemy import Engine
from webob import Request

CSRF = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


class Answer(NamedTuple):
    """What came back."""

    status: str
    headers: dict[str, str]
    body: bytes


class Cost(NamedTuple):
    """Milliseconds of a request, and how many bare views that is."""

    ms: float
    ratio: float


class Client:
    """A logged-in browser."""

    def __init__(self, app: Any, cookie: str = "") -> None:
        self.app = app
        self.cookie = cookie

    def request(self, path: str, fields: list[tuple[str, str]] | None = None) -> Any:
        """Return a request, made beforehand so that its making is not measured."""
        made = Request.blank(path, headers={"Accept": "text/html"})
        if fields is not None:
            made.method = "POST"
            made.content_type = "application/x-www-form-urlencoded"
            made.body = urlencode(fields).encode()
        made.headers["Cookie"] = self.cookie
        return made.environ

    def send(self, environ: dict[str, Any]) -> Answer:
        """Return the answer to a request."""
        seen: list[Any] = []
        body = self.app(environ, lambda *started: seen.append(started))
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        status, headers = seen[0][:2]
        return Answer(status, dict(headers), content)

    def get(self, path: str) -> str:
        """Return a page; it must be there."""
        answer = self.send(self.request(path))
        assert answer.status == "200 OK", (path, answer)
        return answer.body.decode()

    def token(self, path: str) -> str:
        """Return the CSRF token of a page."""
        found = CSRF.search(self.get(path))
        assert found, f"{path} has no form"
        return found[1]


def backend_of(engine: Engine) -> Callable[[], float]:
    """Return what tells how many seconds the database server has worked for us.

    SQLite works in this process, whose time is measured anyway.  On PostgreSQL it is
    the processes that serve the connections of the pool.
    """
    if engine.dialect.name == "sqlite":
        return lambda: 0.0

    def worked() -> float:
        return sum(on_cpu(pid) for pid in pids)

    with engine.connect() as connection:
        query = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        pids = [row[0] for row in connection.exec_driver_sql(query)]
    return worked


def on_cpu(pid: int) -> float:
    """Return the seconds a process has run, to the nanosecond where the system can."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Stick:
    """Measures requests, with the bare view as measuring stick in between."""

    def __init__(self, bare: Client, backend: Callable[[], float]) -> None:
        self.bare = bare
        self.backend = backend

    def cost(
        self,
        client: Client,
        requests: Sequence[dict[str, Any]],
        *,
        warm: int,
        status: str = "200 OK",
    ) -> Cost:
        """Return what a request costs in the median, after some to warm up.

        It is what this process and the database server work, waiting left out.
        """
        taken, bare = [], []
        gc.collect()
        for environ in requests:
            plain = self.bare.request("/")
            bare.append(self.spent(self.bare, plain, "200 OK"))
            taken.append(self.spent(client, environ, status))
        median = statistics.median(taken[warm:])
        return Cost(median, median / statistics.median(bare[warm:]))

    def spent(self, client: Client, environ: dict[str, Any], status: str) -> float:
        """Return the milliseconds of work of one request."""
        started, elsewhere = time.process_time(), self.backend()
        answer = client.send(environ)
        spent = time.process_time() - started + self.backend() - elsewhere
        assert answer.status == status, answer
        return spent * 1000
