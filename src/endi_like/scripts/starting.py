"""What a process does while it starts, when nothing it makes is thrown away."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector out while modules and views are made, which stay.

    To look through them again and again takes an eighth of a start.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
