"""The page of a product, a work item or a group of lines."""

from __future__ import annotations

from typing import Any, NamedTuple

from pyramid.view import view_config

from endi_like.grids.catalogue import KINDS, PRICES
from endi_like.i18n import _
from endi_like.models.catalogue import CatalogueItem, CatalogueLine
from endi_like.permissions import Permission
from endi_like.resources.catalogue import CatalogueItemResource
from endi_like.services import catalogue, history
from endi_like.views.actions import finished, offered, reasons, sent, text
from endi_like.views.attached import all_as_json, attached
from endi_like.views.beside import neighbours
from endi_like.views.programs import plain, record
from endi_like.views.timeline import shown
from endi_like.views.withheld import withheld
from endi_like.workflow.errors import Refused


class Part(NamedTuple):
    """A line of a work item or of a group, with what it costs there."""

    line: CatalogueLine
    cost: Any
    total: Any
    url: str


def parts(item: CatalogueItem, base: str) -> list[Part]:
    """Return the lines of an item, priced as the item is."""
    found = []
    for line in item.parts:
        cost = catalogue.cost_of(line, item.priced_in)
        url = f"{base}{line.part_id}/" if line.part_id else ""
        found.append(Part(line, cost, cost * line.quantity, url))
    return found


@view_config(
    context=CatalogueItemResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/catalogue/item.jinja2",
)
def page(context: CatalogueItemResource, request: Any) -> dict[str, Any]:
    """Show something of the catalogue: what it costs, and what it is made of."""
    item, base = context.node, request.resource_path(context.__parent__)
    names = (Permission.EDIT, Permission.DELETE)
    may = {name: request.has_permission(name, context) for name in names}
    used = catalogue.uses(request.db, item)
    return {
        "item": item,
        "kind": KINDS[item.kind],
        "priced": PRICES[item.mode],
        "rates": [(RATES[name], getattr(item, name)) for name in catalogue.RATES],
        "parts": parts(item, base),
        "base": request.resource_path(context),
        "list_url": base,
        "used": used,
        "actions": offered(request, context),
        "may": may,
        "why": [
            *reasons(request, context),
            *withheld(context, may, catalogue.is_used(used)),
        ],
        "currency": request.currency,
        "timeline": shown(request, context),
        "attached": attached(request, context, history.files(request.db, item)),
        "neighbours": neighbours(request, context),
    }


RATES = {
    "overhead": _("Overhead"),
    "margin": _("Margin"),
    "contribution": _("Contribution"),
    "insurance": _("Insurance"),
}


@view_config(
    context=CatalogueItemResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: CatalogueItemResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    item = context.node
    return {
        **plain(catalogue.values(item)),
        **record(request, context),
        "company_id": item.company_id,
        "files": all_as_json(request, context, history.files(request.db, item)),
        "actions": [action.name for action in offered(request, context)],
    }


@view_config(
    context=CatalogueItemResource,
    name="delete",
    request_method="POST",
    permission=Permission.DELETE,
)
def delete(context: CatalogueItemResource, request: Any) -> Any:
    """Put something into the bin that nothing else is made of."""
    context.node.expect(text(sent(request), "version"))
    if reason := catalogue.is_used(catalogue.uses(request.db, context.node)):
        raise Refused(reason)
    context.node.deleted_at = request.registry["clock"]()
    return finished(request, context, _("It is in the bin; its page restores it."))
