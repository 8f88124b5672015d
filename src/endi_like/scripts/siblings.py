"""Web processes that share one port, and most of their memory.

The first process loads the application, then forks the others.  All of them answer
requests; when one ends, however it ends, the others finish what they have begun and
end too.  What watches services, systemd for example, then starts them all again.
"""

from __future__ import annotations

import gc
import linecache
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from ctypes import CDLL
from threading import Event, Thread

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""What the C library calls its settings, see ``man mallopt``."""

LARGE = 256 * 1024

COLLECTING = (2000, 1, 5)
"""When the collector looks at what is new, at what is left of it, and at the rest."""


def save_memory() -> None:
    """Have large pieces given back at once, and threads share what is kept.

    Without this the C library keeps what one password check takes, 19 MB, and gives
    each thread a store of its own.  Another C library is left as it is.
    """
    with suppress(AttributeError):
        library = CDLL(None)
        library.mallopt(TRIM_THRESHOLD, LARGE)
        library.mallopt(MMAP_THRESHOLD, LARGE)
        library.mallopt(ARENA_MAX, 1)


def settle() -> None:
    """Leave all that is there to itself, and look after what is new the sooner.

    The collector must not write to every object: written pages are not shared.  What
    an answered request leaves behind would else lie there for ten more of them, and
    they would need other pages.
    """
    # Whoever declares a view reads the lines of its source, and keeps them.
    linecache.clearcache()
    gc.collect()
    with suppress(AttributeError):
        CDLL(None).malloc_trim(0)
    gc.freeze()
    # It learns how few objects there are to look at from now on.
    gc.collect()
    gc.set_threshold(*COLLECTING)


class Siblings:
    """The other web processes of this one; none when it is alone.

    There is one of these in each process.  No thread may run when it is made.
    """

    def __init__(self, count: int) -> None:
        """Fork ``count`` processes, which go on from here as this one does."""
        self.number = 0
        self.failed = False
        self._pids: list[int] = []
        self._watchers: list[Thread] = []
        self._reading, self._writing = os.pipe()
        settle()
        # The C library puts in order what was given back when it is next asked for a
        # large piece, which writes to all of it: better now, while that is shared.
        bytearray(LARGE // 2)
        sys.stdout.flush()
        for number in range(count):
            pid = os.fork()
            if not pid:
                # Only the first holds this end: it closes when the first ends.
                os.close(self._writing)
                self.number = number + 1
                self._pids = []
                return
            self._pids.append(pid)

    @property
    def is_first(self) -> bool:
        """Tell whether this process was not forked from another one."""
        return not self.number

    def follow(self, stopping: Event) -> None:
        """From now on each process stops when another one does."""
        if not self.is_first:
            self._watch([Thread(target=self._after_first, args=(stopping,))])
            return
        self._watch(
            Thread(target=self._after, args=(pid, stopping)) for pid in self._pids
        )
        self._watch([Thread(target=self._tell, args=(stopping,))])

    def join(self, seconds: float) -> None:
        """Wait until the others have ended; nobody waits for the first."""
        for watcher in self._watchers if self.is_first else ():
            watcher.join(seconds)

    def _watch(self, watchers: Iterable[Thread]) -> None:
        for watcher in watchers:
            watcher.daemon = True
            watcher.start()
            self._watchers.append(watcher)

    def _after(self, pid: int, stopping: Event) -> None:
        """Stop when that process has ended; unasked, it is a failure."""
        os.waitpid(pid, 0)
        self.failed = self.failed or not stopping.is_set()
        stopping.set()

    def _after_first(self, stopping: Event) -> None:
        """Stop when the first process has closed its end, or is no more."""
        os.read(self._reading, 1)
        stopping.set()

    def _tell(self, stopping: Event) -> None:
        """Close the end that the others watch."""
        stopping.wait()
        os.close(self._writing)
