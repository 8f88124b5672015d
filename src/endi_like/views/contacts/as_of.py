"""A contact as it was on a day: its name and its addresses."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from endi_like.forms.contacts.reaching import ADDRESS_CLASSES
from endi_like.forms.contacts.working import NAME_KINDS
from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.services.contacts.as_of import Past, as_of

ASKED = "as_of"
LINES = ("attention", "line_one", "line_two", "line_three")


def day_asked(context: EntityResource, request: Any) -> dt.date:
    """Return the day that is asked for; what is none leads to the contact as it is."""
    try:
        return dt.date.fromisoformat(request.GET[ASKED].strip())
    except ValueError as error:
        raise HTTPSeeOther(request.resource_url(context)) from error


def past_of(context: EntityResource, request: Any, day: dt.date) -> Past:
    """Return the contact as it was when the day ended here."""
    return as_of(request.db, context.node, day, request.time_zone)


@view_config(
    context=EntityResource,
    request_method="GET",
    request_param=ASKED,
    permission=Permission.SEE_HISTORY,
    renderer="endi_like:templates/contacts/as_of.jinja2",
)
def page_as_of(context: EntityResource, request: Any) -> dict[str, Any]:
    """Show the name and the addresses of that day."""
    day = day_asked(context, request)
    past = past_of(context, request, day)
    return {
        "entity": context.node,
        "base": request.resource_path(context),
        "contacts_url": request.resource_path(context.__parent__),
        "day": day,
        "past": past,
        "addresses": [
            (ADDRESS_CLASSES[str(one["class_"])], lines(one), one["country"])
            for one in past.in_use(day)
        ],
        "name_kinds": NAME_KINDS,
    }


def lines(row: dict[str, Any]) -> list[str]:
    """Return the lines of an address, without the country."""
    city = f"{row['postal_code'] or ''} {row['city'] or ''}".strip()
    found = (*(row[name] for name in LINES), city, row["state"])
    return [line for line in found if line]


@view_config(
    context=EntityResource,
    request_method="GET",
    request_param=ASKED,
    permission=Permission.SEE_HISTORY,
    renderer="json",
    wants_json=True,
)
def json_as_of(context: EntityResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    day = day_asked(context, request)
    past = past_of(context, request, day)
    return {
        "id": context.node.id,
        "url": request.resource_path(context),
        "as_of": day.isoformat(),
        "known": past.known,
        **past.fields,
        "other_names": past.other_names,
        "addresses": past.in_use(day),
    }
