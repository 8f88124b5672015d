"""An entity as JSON: the same rows as on its page, for the same readers."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.services.contacts.sheets import Sheet
from endi_like.services.contacts.values import values
from endi_like.services.files.attachments import all_of
from endi_like.views.attached import all_as_json
from endi_like.views.contacts.page import notes, sheet_of
from endi_like.views.programs import plain

OF_ACCOUNTS = ("accounts", "addresses", "elements")
NOTE = ("id", "subject", "text", "account_id", "at", "private", "pinned")


@view_config(
    context=EntityResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def entity_json(context: EntityResource, request: Any) -> dict[str, Any]:
    """Answer the same entity as JSON."""
    seen, entity = sheet_of(context, request), context.node
    found = {
        "id": entity.id,
        "version": entity.version,
        "url": request.resource_path(context),
        "name": entity.name,
        "classes": seen.classes(),
        **seen_values(seen),
        "belongs_to": [belonging(one) for one in seen.places],
        "files": all_as_json(request, context, all_of(request.db, context.place)),
    }
    if context.companies is not None:
        del found["users"]
        found["notes"] = [
            {name: getattr(one, name) for name in NOTE}
            for one in notes(context, request)
        ]
    return dict(plain(found))


def seen_values(seen: Sheet) -> dict[str, Any]:
    """Return the values of the form, without the rows of others' accounts."""
    found = values(seen.entity, seen.known)
    for name in OF_ACCOUNTS:
        ids = {one.id for one in getattr(seen, name)}
        found[name] = [one for one in found[name] if one["id"] in ids]
    for link, row in zip(seen.people, found["people"], strict=True):
        row["name"] = link.person.name
    return found


def belonging(link: Any) -> dict[str, Any]:
    """Return where a person belongs, and what they do there."""
    return {
        "id": link.organisation_id,
        "name": link.organisation.name,
        "function": link.function,
        "start_date": link.start_date,
        "end_date": link.end_date,
    }
