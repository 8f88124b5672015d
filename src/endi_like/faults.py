"""What an error of the database means: a race, a database away or full, or a bug."""

from __future__ import annotations

from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    TimeoutError,  # no connection of the pool became free
)
from sqlalchemy.orm.exc import StaleDataError

RACE, FULL, AWAY, VALUE, BUG = "race", "full", "away", "value", "bug"

# The codes of PostgreSQL are five signs, SQLite's are names; their beginnings tell.
CODES = {
    RACE: (
        "23000",  # one of our triggers protects a locked row
        "23503",  # what a row points at has gone
        "23505",  # somebody else has taken the unique value
        "40",  # serialization failure, deadlock
        "SQLITE_CONSTRAINT_FOREIGNKEY",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        "SQLITE_CONSTRAINT_TRIGGER",
        "SQLITE_CONSTRAINT_UNIQUE",
    ),
    FULL: (
        "53100",  # no room on the disk
        "SQLITE_FULL",
    ),
    AWAY: (
        "08",  # connection lost
        "53",  # out of connections or memory
        "57",  # stopped, or took too long
        "55P03",  # a lock was not to be had in time
        "SQLITE_BUSY",
        "SQLITE_CANTOPEN",
        "SQLITE_IOERR",
        "SQLITE_LOCKED",
        "SQLITE_NOMEM",
        "SQLITE_PROTOCOL",
        "SQLITE_READONLY",
    ),
    VALUE: ("22", "SQLITE_TOOBIG"),
}


def code_of(error: DBAPIError) -> str | None:
    """Return the code the database gave, if there was one to give it."""
    name = getattr(error.orig, "sqlite_errorname", None)
    code: str | None = name or getattr(error.orig, "sqlstate", None)
    return code


def kind_of(error: BaseException) -> str:
    """Return what an error means: RACE, FULL, AWAY, VALUE or BUG."""
    if isinstance(error, StaleDataError):
        return RACE
    if isinstance(error, TimeoutError):
        return AWAY
    if not isinstance(error, DBAPIError):
        return BUG
    code = code_of(error)
    if error.connection_invalidated or code is None:
        lost = isinstance(error, OperationalError | InterfaceError)
        return AWAY if lost else BUG
    kinds = (kind for kind, begins in CODES.items() if code.startswith(begins))
    return next(kinds, BUG)


def trouble(error: BaseException) -> str:
    """Return what the log says of a database that cannot do what it is asked for."""
    if kind_of(error) == FULL:
        return "the database has no room"
    return "the database does not answer"
