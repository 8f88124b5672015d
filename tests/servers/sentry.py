"""A Sentry server of the tests' own: it takes envelopes, and keeps what they report."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import brotli

KEY = "0123456789abcdef"
UNPACK = {"": bytes, "br": brotli.decompress, "gzip": gzip.decompress}


@dataclass
class Sentry:
    """What was reported: the bytes of each envelope, unpacked, and the events in it."""

    dsn: str = ""
    envelopes: list[bytes] = field(default_factory=list)

    @property
    def events(self) -> list[dict[str, Any]]:
        """Return the events; of an envelope each second line is an item's content."""
        lines = [one.split(b"\n") for one in self.envelopes]
        found = [json.loads(item) for one in lines for item in one[2::2] if item]
        return [event for event in found if "event_id" in event]


@contextmanager
def sentry_server() -> Iterator[Sentry]:
    """Run a server, gone at the end."""
    sentry = Sentry()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding", "")
            sentry.envelopes.append(UNPACK[packed](body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_args: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sentry.dsn = f"http://{KEY}@127.0.0.1:{server.server_port}/7"
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield sentry
    finally:
        server.shutdown()
        server.server_close()
