"""Who may be the one that is being entered: told while somebody types, and on saving."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.models.contacts import Entity
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.keys import row_id
from endi_like.services.contacts.duplicates.alike import Alike, Asking, Typed, alike
from endi_like.views.actions import text

LONGEST = 255
LONGEST_LIST = 2000
SEPARATOR = ";"
ONE = ("kind", "first_name", "last_name", "trading_name", "legal_name")
NUMBERS = ("city", "vat_number", "tax_id")
SEVERAL = {"emails": "email", "phones": "phone", "ibans": "iban"}


@view_config(
    context=Collection,
    holds=Entity,
    name="alike",
    request_method="GET",
    permission=Permission.LIST,
    renderer="json",
)
def alike_json(context: Collection, request: Any) -> list[dict[str, Any]]:
    """Answer the few contacts that share a number, or name and city, with why."""
    values = request.GET
    typed: dict[str, Any] = {
        name: text(values, name)[:LONGEST] for name in (*ONE, *NUMBERS)
    }
    typed["kind"] = typed["kind"] or "company"
    for name, parameter in SEVERAL.items():
        typed[name] = text(values, parameter)[:LONGEST_LIST].split(SEPARATOR)
    found = ask(
        context,
        request,
        Typed(**typed),
        confidential=text(values, "confidential") == "true",
        but=other_than(text(values, "but")),
    )
    return [as_json(one, context, request) for one in found]


def other_than(key: str) -> int | None:
    """Return the entity that is being edited; nonsense is none."""
    try:
        return row_id(key)
    except KeyError:
        return None


def ask(
    context: Collection,
    request: Any,
    typed: Typed,
    *,
    confidential: bool,
    but: int | None,
) -> list[Alike]:
    """Return who may be the same, of those the user may see."""
    identity = request.identity
    asking = Asking(
        context.scope(identity),
        context.companies(identity, Permission.VIEW),
        confidential=confidential,
        but=but,
    )
    return alike(request.db, asking, typed)


def as_json(one: Alike, context: Collection, request: Any) -> dict[str, Any]:
    """Return an entity as the script of the form shows it."""
    entity = one.entity
    return {
        "id": entity.id,
        "url": request.resource_path(context, str(entity.id), ""),
        "name": entity.name,
        "control_code": entity.control_code,
        "city": entity.city,
        "why": [request.translate(sentence) for sentence in one.why],
    }
