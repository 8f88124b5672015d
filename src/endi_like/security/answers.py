"""Answers that need neither a view nor the database: a status and a sentence."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

from pyramid.response import Response

from endi_like.faults import trouble
from endi_like.i18n import LANGUAGES, _
from endi_like.logs import REQUEST_ID
from endi_like.security.access import language
from endi_like.templating import assets, render
from endi_like.translation import translator

TITLES = {
    400: _("What arrived cannot be read"),
    401: _("Please say who you are"),
    403: _("This is not for you to do"),
    404: _("There is nothing here"),
    405: _("That is not possible here"),
    409: _("Somebody was faster"),
    410: _("This is kept no longer"),
    413: _("That is too much at once"),
    415: _("What arrived cannot be read"),
    422: _("Something is missing or wrong"),
    500: _("We made a mistake"),
    503: _("Please try again in a moment"),
}

RETRY_AFTER = "5"
NO_ROOM = _(
    "There is no room for it just now. Nothing of what you sent was saved; please try "
    "again later, or tell an administrator."
)

log = logging.getLogger(__name__)


def wants_json(request: Any) -> bool:
    """Tell whether a program asks: in JSON, ``?fmt=json``, or JSON preferred to HTML.

    JSON is never taken for an empty form.
    """
    if request.content_type == "application/json":
        return True
    query = f"&{request.environ.get('QUERY_STRING', '')}&"
    if "&fmt=json&" in query:
        return True
    offered = request.accept.acceptable_offers(["text/html", "application/json"])
    return bool(offered) and offered[0][0] == "application/json"


def reader_language(request: Any) -> str:
    """Return the language to answer in, even when the headers make no sense."""
    try:
        return language(request)
    except ValueError:
        return LANGUAGES[0]


def title_of(status: int) -> str:
    """Return the heading of an answer."""
    found: str = TITLES.get(status, TITLES[400 if status < 500 else 500])
    return found


def bare(
    request: Any, status: int, reasons: Sequence[str], *, reference: str = ""
) -> Response:
    """Return a small page, or JSON, with the sentences that say what is the matter.

    It looks at nothing but a few headers, so that it works when nothing else does.
    """
    locale = reader_language(request)
    if wants_json(request):
        translate = translator(locale)
        values: dict[str, Any] = {
            "error": translate(title_of(status)),
            "reasons": [translate(reason) for reason in reasons],
        }
        if reference:
            values["reference"] = reference
        return Response(json_body=values, status=status)
    values = {
        "asset": assets(request.script_name).url,
        "title": title_of(status),
        "reasons": reasons,
        "reference": reference,
        "home": f"{request.script_name}/",
    }
    return Response(render("errors/bare.jinja2", values, locale), status=status)


def last_resort(request: Any) -> Response:
    """Say that we made a mistake; the log has the traceback under the same number.

    To be called while the exception is handled.
    """
    reference = request.environ.get(REQUEST_ID, "")
    log.exception("unexpected error %s", reference)
    sentence = _("It was noted, and nothing of what you sent was saved.")
    return bare(request, 500, [sentence], reference=reference)


def away(request: Any, error: Exception) -> Response:
    """Say that the database does not answer just now; the log has a line about it."""
    first = str(error).split("\n")[0]
    log.warning("%s: %s", trouble(error), first)
    sentence = _(
        "The database does not answer just now. Nothing of what you sent was saved; "
        "your browser keeps it, please send it again in a moment."
    )
    return later(request, sentence)


def full(request: Any, error: Exception) -> Response:
    """Say that there is no room for it; the log has a line about it."""
    first = str(error).split("\n")[0]
    log.warning("%s: %s", trouble(error), first)
    return later(request, NO_ROOM)


def later(request: Any, sentence: str) -> Response:
    """Say why it cannot be done now, and when to ask again."""
    response = bare(request, 503, [sentence])
    response.headers["Retry-After"] = RETRY_AFTER
    return response
