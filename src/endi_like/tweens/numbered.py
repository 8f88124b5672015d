"""Each request has a number: every line of the log says it, and so does the answer.

This tween is the outermost: it sees what was answered, and how long it took.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from time import perf_counter
from typing import Any

from endi_like.logs import REQUEST_ID, UNTOLD, bind, forget

HEADER = "X-Request-ID"
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
BEGAN = "endi.began"
QUIET = ("/static/", "/health/")
LONGEST_PATH, LONGEST_METHOD = 500, 20

log = logging.getLogger("endi_like.requests")


def numbered_tween(
    handler: Callable[[Any], Any], registry: Any
) -> Callable[[Any], Any]:
    """Return the tween that numbers, times and notes requests."""
    trusting = registry["settings.typed"].trust_request_id
    count = registry.get("count")

    def tween(request: Any) -> Any:
        # what is tried again after a race keeps its number, and its time counts on
        environ = request.environ
        number = environ.setdefault(REQUEST_ID, number_of(request, trusting))
        began = environ.setdefault(BEGAN, perf_counter())
        bind(request_id=number)
        # last of all: what others do after the request is still told with its number
        request.add_finished_callback(lambda r: r.add_finished_callback(forget_it))
        response = handler(request)
        response.headers[HEADER] = number
        if UNTOLD not in environ:
            seconds = perf_counter() - began
            note(request, response, seconds)
            if count:
                count(request, response, seconds)
        return response

    return tween


def number_of(request: Any, trusting: bool) -> str:
    """Return the number of a request: the proxy's, if it is to be trusted, or ours."""
    sent = request.headers.get(HEADER, "") if trusting else ""
    return sent if WELL_FORMED.fullmatch(sent) else secrets.token_hex(5)


def forget_it(_request: Any) -> None:
    """Have the next lines of this thread belong to nothing."""
    forget()


def note(request: Any, response: Any, seconds: float) -> None:
    """Write who asked for what, and how it ended; never what was asked in the query."""
    path = path_of(request)
    level = logging.DEBUG if path.startswith(QUIET) else logging.INFO
    if not log.isEnabledFor(level):
        return
    access = request.__dict__.get("access")
    said = {
        "method": request.method[:LONGEST_METHOD],
        "path": path,
        "status": response.status_int,
        "ms": round(seconds * 1000, 1),
        "user": access.identity.user_id if access else None,
    }
    log.log(level, "request", extra=said)


def path_of(request: Any) -> str:
    """Return the path of the address, readable even if it is no text."""
    raw = request.environ["PATH_INFO"][:LONGEST_PATH].encode("latin-1", "replace")
    return raw.decode("utf-8", "backslashreplace")
