"""Databases full of invoices, and the application on them: what benchmarks measure.

Everything is thrown away at the end: an SQLite file in a temporary folder, and a
PostgreSQL cluster of our own.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, insert, select, text
from sqlalchemy.orm import Session

import endi_like.models
from benchmarks._copies import copy_invoices
from benchmarks._foundations import PEOPLE, foundations
from benchmarks._rows import (
    LARGE_COMPANIES,
    NOW,
    TODAY,
    Invoices,
)
from endi_like import main
from endi_like.db import Base, make_engine, take_time
from endi_like.models.triggers import statements
from endi_like.services.sessions import Visitor, new_token, start_session
from tests.servers.postgres import create_database, throwaway_cluster

assert endi_like.models.make_with_tables, "the metadata is complete"

BATCH = 20_000
TURNOVER = """
INSERT INTO day_turnover SELECT company_id, date, sum(ht) FROM task
WHERE validation_status = 'valid' GROUP BY company_id, date
"""
MANY = 10_000


@dataclass(frozen=True)
class Place:
    """A filled database, and the settings of an application on it."""

    name: str
    engine: Engine
    folder: Path

    def app(self) -> Any:
        """Return the real application."""
        return main({}, **self.settings)

    @property
    def settings(self) -> dict[str, Any]:
        """Return what the ini file would say."""
        return {
            "endi.database_url": self.engine.url.render_as_string(hide_password=False),
            "endi.secret": "the secret of the benchmarks, and of nobody else",
            "endi.data_folder": str(self.folder),
            "clock": lambda: NOW,
        }

    def cookie(self, login: str) -> str:
        """Log somebody in and return the cookie of their browser."""
        token = new_token()
        with Session(self.engine) as session, session.begin():
            user_id, _roles = PEOPLE[login]
            start_session(session, user_id, token, now=NOW, visitor=Visitor())
        return f"endi={token}"


@contextmanager
def sqlite(
    count: int = MANY,
    whole: int = MANY,
    *,
    copies: int = 0,
    companies: int = LARGE_COMPANIES,
) -> Iterator[Place]:
    """Give an SQLite file with so many invoices, ``whole`` of them with lines."""
    with tempfile.TemporaryDirectory(prefix="endi-bench-") as name:
        folder = Path(name)
        engine = make_engine(f"sqlite:///{folder / 'bench.sqlite'}")
        fill(engine, Invoices(count, min(whole, count), companies), copies)
        yield Place("SQLite", engine, folder)
        engine.dispose()


@contextmanager
def postgresql(
    count: int = MANY,
    whole: int = MANY,
    *,
    copies: int = 0,
    companies: int = LARGE_COMPANIES,
) -> Iterator[Place]:
    """Give a PostgreSQL database with so many invoices, ``whole`` with lines."""
    with (
        tempfile.TemporaryDirectory(prefix="endi-bench-") as name,
        throwaway_cluster() as cluster,
    ):
        engine = make_engine(create_database(cluster, "bench"))
        fill(engine, Invoices(count, min(whole, count), companies), copies)
        yield Place("PostgreSQL", engine, Path(name))
        engine.dispose()


DATABASES = (sqlite, postgresql)


def fill(engine: Engine, invoices: Invoices, copies: int = 0) -> None:
    """Make the tables, fill them, then make the triggers: validated rows are frozen.

    Each invoice may have copies; they have no lines.
    """
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET session_replication_role = replica")
        take_time(connection)
        for table in Base.metadata.sorted_tables:
            table.create(connection)
        for table, rows in foundations():
            connection.execute(insert(Base.metadata.tables[table]), rows)
        insert_all(connection, invoices)
        if copies:
            copy_invoices(connection, invoices.count, copies)
        counters = [
            {
                "key": f"year:{year}",
                "value": value,
                "start": 0,
                "last_date": min(TODAY, dt.date(year, 12, 31)),
            }
            for year, value in invoices.numbers.items()
        ]
        connection.execute(insert(Base.metadata.tables["counter"]), counters)
        connection.exec_driver_sql(TURNOVER)
        for statement in statements(engine.dialect.name):
            connection.exec_driver_sql(statement.replace("%", "%%"))
        if engine.dialect.name == "postgresql":
            move_sequences(connection)
    settle_down(engine)


def insert_all(connection: Any, invoices: Invoices) -> None:
    """Insert the invoices, many rows in one statement."""
    waiting: dict[str, list[dict[str, Any]]] = {}
    for number in range(1, invoices.count + 1):
        for table, row in invoices.rows(number):
            waiting.setdefault(table, []).append(row)
        if number % BATCH == 0 or number == invoices.count:
            for table, rows in waiting.items():
                connection.execute(insert(Base.metadata.tables[table]), rows)
            waiting.clear()


def move_sequences(connection: Any) -> None:
    """Have the ids that are given next come after those that were written."""
    for table in Base.metadata.sorted_tables:
        ids = [c for c in table.primary_key if c.name == "id" and not c.foreign_keys]
        if ids and ids[0].type.python_type is int:
            series = func.pg_get_serial_sequence(f'"{table.name}"', "id")
            last = select(func.coalesce(func.max(ids[0]), 1)).scalar_subquery()
            connection.execute(select(func.setval(series, last)))


def settle_down(engine: Engine) -> None:
    """Leave the database as one that has been in use: with statistics, no garbage."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            take_time(connection)
            connection.exec_driver_sql("SET statement_timeout = 0")
            connection.exec_driver_sql("VACUUM ANALYZE")
        else:
            connection.execute(text("ANALYZE"))
            connection.commit()
