"""Pages made into PDF, without loading the engine before the first one is made."""

from __future__ import annotations

import atexit
from functools import cache
from importlib import import_module
from threading import Lock
from typing import Any

_one_at_a_time = Lock()  # Pango's font maps must not be used by two threads


@cache
def engine() -> Any:
    """Return the ``services.pdf.Engine`` of this process.

    It is imported by the first PDF only: a web worker that has made none stays 40 MB
    smaller, and starts half a second sooner.
    """
    made = import_module("endi_like.services.pdf").Engine()
    atexit.register(engine.cache_clear)  # its fonts are given back before Python ends
    return made


def render_pdf(html: str) -> bytes:
    """Return the PDF of a printed page, as ``templating.render`` made it."""
    with _one_at_a_time:
        made: bytes = engine().render(html)
    return made
