"""The page of what a company received from another one of the organisation."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.purchases import SupplierInvoiceResource
from endi_like.services import history, printouts
from endi_like.services.rights.tables import name_of
from endi_like.views.actions import offered, reasons
from endi_like.views.attached import all_as_json, attached
from endi_like.views.beside import neighbours
from endi_like.views.programs import plain, record
from endi_like.views.sales.prints import answered, official
from endi_like.views.timeline import shown

FIGURES = ("number", "name", "date", "due_date", "ht", "tva", "ttc", "due")


@view_config(
    context=SupplierInvoiceResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/purchases/supplier_invoice.jinja2",
)
def page(context: SupplierInvoiceResource, request: Any) -> dict[str, Any]:
    """Show what was received, from whom, and how much it asks for."""
    received = context.node
    title = _("Credit note ${number}") if received.is_credit else _("Invoice ${number}")
    return {
        "received": received,
        "called": title % {"number": received.number},
        "base": request.resource_path(context),
        "source_url": source_url(context, request),
        "actions": offered(request, context),
        "why": reasons(request, context),
        "currency": request.currency,
        "timeline": shown(request, context),
        "attached": attached(request, context, history.files(request.db, received)),
        "neighbours": neighbours(request, context),
    }


def source_url(context: SupplierInvoiceResource, request: Any) -> str:
    """Return where the document of the other company is, for those who may view it."""
    received = context.node
    kind = type(received.source)
    # all that is asked of it is whose it is: the rest need not be read
    source = kind(id=received.source_id, company_id=received.issuer_id)
    there = context.__parent__.__parent__[name_of(source)].wrap(source)
    may = request.has_permission(Permission.VIEW, there)
    return request.resource_path(there) if may else ""


@view_config(
    context=SupplierInvoiceResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: SupplierInvoiceResource, request: Any) -> dict[str, Any]:
    """Answer the same as JSON."""
    received = context.node
    return {
        **{name: plain(getattr(received, name)) for name in FIGURES},
        **record(request, context),
        "company_id": received.company_id,
        "issuer": received.issuer.name,
        "is_credit": received.is_credit,
        "files": all_as_json(request, context, history.files(request.db, received)),
        "actions": [action.name for action in offered(request, context)],
    }


@view_config(
    context=SupplierInvoiceResource,
    name="print.pdf",
    request_method="GET",
    permission=Permission.VIEW,
)
def pdf(context: SupplierInvoiceResource, request: Any) -> Response:
    """Answer the one PDF of the source: whoever received it has its paper."""
    received = context.node
    name = printouts.file_name(received.number, received.source_id)
    return answered(official(request, received.source_id), name)
