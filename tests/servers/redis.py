"""A Redis server of the tests' own, in memory, gone when they end."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.servers.http import free_port, wait_until_listening
from tests.servers.missing import leave_out

PATIENCE = 10.0


class NoRedis(Exception):
    """The server program is not installed."""


@contextmanager
def throwaway_redis() -> Iterator[str]:
    """Start a server that keeps nothing on disk, give its address, stop it."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedis("no redis-server found")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="endi-redis-") as folder:
        process = subprocess.Popen(
            [
                *(program, "--port", str(port), "--bind", "127.0.0.1"),
                *("--save", "", "--dir", folder),
            ],
            stdout=subprocess.DEVNULL,
        )
        try:
            wait_until_listening(port, PATIENCE, process)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """Return the address of a Redis server of this process alone."""
    try:
        with throwaway_redis() as url:
            yield url
    except NoRedis:
        leave_out("Redis", "install the Debian package redis-server")
