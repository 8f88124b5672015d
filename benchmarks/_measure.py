"""Requests to a WSGI application in this process, and what each costs in CPU time.

A machine is not equally fast at all times: others use its caches, its clock follows
its temperature, and that changes within seconds.  So what is compared takes turns,
request by request, and all figures come from what was measured in the same moment.
"""

from __future__ import annotations

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

from endi_like.scripts.siblings import settle

REFERENCE_MS = 2.1
"""What the bare view takes on the machine of the promises: docs/performance.md."""

BLOCK = 10
"""So many requests of each kind are measured together."""

VIEWS = 3
"""So many bare views run before each request, the first of them not counted."""

CSRF = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')


class Answer(NamedTuple):
    """What came back."""

    status: str
    headers: dict[str, str]
    body: bytes


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

    def timed(self, environ: dict[str, Any]) -> tuple[Answer, float]:
        """Return the answer, and the seconds this process has worked for it."""
        started = time.process_time()
        answer = self.send(environ)
        return answer, time.process_time() - started

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


class Series(NamedTuple):
    """Requests of one kind to one application, and the database it works with."""

    client: Client
    requests: Sequence[dict[str, Any]]
    engine: Engine
    status: str = "200 OK"

    def spent(self, environ: dict[str, Any]) -> float:
        """Return the seconds this process works on a request."""
        answer, seconds = self.client.timed(environ)
        assert answer.status == self.status, answer
        return seconds


class Cost(NamedTuple):
    """Milliseconds of a request as they were, and how many bare views that is."""

    ms: float
    ratio: float

    @property
    def at_reference(self) -> float:
        """Return the milliseconds on the machine of the promises."""
        return self.ratio * REFERENCE_MS


class Block(NamedTuple):
    """Seconds of some requests of each series, and of the bare views among them."""

    bare: float
    taken: list[float]


class Stick:
    """Measures requests, with the bare view as measuring stick in between."""

    def __init__(self, bare: Client) -> None:
        self.bare = bare
        self.seen: list[float] = []

    def costs(self, series: Sequence[Series], *, warm: int) -> list[Cost]:
        """Return what a request of each series costs, after some to warm up.

        It is what this process and the database server work, waiting left out: the
        median of blocks of requests.  Within a block everything counts, also what
        happens every tenth time only.
        """
        rounds = list(zip(*(one.requests for one in series), strict=True))
        for environs in rounds[:warm]:
            self.turn(series, environs)
        settle()  # as the server does
        backends = [backend_of(one.engine) for one in series]
        starts = range(warm, len(rounds) - BLOCK + 1, BLOCK)
        blocks = [
            self.block(series, backends, rounds[at : at + BLOCK]) for at in starts
        ]
        self.seen += [block.bare * 1000 for block in blocks]
        return [
            Cost(
                statistics.median(block.taken[at] * 1000 for block in blocks),
                statistics.median(block.taken[at] / block.bare for block in blocks),
            )
            for at in range(len(series))
        ]

    def block(
        self,
        series: Sequence[Series],
        backends: Sequence[Callable[[], float]],
        rounds: Sequence[Sequence[dict[str, Any]]],
    ) -> Block:
        """Return the seconds of a request of each series, and of a bare view."""
        before = [backend() for backend in backends]
        turns = [self.turn(series, environs) for environs in rounds]
        # A server may still be tidying up after its answer: that counts as well.
        servers = [backend() - at for backend, at in zip(backends, before, strict=True)]
        taken = zip(*(turn.taken for turn in turns), strict=True)
        return Block(
            statistics.mean(turn.bare for turn in turns),
            [
                (sum(here) + there) / len(turns)
                for here, there in zip(taken, servers, strict=True)
            ],
        )

    def turn(
        self, series: Sequence[Series], environs: Sequence[dict[str, Any]]
    ) -> Block:
        """Return the seconds of one request of each series, and of the bare views.

        The first bare view after a request is not counted: it finds the caches of the
        machine full of other things, and is slower than one has a right to.
        """
        bare, taken = [], []
        for one, environ in zip(series, environs, strict=True):
            views = [self.bare.timed(self.bare.request("/")) for _ in range(VIEWS)]
            bare += [seconds for _, seconds in views[1:]]
            taken.append(one.spent(environ))
        return Block(statistics.mean(bare), taken)
