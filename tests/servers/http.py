"""The real application in a process of its own, as ``make run`` starts it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

PATIENCE = 60.0
GRACE = 10.0
COMMAND = Path(sys.executable).with_name("endi-like")


@dataclass(frozen=True)
class Server:
    """A running application: its address, its process and what it printed so far."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def printed(self) -> str:
        """Return what the application has written to its output and its log."""
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        """Take the power away: no handler of the application runs."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(GRACE)


def free_port() -> int:
    """Return a port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_listening(
    port: int, patience: float, process: subprocess.Popen[bytes]
) -> None:
    """Return when a server lets people in; fail if it has ended, or takes too long."""
    end = time.monotonic() + patience
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"{process.args!r} does not listen on {port}")


def ini_value(text: str) -> str:
    """Write a value so that an ini file gives it back as it is."""
    return text.replace("%", "%%")


@contextmanager
def running_server(
    settings: str | Path, environ: Mapping[str, str] | None = None, *options: str
) -> Iterator[Server]:
    """Serve the settings (the text of an ini file, or its path) on a free port.

    It is ready when this gives it, and its processes are gone at the end.  The options
    are those of ``endi-like serve``.
    """
    with TemporaryDirectory(prefix="endi-server-") as folder:
        path = settings
        if isinstance(settings, str):
            path = Path(folder) / "test.ini"
            path.write_text(settings)
        log = Path(folder) / "output.log"
        port = free_port()
        with log.open("wb") as output:
            process = subprocess.Popen(
                [str(COMMAND), "serve", str(path), *options],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environ or {}), "PORT": str(port)},
                start_new_session=True,
            )
        server = Server(f"http://127.0.0.1:{port}", process, log)
        try:
            _wait_until_alive(server)
            yield server
        finally:
            _stop(server)


def _wait_until_alive(server: Server) -> None:
    """Return when the application answers; say what it printed when it does not."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        if _is_alive(server.url):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the application did not start:\n{server.printed()}")


def _is_alive(url: str) -> bool:
    """Say whether the application answers its health check."""
    try:
        with urllib.request.urlopen(f"{url}/health/live", timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _stop(server: Server) -> None:
    """Ask the application to end as Ctrl-C does, then insist."""
    with suppress(ProcessLookupError):
        os.killpg(server.process.pid, signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        server.process.wait(GRACE)
    server.kill()
