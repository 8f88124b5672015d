"""A form that creates something carries a key, and is answered once by it."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from endi_like.i18n import _
from endi_like.services import once
from endi_like.views.actions import sent, text

FIELD = "once"
ALREADY = _("It was saved already; nothing was done twice.")


def key_of(request: Any) -> str | None:
    """Return the key that came with a form; none for what cannot be one."""
    key = text(sent(request), FIELD)
    return key if once.is_key(key) else None


def made_before(request: Any) -> HTTPSeeOther | None:
    """Return the way to what this form has made already, if it was sent before."""
    key = key_of(request)
    path = key and once.made(request.db, key, request.identity.user_id)
    if not path or request.wants_json:
        return None
    request.flash(request.translate(ALREADY), "wait")
    return HTTPSeeOther(f"{request.host_url}{path}")


def remember(request: Any, made: Any) -> None:
    """Write down what this form has made, for when it arrives once more."""
    if (key := key_of(request)) and not request.wants_json:
        path, now = request.resource_path(made), request.registry["clock"]()
        once.remember(request.db, key, request.identity.user_id, path, now)
