"""Waiting that ends: a test that hangs tells nobody what it waits for."""

from __future__ import annotations

import time
from collections.abc import Iterable
from threading import Thread

PATIENCE = 60.0


def all_end(threads: Iterable[Thread], patience: float = PATIENCE) -> None:
    """Wait until all threads have ended; fail if one takes longer than all may."""
    end = time.monotonic() + patience
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
        assert not thread.is_alive(), f"{thread.name} did not end in {patience} seconds"
