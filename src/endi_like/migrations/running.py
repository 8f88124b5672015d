"""Running the steps: on one connection, in one transaction."""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, event
from sqlalchemy import text as sql

from endi_like.db import make_engine, take_time
from endi_like.migrations import HERE, BrokenReferences
from endi_like.models.searching import PREFIX

WAIT = sql("SET LOCAL lock_timeout = 0")
WAIT_NO_MORE = sql("SET LOCAL lock_timeout TO DEFAULT")
ONE_AT_A_TIME = sql("SELECT pg_advisory_xact_lock(2081526412)")


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at that address up to date, or leave it as it was."""
    engine = migrating_engine(url)
    try:
        with engine.begin() as connection:
            prepare(connection)
            command.upgrade(configuration(connection), revision)
            check_references(connection)
    finally:
        engine.dispose()


def configuration(connection: Connection | None = None) -> Config:
    """Return where the steps are found, and the connection they are made on."""
    found = Config(attributes={"connection": connection})
    found.set_main_option("script_location", str(HERE).replace("%", "%%"))
    return found


def is_described(
    _item: Any, name: str | None, kind: str, reflected: bool, _other: Any
) -> bool:
    """Tell whether the models speak of what is there: not of what searches."""
    searches = kind in ("index", "table") and str(name).startswith(PREFIX)
    return not (reflected and searches)


def migrating_engine(url: str) -> Engine:
    """Return an engine for changes of tables.

    SQLite changes a table by making another in its place; with foreign keys on, rows
    that belong to the old one would be deleted with it.
    """
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", without_foreign_keys)
    return engine


def without_foreign_keys(connection: Any, _record: Any) -> None:
    """Have SQLite not follow references, on this connection."""
    connection.execute("PRAGMA foreign_keys = OFF")


def prepare(connection: Connection) -> None:
    """Let one migration run at a time, for as long as it takes.

    The next one waits as long; for a table, which people work with, it does not.
    """
    if connection.dialect.name == "postgresql":
        take_time(connection)
        connection.execute(WAIT)
        connection.execute(ONE_AT_A_TIME)
        connection.execute(WAIT_NO_MORE)


def check_references(connection: Connection) -> None:
    """Raise ``BrokenReferences`` if a reference that was not followed is broken."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise BrokenReferences(f"table {broken[0][0]}, row {broken[0][1]}")
