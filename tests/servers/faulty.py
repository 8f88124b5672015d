"""A way to a server that is slow, breaks, or leads nowhere: the faults of a network.

``Way`` listens on a port and passes on what it gets to the socket of a PostgreSQL.

    python -m tests.servers.faulty SOCKET HOST PORT

does so in a process of its own, in whatever network it was started in.
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Self

CHUNK = 4096
AT_ONCE = struct.pack("ii", 1, 0)
"""How a connection is closed so that the other side has an error (SO_LINGER)."""


@dataclass(frozen=True)
class Fault:
    """What is the matter with a way; nothing, unless something is said."""

    latency: float = 0.0
    """Seconds that everything takes, in both directions."""
    rate: float = 0.0
    """Bytes per second that come through from the server."""
    cut_after: int = 0
    """Bytes from the server after which a connection is cut."""
    refuses: bool = False
    """Whether connections are ended as soon as they are made."""
    swallows: bool = False
    """Whether all that is sent is taken, and nothing passed on."""


NONE = Fault()


class Way:
    """A way to the server behind a socket; ``fault`` may be changed at any time."""

    def __init__(self, target: str, host: str = "127.0.0.1", port: int = 0) -> None:
        self.target = target
        self.fault = NONE
        self.ends: set[socket.socket] = set()
        self.door = socket.create_server((host, port), backlog=64)
        self.port: int = self.door.getsockname()[1]

    def __enter__(self) -> Self:
        """Begin to pass on."""
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Let nobody in any more, and end what there is."""
        self.door.close()
        self.cut()

    def cut(self) -> None:
        """End every connection there is, from one moment to the next."""
        for end in list(self.ends):
            self.drop(end)

    def drop(self, end: socket.socket) -> None:
        """End one side of a connection: the other side has an error, no farewell."""
        self.ends.discard(end)
        with suppress(OSError):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            end.shutdown(socket.SHUT_RDWR)
        end.close()

    def accept(self) -> None:
        """Take whoever comes, and have two threads pass on what is said."""
        with suppress(OSError):
            while True:
                near, _address = self.door.accept()
                if self.fault.refuses:
                    self.drop(near)
                    continue
                far = socket.socket(socket.AF_UNIX)
                far.connect(self.target)
                self.ends |= {near, far}
                for pair in ((near, far), (far, near)):
                    threading.Thread(
                        target=self.carry, args=(*pair, pair[0] is far), daemon=True
                    ).start()

    def carry(
        self, source: socket.socket, target: socket.socket, is_answer: bool
    ) -> None:
        """Pass on what comes from one side, with the fault there is by then."""
        carried = 0
        with suppress(OSError):
            while data := source.recv(CHUNK):
                if self.fault.swallows:
                    continue
                time.sleep(self.fault.latency)
                if is_answer and self.fault.cut_after:
                    data = data[: max(0, self.fault.cut_after - carried)]
                carried += len(data)
                if is_answer and self.fault.rate:
                    self.trickle(target, data)
                else:
                    target.sendall(data)
                if is_answer and 0 < self.fault.cut_after <= carried:
                    break
        self.drop(source)
        self.drop(target)

    def trickle(self, target: socket.socket, data: bytes) -> None:
        """Send a little at a time, for as long as the way is slow."""
        step = 64
        for begin in range(0, len(data), step):
            target.sendall(data[begin : begin + step])
            if self.fault.rate:
                time.sleep(step / self.fault.rate)


if __name__ == "__main__":
    with Way(sys.argv[1], sys.argv[2], int(sys.argv[3])):
        sys.stdout.write("open\n")
        sys.stdout.flush()
        sys.stdin.read()
