"""Connections to PostgreSQL that do not wait for ever."""

from __future__ import annotations

from collections.abc import Sequence
from select import POLLIN, poll
from time import monotonic
from typing import Any

import psycopg
from psycopg.abc import PQGen
from psycopg.pq.abc import PGresult

GLANCE = 0.1
PATIENCE = 16.0
"""Seconds: a little more than the server itself gives a statement."""


class Columns(Sequence[tuple[Any, ...]]):
    """Name and type of each column of a result, found out when somebody looks.

    SQLAlchemy looks once at each statement.  The driver describes all columns of all
    results, which for a page of 200 columns takes as long as a statement.
    """

    def __init__(self, result: PGresult, encoding: str) -> None:
        self.result = result
        self.encoding = encoding

    def __len__(self) -> int:
        """Return how many columns there are."""
        return self.result.nfields

    def __getitem__(self, at: Any) -> Any:
        """Return a column as PEP 249 has it, of which the driver knows two of seven."""
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        name = self.result.fname(range(len(self))[at])
        said = name.decode(self.encoding) if name is not None else ""
        return (said, self.result.ftype(range(len(self))[at]), *[None] * 5)


class Cursor(psycopg.Cursor[Any]):
    """A cursor that does not describe at length what it has brought."""

    @property
    def description(self) -> Any:
        """Return the columns; nothing for a statement that has none."""
        result = self.pgresult
        return Columns(result, self._encoding) if result and result.nfields else None


class Impatient(psycopg.Connection[Any]):
    """A connection that is given up when no answer comes.

    The server ends what takes too long, unless it hangs itself; the network reports
    what it cannot deliver, unless something in between takes it and is silent.  In
    both cases whoever asked would wait for ever, and so would the next one.
    """

    patience: float | None = PATIENCE

    def __init__(self, *words: Any, **options: Any) -> None:
        super().__init__(*words, **options)
        self.cursor_factory = Cursor

    def is_over(self) -> bool:
        """Tell whether the server has ended the connection, without asking it.

        It speaks to nobody who asks nothing but to take its leave, and the network says
        what it knows of a server that is gone.  To ask would take a statement's time.
        """
        heard = poll()
        heard.register(self.fileno(), POLLIN)
        return bool(heard.poll(0))

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
