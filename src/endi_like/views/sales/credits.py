"""The page of a credit note."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.sales import CancelInvoiceResource
from endi_like.views.sales.offers import root_of
from endi_like.views.sales.page import task_json, task_page


@view_config(
    context=CancelInvoiceResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/sales/cancelinvoice.jinja2",
)
def page(context: CancelInvoiceResource, request: Any) -> dict[str, Any]:
    """Show a credit note, and which invoice it takes back."""
    note = context.node
    invoices = request.resource_path(root_of(context)["invoices"])
    return {
        **task_page(context, request),
        "listed": _("Credit notes"),
        "settled": _("Paid or credited already"),
        "asked": (_("Credited"), note.due),
        "facts": [
            (
                _("Invoice"),
                note.invoice.official_number,
                f"{invoices}{note.invoice_id}/",
            )
        ],
    }


@view_config(
    context=CancelInvoiceResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: CancelInvoiceResource, request: Any) -> dict[str, Any]:
    """Answer the same credit note as JSON."""
    return {**task_json(context, request), "invoice_id": context.node.invoice_id}
