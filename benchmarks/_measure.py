"""Requests to a WSGI application in this process, and what each costs in CPU time."""

from __future__ import annotations

import gc
import os
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Engine
from webob import Request

CSRF = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


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

    def send(self, environ: dict[str, Any]) -> tuple[str, bytes]:
        """Return status and body of the answer."""
        seen: list[str] = []
        body = self.app(environ, lambda status, headers, exc=None: seen.append(status))
        content = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        return seen[0], content

    def get(self, path: str) -> str:
        """Return a page; it must be there."""
        status, body = self.send(self.request(path))
        assert status == "200 OK", (path, status, body[:2000])
        return body.decode()

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


def cost(
    client: Client,
    requests: list[dict[str, Any]],
    *,
    warm: int,
    status: str,
    backend: Callable[[], float] = lambda: 0.0,
) -> float:
    """Return the median milliseconds of CPU time of a request, after some to warm up.

    It is what this process and the database server spend, waiting left out.
    """
    taken = []
    gc.collect()
    for at, environ in enumerate(requests):
        started, elsewhere = time.process_time(), backend()
        answer, _body = client.send(environ)
        spent = time.process_time() - started + backend() - elsewhere
        assert answer.startswith(status), (answer, _body[:1000])
        if at >= warm:
            taken.append(spent * 1000)
    return statistics.median(taken)
