"""What cannot be meant is refused before anything looks at it.

Each check raises ``Insane`` with a status and a sentence.  Behind this tween every
path, parameter, cookie and field can be read without an exception, is text in UTF-8
without NUL, and was sent once where once is meant.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

from endi_like.i18n import _
from endi_like.security.answers import NO_ROOM, RETRY_AFTER, bare
from endi_like.tweens.bodies import check_body
from endi_like.tweens.insane import Insane, check_text, decoded

METHODS = ("GET", "HEAD", "POST")
HOST = re.compile(r"[A-Za-z0-9._-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")
LONGEST_QUERY = 16_000
REFUSED = "endi.refused"
"""Where the web server says with which status it would not read a request."""

UNREAD = {
    400: _("What your browser sent is not a request that can be read."),
    413: _("That is more than can be sent at once. Nothing of it was saved."),
    431: _(
        "Your browser sends more beside the address than can be read. Deleting its "
        "cookies for this site helps."
    ),
    501: _("What your browser sent is packed in a way that is not understood here."),
    503: NO_ROOM,
}


def check_server(request: Any) -> None:
    """Refuse what the web server has not read."""
    status = request.environ.get(REFUSED)
    if status is not None:
        raise Insane(status, UNREAD.get(status, UNREAD[400]))


def check_method(request: Any) -> None:
    """Refuse methods that no page and no program of ours uses."""
    if request.method not in METHODS:
        raise Insane(405, _("Only GET, HEAD and POST are understood here."))


def check_address(request: Any) -> None:
    """Refuse an address that is not text."""
    host = request.environ.get("HTTP_HOST", "localhost")
    if not HOST.fullmatch(host):
        raise Insane(400, _("The name of the server is not one."))
    check_text(decoded(request.environ["PATH_INFO"].encode("latin-1", "replace")))


def check_query(request: Any) -> None:
    """Refuse parameters that are not text, or are sent twice."""
    query = request.environ.get("QUERY_STRING", "")
    if len(query) > LONGEST_QUERY:
        raise Insane(413, _("The address is too long."))
    raw = query.encode("latin-1", "replace").replace(b"+", b" ")
    check_text(decoded(unquote_to_bytes(raw)), lines=True)
    for name, times in Counter(request.GET.keys()).items():
        if times > 1:
            raise Insane(
                400,
                _("“${name}” was sent more than once.", mapping={"name": name}),
            )


def check_headers(request: Any) -> None:
    """Refuse cookies and origins that cannot be read."""
    try:
        request.cookies.get("")
        urlsplit(request.headers.get("Origin", ""))
        urlsplit(request.headers.get("Referer", ""))
    except ValueError as error:
        raise Insane(400, _("A header of your browser cannot be read.")) from error


CHECKS: tuple[Callable[[Any], None], ...] = (
    check_server,
    check_method,
    check_address,
    check_query,
    check_headers,
    check_body,
)


def sanity_tween(handler: Callable[[Any], Any], _registry: Any) -> Callable[[Any], Any]:
    """Return the tween that refuses what makes no sense."""

    def tween(request: Any) -> Any:
        try:
            for check in CHECKS:
                check(request)
        except Insane as error:
            return refusal(request, error)
        return handler(request)

    return tween


def refusal(request: Any, error: Insane) -> Any:
    """Return the sentence that refuses a request."""
    response = bare(request, error.status, [error.sentence])
    if error.status == 405:
        response.headers["Allow"] = ", ".join(METHODS)
    if error.status == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    return response
