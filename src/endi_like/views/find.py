"""What search-as-you-type fields ask: a few records of a collection."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.services import finding
from endi_like.views.actions import text

LONGEST_SEARCH = 200


@view_config(
    context=Collection,
    name="find",
    request_method="GET",
    permission=Permission.LIST,
    renderer="json",
)
def find(context: Collection, request: Any) -> list[dict[str, Any]]:
    """Return the records of a collection that the words typed find, for a combobox."""
    scope = context.scope(request.identity)
    typed = text(request.GET, "q")[:LONGEST_SEARCH]
    return [
        {"id": one.id, "label": one.title, "hint": hint}
        for one, hint in finding.found(
            request.db, context.item_class.model, scope, typed, dict(request.GET)
        )
    ]
