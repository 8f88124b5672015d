"""Log-in: the attempt is counted, the password compared, the session started.

Each step is a short transaction of its own, none of them the request's: the count
stays when the answer is a refusal, and no lock is held while the password is hashed.
"""

from __future__ import annotations

from typing import Any

from pyramid.security import remember

from endi_like.principals import Identity
from endi_like.security.access import LANGUAGE_COOKIE, now, visitor
from endi_like.security.cookies import set_cookie
from endi_like.services import users
from endi_like.services.passwords import matches

YEAR = 365 * 24 * 3600


class Throttled(Exception):
    """The address has guessed too often; waiting helps."""


def transaction(request: Any) -> Any:
    """Return a transaction of its own; the request's must not have begun on SQLite."""
    return request.registry["db.session_factory"].begin()


def count_attempt(request: Any, login: str) -> int:
    """Count an attempt, and return its id; raise ``Throttled``."""
    address, at = visitor(request).address, now(request)
    with transaction(request) as db:
        attempt_id = users.note_attempt(db, login, address, now=at)
    with transaction(request) as db:
        throttled = users.is_throttled(db, login, address, now=at)
        if throttled:
            users.take_back(db, attempt_id)
    if throttled:
        raise Throttled
    return attempt_id


def enter(request: Any, login: str, password: str) -> Identity | None:
    """Log in, and return who it is; nothing when login and password do not match.

    Raises ``Throttled``.
    """
    attempt_id = count_attempt(request, login)
    with transaction(request) as db:
        user_id, known = users.known_hash(db, login)
    if not matches(known, password) or user_id is None:
        return None
    with transaction(request) as db:
        user = users.let_in(db, user_id, attempt_id, password)
        if user is None:
            return None
        remember(request, user.id, db=db)
        return Identity(user.id, user.roles, name=user.name, language=user.language)


def keep_language(request: Any, language: str) -> None:
    """Have pages in the user's language also before the next log-in."""
    secure = request.registry["cookie"].secure

    def send(_request: Any, response: Any) -> None:
        set_cookie(response, LANGUAGE_COOKIE, language, secure, max_age=YEAR)

    request.add_response_callback(send)


def note_failure(request: Any, login: str) -> None:
    """Count a wrong password typed elsewhere than at log-in.

    It is counted after the request's own transaction, which is undone.
    """
    address, at = visitor(request).address, now(request)

    def note(request: Any) -> None:
        with transaction(request) as db:
            users.note_attempt(db, login, address, now=at)

    request.add_finished_callback(note)
