"""Connections to PostgreSQL that do not wait for ever."""

from __future__ import annotations

from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import PQGen

GLANCE = 0.1
PATIENCE = 16.0
"""Seconds: a little more than the server itself gives a statement."""


class Impatient(psycopg.Connection[Any]):
    """A connection that is given up when no answer comes.

    The server ends what takes too long, unless it hangs itself; the network reports
    what it cannot deliver, unless something in between takes it and is silent.  In
    both cases whoever asked would wait for ever, and so would the next one.
    """

    patience: float | None = PATIENCE

    def wait(
        self, gen: PQGen[Any], interval: float = GLANCE, timeout: float | None = None
    ) -> Any:
        """Return the answer; raise ``OperationalError`` when there is none in time."""
        if timeout is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.patience)
        except psycopg.OperationalError as error:
            if error.sqlstate is not None or self.closed:
                raise  # the server or the network has said what is the matter
            self.pgconn.finish()
            raise psycopg.OperationalError("no answer came in time") from error


class Hurried(Impatient):
    """A connection that has so many seconds for all that is asked, from its beginning.

    It is for a look whether all is well: that no answer comes is an answer as well.
    """

    seconds = 2.5

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        self.ends = monotonic() + self.seconds

    def wait(
        self, gen: PQGen[Any], interval: float = GLANCE, timeout: float | None = None
    ) -> Any:
        """Return the answer; raise ``OperationalError`` when the time is over."""
        self.patience = max(GLANCE, self.ends - monotonic())
        return super().wait(gen, interval, timeout)
