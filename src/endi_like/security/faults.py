"""What an error of the database means: a race, a database away or full, or a bug."""

from __future__ import annotations

from typing import Any

from pyramid_retry import mark_error_retryable
from sqlalchemy import Engine, event
from sqlalchemy.exc import (
    DBAPIError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
    TimeoutError,  # no connection of the pool became free
)
from sqlalchemy.orm.exc import StaleDataError

RACE, FULL, AWAY, VALUE, BUG = "race", "full", "away", "value", "bug"

DatabaseFault = SQLAlchemyError

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
# Not a plain SQLITE_BUSY: who gets it has waited as long as anybody should.
WORTH_ANOTHER_TRY = ("SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED")


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


def worth_another_try(error: BaseException) -> bool:
    """Tell whether the same request may well succeed a moment later."""
    code = code_of(error) if isinstance(error, DBAPIError) else None
    return kind_of(error) == RACE or (code or "").startswith(WORTH_ANOTHER_TRY)


def mark(context: Any) -> None:
    """Tell pyramid_retry, as soon as the database objects, to try once more."""
    error = context.sqlalchemy_exception
    if error is not None and worth_another_try(error):
        mark_error_retryable(error)


def includeme(_config: Any) -> None:
    """Have requests repeated that lost a race only the database has seen."""
    mark_error_retryable(StaleDataError)
    if not event.contains(Engine, "handle_error", mark):
        event.listen(Engine, "handle_error", mark)
