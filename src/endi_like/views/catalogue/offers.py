"""What the form of a document asks of the catalogue, and is answered."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from pyramid.view import view_config

from endi_like import formats
from endi_like.forms.fields import Picked, Search
from endi_like.grids.parts import LONGEST_ID
from endi_like.i18n import _
from endi_like.models.catalogue import CatalogueItem
from endi_like.permissions import Permission
from endi_like.resources.catalogue import CatalogueItemResource
from endi_like.services import choices
from endi_like.services.loading import Loaded, group_of, group_values, loaded
from endi_like.services.rights.tables import name_of
from endi_like.views.actions import text
from endi_like.views.contacts.offers import typed
from endi_like.workflow.errors import Refused

FIELD = "load"
NOTHING_CHOSEN = _("Choose something of the catalogue first.")


def loader(request: Any, collection: Any, company_id: int | None) -> Picked:
    """Return the field that searches what a document of the company may load.

    Without a company it searches those of the company that stands in the form.
    """
    scope = collection.scope(request.identity)
    chosen = company_id or company_posted(request)

    def label(key: int) -> str | None:
        known = choices.offered(scope, chosen)
        return choices.title(request.db, CatalogueItem, key, [known])

    @cache
    def likely() -> list[tuple[int, str]]:
        asked = {"open": "1", **({"company": str(chosen)} if chosen else {})}
        words = " ".join(typed(request, FIELD))
        found = choices.catalogue(request.db, scope, words, asked)
        return [(one.id, one.title) for one in found]

    url = f"{request.resource_path(collection)}find?open=1"
    along = None if company_id else ("company", "company_id")
    url += f"&company={company_id}" if company_id else ""
    field = Picked("catalogue", name=FIELD, title=_("From the catalogue"), missing=None)
    return field.bind(catalogue=Search(url, label, likely, along))


def company_posted(request: Any) -> int | None:
    """Return the company that stands in a form that was sent."""
    return key_of(text(request.POST, "company_id"))


def key_of(raw: str) -> int | None:
    """Return the id a text is, or nothing."""
    known = raw.isascii() and raw.isdecimal() and len(raw) < LONGEST_ID
    return int(raw) if known else None


def asked_for(request: Any, collection: Any, company_id: int | None) -> Loaded:
    """Return what the field of a form that was sent asks to load.

    Raises ``Refused`` where nothing is chosen, or nothing this user may load.
    """
    key = key_of(text(request.POST, FIELD))
    scope = choices.offered(collection.scope(request.identity), company_id)
    if key is None or choices.title(request.db, CatalogueItem, key, [scope]) is None:
        raise Refused(NOTHING_CHOSEN)
    item = collection.item_class.load(request.db, key)
    return loaded(request.db, item, mode_of(request.POST))


def mode_of(values: Any) -> Any:
    """Return the mode of the document that is being written."""
    return "ttc" if text(values, "mode") == "ttc" else "ht"


def as_typed(request: Any, found: Loaded) -> dict[str, Any]:
    """Return what was loaded as a group of a form, in the texts that people type."""
    locale = request.locale_name
    return {
        "id": "",
        "title": found.title,
        "description": found.description,
        "lines": [
            {
                "id": "",
                **one,
                "cost": formats.unit_price(one["cost"], locale),
                "quantity": formats.quantity(one["quantity"], locale),
                "vat_id": str(one["vat_id"]),
            }
            for one in found.lines
        ],
    }


def keeping(request: Any, root: Any, company_id: int) -> str:
    """Return where groups of a company's documents are kept, if this user may."""
    item = root["catalogue"].wrap(CatalogueItem(company_id=company_id))
    if not request.has_permission(Permission.ADD, item):
        return ""
    return f"{request.resource_path(root['catalogue'])}add?group="


class Kept(NamedTuple):
    """A group of a document as the form of the catalogue opens with it."""

    company_id: int
    values: dict[str, Any]


def group_asked_for(request: Any, root: Any) -> Kept | None:
    """Return the group of a document that the address names, if the user sees it."""
    key = key_of(text(request.GET, "group"))
    group = group_of(request.db, key) if key else None
    if group is None:
        return None
    where = root[name_of(group.task)].wrap(group.task)
    if not request.has_permission(Permission.VIEW, where):
        return None
    return Kept(group.task.company_id, group_values(group))


@view_config(
    context=CatalogueItemResource,
    name="lines",
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
)
def lines(context: CatalogueItemResource, request: Any) -> dict[str, Any]:
    """Return what a document loads, as its form writes it; or the sentence why not."""
    try:
        found = loaded(request.db, context.node, mode_of(request.GET))
    except Refused as refusal:
        return {"refused": request.translate(refusal.args[0])}
    return {"is_group": found.is_group, **as_typed(request, found)}
