"""Waitress, stopped without cutting anybody short, and alive while its threads wait.

Its own way to stop leaves the loop that sends the answers while threads still work on
them.  Ours closes the door first, goes on until nobody waits for an answer, and only
then leaves.

Each health page has a thread of its own: else whoever restarts what is dead would
restart us whenever as many wait for the database as there are threads.
"""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from threading import Event
from typing import Any

from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask, Task, ThreadedTaskDispatcher, WSGITask

from endi_like.scripts.arriving import Parser
from endi_like.tweens.sanity import REFUSED

GRACE = 8.0
GLANCE = 0.2
LINGER = 0.3
"""So long nobody must have wanted anything before the server leaves."""


ADDRESS = ("host", "port")
BESIDE = ("/health/live", "/health/ready")
FAILED = 500
TOLD = ("ACCEPT", "ACCEPT_LANGUAGE")
"""The headers that say in which form and language to refuse."""


def open_doors(options: Mapping[str, Any]) -> dict[str, Any]:
    """Take the address the options name; return options that hold it open.

    Processes that are forked afterwards listen there together.
    """
    doors = []
    with ExitStack() as opened:
        for family, kind, protocol, address in Adjustments(**options).listen:
            door = opened.enter_context(socket.socket(family, kind, protocol))
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                door.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            door.bind(address)
            doors.append(door)
        # They are closed again only if one of them cannot be had.
        opened.pop_all()
    rest = {name: value for name, value in options.items() if name not in ADDRESS}
    return {**rest, "sockets": doors}


class RefusedTask(WSGITask):
    """What waitress will not read, answered by the application in words and headers.

    It is told the status alone, and how the reader wants to be told: nothing else of
    such a request can be relied on.
    """

    def execute(self) -> None:
        """Answer, and read nothing more of what comes."""
        self.set_close_on_finish()
        super().execute()

    def get_environment(self) -> dict[str, Any]:
        """Return a request for the front page that is refused already."""
        headers = self.request.headers
        told = {f"HTTP_{name}": headers[name] for name in TOLD if name in headers}
        return told | {
            REFUSED: self.request.error.code,
            "REMOTE_ADDR": self.channel.addr[0],
            "REQUEST_METHOD": "GET",
            "SERVER_NAME": self.channel.server.server_name,
            "SERVER_PORT": str(self.channel.server.effective_port),
            "SERVER_PROTOCOL": f"HTTP/{self.version}",
            "SCRIPT_NAME": self.channel.server.adj.url_prefix,
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }


class Channel(HTTPChannel):
    """A connection whose refusals are pages of the application."""

    parser_class = Parser

    @staticmethod
    def error_task_class(channel: HTTPChannel, request: Any) -> Task:
        """Return what answers; waitress itself when the application has failed."""
        answers = ErrorTask if request.error.code == FAILED else RefusedTask
        return answers(channel, request)

    @property
    def asked_beside(self) -> str | None:
        """Return which health page the request whose turn it is asks for, if any."""
        asked = next(iter(self.requests), None)
        if asked is None or asked.error or asked.command != "GET":
            return None
        path: str = asked.path.removeprefix(self.adj.url_prefix)
        return path if path in BESIDE else None


class Threads(ThreadedTaskDispatcher):
    """So many threads that answer, and one more for each health page."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.beside = {path: ThreadedTaskDispatcher() for path in BESIDE}
        for one in self.beside.values():
            one.set_thread_count(1)
        self.set_thread_count(count)

    def add_task(self, task: Channel) -> None:
        """Have a thread answer what was asked."""
        path = task.asked_beside
        if path:
            self.beside[path].add_task(task)
        else:
            super().add_task(task)

    def shutdown(self, cancel_pending: bool = True, timeout: float = 5) -> bool:
        """Have every thread end."""
        for one in self.beside.values():
            one.shutdown(cancel_pending, timeout)
        return bool(super().shutdown(cancel_pending, timeout))


class Server:
    """A listening server; ``url`` is where it is found."""

    def __init__(self, application: Any, options: Mapping[str, Any]) -> None:
        self.sockets: dict[int, Any] = {}
        self.dispatcher = Threads(Adjustments(**options).threads)
        try:
            create_server(
                application,
                map=self.sockets,
                _dispatcher=self.dispatcher,
                **options,
            )
        except OSError:
            self.dispatcher.shutdown(timeout=0.5)
            wasyncore.close_all(self.sockets)
            raise
        for door in self._doors():
            door.channel_class = Channel
        first = next(self._doors())
        self.url = f"http://{first.effective_host}:{first.effective_port}"

    def run(self, stopping: Event) -> None:
        """Answer requests until told to stop, then those that have begun."""
        while not stopping.is_set():
            self._look(GLANCE)
        self._close_doors()
        self._finish(time.monotonic() + GRACE)
        self.dispatcher.shutdown(timeout=0.5)
        wasyncore.close_all(self.sockets)

    def _finish(self, end: float) -> None:
        """Go on until nobody has waited for a while, but no longer than ``end``."""
        busy = now = time.monotonic()
        while now < min(end, busy + LINGER):
            self._look(GLANCE / 4)
            now = time.monotonic()
            if self._anybody_waits():
                busy = now

    def _look(self, seconds: float) -> None:
        """Send and receive what is ready, waiting so long for something to be."""
        wasyncore.loop(timeout=seconds, map=self.sockets, count=1, use_poll=True)

    def _close_doors(self) -> None:
        """Let in whoever has already knocked, and then nobody."""
        for door in self._doors():
            before = -1
            while len(door.active_channels) > before:
                before = len(door.active_channels)
                door.handle_accept()
            # Only the listening socket: the channels still need the rest of it.
            wasyncore.dispatcher.close(door)

    def _anybody_waits(self) -> bool:
        """Tell whether a request is coming in, is worked on, or is being answered."""
        return any(
            channel.requests or channel.request or channel.total_outbufs_len
            for channel in list(self.sockets.values())
            if isinstance(channel, HTTPChannel)
        )

    def _doors(self) -> Iterator[BaseWSGIServer]:
        found = list(self.sockets.values())
        return (one for one in found if isinstance(one, BaseWSGIServer))
