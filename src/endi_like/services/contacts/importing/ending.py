"""What is put off while many contacts are stored, and done at once at the end.

On SQLite the indexes are, as nobody else can write meanwhile and all of it belongs to
the transaction: others see them as they were, until they see all.  PostgreSQL would
keep everybody out of the directory; its indexes of texts collect what is new anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from endi_like.db import Base
from endi_like.models.searching import fillings
from endi_like.services.contacts.importing.folder import Progress

INDEXING = "indexing"
ROOM = -128_000
"""How much of the database SQLite may have in memory meanwhile, in units of -1 KiB."""
SIMPLE = (
    "SELECT name, sql FROM sqlite_master "
    "WHERE type = 'index' AND tbl_name = ? AND sql LIKE 'CREATE INDEX %'"
)
"""The indexes of a table; what is unique has to be known at once."""
MANY, SHARE = 1000, 10
"""What changes statistics: so many contacts, and a tenth of what was there."""
COUNT = {
    "postgresql": 'ANALYZE (SKIP_LOCKED) "{}"',
    "sqlite": 'ANALYZE "{}"',
}
"""Statistics of a table: without them, the databases look for rows the slowest way."""


@dataclass(frozen=True)
class PutOff:
    """A statement to be executed at the end, with its values."""

    statement: str
    values: tuple[int, ...] = ()


@dataclass(frozen=True)
class Tables:
    """The tables that so many contacts, with what belongs to them, come into."""

    connection: Connection
    kinds: Sequence[type[Base]]
    count: int

    @contextmanager
    def filled(self, progress: Progress) -> Iterator[None]:
        """Put off whatever takes less time at the end, where it is done."""
        lasts = {kind.__tablename__: self.last(kind) for kind in self.kinds}
        if self.connection.dialect.name == "sqlite":
            with self.roomy():
                known = [*self.texts(lasts), *self.indexes(lasts)]
                yield
                self.finish([*known, *self.statistics(lasts)], progress)
        else:
            yield
            self.finish(list(self.statistics(lasts)), progress)

    def last(self, kind: type[Base]) -> int:
        """Return the largest key of a table."""
        table: Any = kind.__table__
        key = next(iter(table.primary_key))
        return self.connection.scalar(select(func.max(key))) or 0

    def texts(self, lasts: dict[str, int]) -> Iterator[PutOff]:
        """Put off the indexes of texts: they are told of new rows at the end."""
        for one in fillings():
            self.connection.exec_driver_sql(one.put_off)
            yield PutOff(one.fill, (lasts[one.table],))
            yield PutOff(one.resume)

    def indexes(self, lasts: dict[str, int]) -> Iterator[PutOff]:
        """Put off the indexes of tables in which there is less than comes in.

        To make them of all rows is faster then than to write into them all over.
        """
        for table in [one for one, last in lasts.items() if last < self.count]:
            for name, made in self.connection.exec_driver_sql(SIMPLE, (table,)).all():
                self.connection.exec_driver_sql(f'DROP INDEX "{name}"')
                yield PutOff(made)

    def statistics(self, lasts: dict[str, int]) -> Iterator[PutOff]:
        """Yield what counts the tables that are not any more what they were."""
        for table, last in lasts.items():
            if self.count >= max(MANY, last / SHARE):
                yield PutOff(COUNT[self.connection.dialect.name].format(table))

    def finish(self, known: Sequence[PutOff], progress: Progress) -> None:
        """Do what was put off."""
        for done, one in enumerate(known):
            progress(INDEXING, done, len(known))
            self.connection.exec_driver_sql(one.statement, one.values)
        progress(INDEXING, len(known), len(known))

    @contextmanager
    def roomy(self) -> Iterator[None]:
        """Let SQLite have more of the database in memory."""
        usual = self.connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
        self.connection.exec_driver_sql(f"PRAGMA cache_size = {ROOM}")
        try:
            yield
        finally:
            self.connection.exec_driver_sql(f"PRAGMA cache_size = {usual}")
