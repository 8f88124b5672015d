"""What the field of a phase asks: the phases of the project chosen beside it."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.grids.parts import LONGEST_ID
from endi_like.models.projects import Project
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.services import choices
from endi_like.views.actions import text
from endi_like.views.find import LONGEST_SEARCH


@view_config(
    context=Collection,
    holds=Project,
    name="phases",
    request_method="GET",
    permission=Permission.LIST,
    renderer="json",
)
def phases(context: Collection, request: Any) -> list[dict[str, Any]]:
    """Return the phases of a project that the words typed find, for a combobox."""
    key = text(request.GET, "project")
    if not (key.isascii() and key.isdecimal() and len(key) < LONGEST_ID):
        return []
    scope = context.scope(request.identity)
    typed = text(request.GET, "q")[:LONGEST_SEARCH]
    found = choices.phases(request.db, scope, typed, int(key))
    return [{"id": one.id, "label": one.name, "hint": ""} for one in found]
