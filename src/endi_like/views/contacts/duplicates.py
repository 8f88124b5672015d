"""The likely duplicates of the directory: side by side, to be merged or let be."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from endi_like.forms.contacts import KIND_NAMES
from endi_like.i18n import _
from endi_like.models.contacts import Entity, EntityPair
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.services.contacts.duplicates import pairs
from endi_like.services.contacts.duplicates.reasons import sentences
from endi_like.views.actions import sent, text

VIEWS = {
    "likely": _("Likely"),
    "possible": _("Possible"),
    "dismissed": _("Not the same"),
}
"""What the lists of pairs are called."""


def scope_of(context: Collection, request: Any) -> Any:
    """Return the entities that the user may merge."""
    return context.scope(request.identity, Permission.MERGE)


def listed(context: Collection, request: Any) -> tuple[str, pairs.Listed]:
    """Return which list is asked for, and its pairs."""
    asked = text(request.GET, "show")
    shown = asked if asked in VIEWS else pairs.SHOWN[0]
    scope, after = scope_of(context, request), text(request.GET, "after")
    return shown, pairs.listed(request.db, scope, shown, after)


@view_config(
    context=Collection,
    holds=Entity,
    name="duplicates",
    request_method="GET",
    permission=Permission.MERGE,
    renderer="endi_like:templates/contacts/duplicates.jinja2",
)
def duplicates_page(context: Collection, request: Any) -> dict[str, Any]:
    """Show pairs side by side, with why they may be one."""
    shown, found = listed(context, request)
    base = request.resource_path(context)
    return {
        "base": base,
        "url": f"{base}duplicates",
        "views": VIEWS,
        "shown": shown,
        "pairs": [(one, sentences(one.reasons.split())) for one in found.pairs],
        "kinds": KIND_NAMES,
        "total": found.total,
        "is_more": found.total >= pairs.MOST_COUNTED,
        "next": f"?show={shown}&after={found.after}" if found.after else "",
        "is_first": not text(request.GET, "after"),
    }


@view_config(
    context=Collection,
    holds=Entity,
    name="duplicates",
    request_method="GET",
    permission=Permission.MERGE,
    renderer="json",
    wants_json=True,
)
def duplicates_json(context: Collection, request: Any) -> dict[str, Any]:
    """Answer the same pairs as JSON."""
    shown, found = listed(context, request)
    return {
        "show": shown,
        "total": found.total,
        "rows": [as_json(one, request) for one in found.pairs],
        "next": found.after or None,
    }


def as_json(pair: EntityPair, request: Any) -> dict[str, Any]:
    """Return a pair as a program reads it."""
    said = map(request.translate, sentences(pair.reasons.split()))
    return {
        "id": pair.id,
        "score": pair.score,
        "reasons": list(said),
        "contacts": [
            {"id": one.id, "control_code": one.control_code, "name": one.name}
            for one in (pair.first, pair.second)
        ],
    }


@view_config(
    context=Collection,
    holds=Entity,
    name="duplicates",
    request_method="POST",
    permission=Permission.MERGE,
)
def answer(context: Collection, request: Any) -> Any:
    """Remember that two are not the same, or take that back."""
    values = sent(request)
    scope = scope_of(context, request)
    pair = pairs.pair_of(request.db, scope, text(values, "pair"))
    if pair is None:
        raise HTTPNotFound
    if text(values, "answer") == "open":
        pairs.take_back(pair)
        said = _("They are compared again.")
    else:
        now = request.registry["clock"]()
        pairs.dismiss(pair, by_id=request.identity.user_id, now=now)
        said = _("They are not the same: nobody is asked about them again.")
    return told(context, request, said)


def told(context: Collection, request: Any, said: Any) -> Any:
    """Say what was done, and go back to the list."""
    sentence = request.translate(said)
    if request.wants_json:
        return Response(json_body={"said": sentence})
    request.flash(sentence)
    asked = text(request.POST, "show")
    query = {"show": asked} if asked in VIEWS else None
    return HTTPSeeOther(request.resource_url(context, "duplicates", query=query))
