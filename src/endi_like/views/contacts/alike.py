"""Who may be the one that is entered: told while somebody types, and on saving."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.i18n import _
from endi_like.models.contacts import Entity
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.keys import row_id
from endi_like.services.contacts.duplicates.alike import (
    Alike,
    Asking,
    Typed,
    alike,
    typed_of,
)
from endi_like.services.contacts.duplicates.reasons import EMAIL, PHONE
from endi_like.views.actions import text
from endi_like.views.contacts.beware import Known

QUESTION = _("There is a contact like this already: is it the same?")
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
        "url": url(entity, context, request),
        "name": entity.name,
        "control_code": entity.control_code,
        "city": entity.city,
        "why": [request.translate(sentence) for sentence in one.why],
    }


def unasked(
    context: Collection, request: Any, entity: Entity | None, data: dict[str, Any]
) -> list[Known]:
    """Return who may be the same as what is saved, and was not so before."""
    but = entity.id if entity else None
    stored = entity.confidential if entity else False
    how: Any = {"confidential": data.get("confidential", stored), "but": but}
    before = ask(context, request, typed_of(entity), **how) if entity else []
    known = {one.entity.id for one in before}
    found = ask(context, request, entered(data), **how)
    return [
        Known(label(one.entity), url(one.entity, context, request), one.why)
        for one in found
        if one.entity.id not in known
    ]


def entered(data: dict[str, Any]) -> Typed:
    """Return the values of the form as they are compared."""
    cities = [one["city"] for one in data["addresses"] if not one["account"]]
    values = {name: data.get(name, "") for name in (*ONE, "vat_number", "tax_id")}
    return Typed(
        **values,
        city=next(iter(cities), ""),
        emails=[one["value"] for one in data["elements"] if one["kind"] == EMAIL],
        phones=[one["value"] for one in data["elements"] if one["kind"] == PHONE],
        ibans=[one["iban"] for one in data["bank_accounts"]],
    )


def label(entity: Entity) -> str:
    """Return what an entity is called where several are told apart."""
    return ", ".join(filter(None, (entity.name, entity.control_code, entity.city)))


def url(entity: Entity, context: Collection, request: Any) -> str:
    """Return where an entity is."""
    path: str = request.resource_path(context, str(entity.id), "")
    return path
