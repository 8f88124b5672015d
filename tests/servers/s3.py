"""A server of the tests' own that speaks S3: moto's, in this process."""

from __future__ import annotations

import logging
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from moto.server import ThreadedMotoServer


@dataclass(frozen=True)
class Storage:
    """A server that speaks S3."""

    server: ThreadedMotoServer

    @property
    def url(self) -> str:
        """Return where it is asked."""
        return "http://{}:{}".format(*self.server.get_host_and_port())

    def bucket(self, name: str) -> str:
        """Make a bucket, and return how settings name a place in it."""
        make = urllib.request.Request(f"{self.url}/{name}", method="PUT")
        with urllib.request.urlopen(make):
            return f"s3://{name}/files?endpoint={self.url}&region=eu-west-3"

    def stop(self) -> None:
        """Answer nobody any more."""
        self.server.stop()


@contextmanager
def storage_server() -> Iterator[Storage]:
    """Run a server, gone at the end unless it is before."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        yield Storage(server)
    finally:
        server.stop()
