"""A bar that grows on a terminal; elsewhere nothing is written."""

from __future__ import annotations

import sys

WIDTH = 30
CLEAR = "\r\x1b[K"


class Bar:
    """Shows how far a piece of work is, and goes away at its end."""

    def __call__(self, work: str, done: int, total: int) -> None:
        """Show it again."""
        if not sys.stderr.isatty():
            return
        share = done / total if total else 1.0
        signs = "#" * int(share * WIDTH)
        line = f"{CLEAR}{work:20} [{signs:{WIDTH}}] {share:4.0%}"
        sys.stderr.write(line if done < total else CLEAR)
        sys.stderr.flush()
