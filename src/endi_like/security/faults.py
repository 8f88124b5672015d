"""What follows from an error of the database: the same request once more, or not."""

from __future__ import annotations

from typing import Any

from pyramid_retry import mark_error_retryable
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.orm.exc import StaleDataError

from endi_like.faults import RACE, code_of, kind_of

DatabaseFault = SQLAlchemyError

# Not a plain SQLITE_BUSY: who gets it has waited as long as anybody should.
WORTH_ANOTHER_TRY = ("SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED")


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
