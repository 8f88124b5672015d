"""A RabbitMQ server of the tests' own, in a folder of its own, gone when they end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers.http import free_port, wait_until_listening
from tests.servers.missing import leave_out

PATIENCE = 90.0
HERE = "127.0.0.1"
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
"""What anybody may start; the one on the path is for the system's own user alone."""


class NoRabbit(Exception):
    """The server program is not installed."""


@contextmanager
def throwaway_rabbitmq() -> Iterator[str]:
    """Start a server that nobody else reaches, give its address, stop it."""
    mapper = shutil.which("epmd")
    if not PROGRAM.exists() or mapper is None:
        raise NoRabbit("no rabbitmq-server found")
    port, names = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="endi-rabbitmq-") as folder:
        environ = {**os.environ, **settings(Path(folder), port, names)}
        with (
            running([mapper, "-port", str(names), "-address", HERE], environ),
            running([str(PROGRAM)], environ) as server,
        ):
            wait_until_listening(port, PATIENCE, server)
            yield f"amqp://guest:guest@{HERE}:{port}"


def settings(folder: Path, port: int, names: int) -> dict[str, str]:
    """Return what makes a server small and its own: nothing of the system's is read.

    ``names`` is the port of what tells Erlang's programs where they are.
    """
    return {
        "HOME": str(folder),
        "ERL_EPMD_PORT": str(names),
        "RABBITMQ_CONF_ENV_FILE": os.devnull,
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_NODENAME": f"endi-{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": HERE,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
    }


@contextmanager
def running(
    command: list[str], environ: dict[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Have a command run with all that it starts itself, and end it all."""
    process = subprocess.Popen(
        command,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    """Return the address of a RabbitMQ server of this process alone."""
    try:
        with throwaway_rabbitmq() as url:
            yield url
    except NoRabbit:
        leave_out("RabbitMQ", "install the Debian package rabbitmq-server")
