"""Who asks: looked up at each request, by the cookie or by an API token."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from endi_like.i18n import LANGUAGES
from endi_like.services import sessions
from endi_like.services.sessions import Access, Limits, Visitor

TOUCH_EVERY = timedelta(minutes=5)
LANGUAGE_COOKIE = "endi-language"

log = logging.getLogger(__name__)


def now(request: Any) -> datetime:
    """Return the present moment, by the application's clock."""
    moment: datetime = request.registry["clock"]()
    return moment


def session_limits(request: Any) -> Limits:
    """Return how long sessions last in this installation."""
    settings = request.registry["settings.typed"]
    return Limits(
        idle=timedelta(hours=settings.session_idle_hours),
        age=timedelta(days=settings.session_days),
    )


def visitor(request: Any) -> Visitor:
    """Return where the request comes from.

    ``X-Forwarded-For`` is anybody's claim: only the server may believe it, when its
    settings name a proxy, and then the remote address is already the right one.
    """
    return Visitor(request.remote_addr or "", request.headers.get("User-Agent", ""))


def bearer_token(request: Any) -> str | None:
    """Return the API token of a program; a browser sends none."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _space, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def needs_csrf_check(request: Any) -> bool:
    """Tell whether another site could have sent this in the user's name."""
    return bearer_token(request) is None


def find_access(request: Any) -> Access | None:
    """Look up who asks: one query, and none for a visitor without a token."""
    bearer = bearer_token(request)
    if bearer is None:
        token = request.registry["cookie"].read(request)
        found = token and sessions.find_session(
            request.db, token, now=now(request), limits=session_limits(request)
        )
    else:
        found = sessions.find_api_token(request.db, bearer, now=now(request))
    if not found:
        return None
    if found.seen_at is None or now(request) - found.seen_at > TOUCH_EVERY:
        request.add_finished_callback(touch)
    return found


def touch(request: Any) -> None:
    """Note that somebody is still there, after the request's own transaction."""
    moment = now(request)
    write_afterwards(request, lambda db: sessions.touch(db, request.access, now=moment))


def write_afterwards(request: Any, write: Callable[[Session], None]) -> None:
    """Write something in a transaction of its own, as a finished callback does.

    It runs after the request's session was closed, and the answer does not depend
    on it: a busy database may forget it once.
    """
    try:
        with request.registry["db.session_factory"].begin() as db:
            write(db)
    except SQLAlchemyError:
        log.warning("what was used or read could not be noted", exc_info=True)


def language(request: Any) -> str:
    """Return the language to answer in: the user's, the browser's last, its wish.

    A page that asked for no permission has not looked up the user, and is not made to.
    """
    if access := request.__dict__.get("access"):
        chosen = access.identity.language
    else:
        chosen = request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return str(request.accept_language.lookup(LANGUAGES, default=LANGUAGES[0]))
