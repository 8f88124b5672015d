"""The record page of an invoice, and what is done from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from pyramid.view import view_config

from endi_like.i18n import _, ngettext
from endi_like.models.files import PRINTOUT
from endi_like.models.sales import Invoice
from endi_like.permissions import Permission
from endi_like.resources.core import FROM_THE_BIN
from endi_like.resources.sales import InvoiceResource
from endi_like.services import history
from endi_like.services.documents import duplicated, values
from endi_like.services.once import new_key
from endi_like.services.papers import addressee
from endi_like.services.sales import amounts_of_lines, line_by_line
from endi_like.views import once
from endi_like.views.actions import finished, offered, reasons
from endi_like.views.attached import NO_RIGHT, all_as_json, attached
from endi_like.views.beside import neighbours
from endi_like.views.programs import plain, record
from endi_like.views.progress import tracks
from endi_like.views.timeline import shown
from endi_like.workflow.core import denial
from endi_like.workflow.payment import is_payable

Verdicts: TypeAlias = Mapping[Permission, Any]
"""Whether a user holds a permission; a refusal may carry a ``reason``."""

BESIDE_THE_MOVES = (
    Permission.EDIT,
    Permission.DELETE,
    Permission.ADD,
    Permission.RECORD_PAYMENT,
    Permission.CORRECT_PAYMENT,
)
"""What the page offers that no machine has an action for."""


@view_config(
    context=InvoiceResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/sales/invoice.jinja2",
)
def page(context: InvoiceResource, request: Any) -> dict[str, Any]:
    """Show an invoice with everything that belongs to it."""
    invoice = context.node
    moves = history.moves(request.db, invoice)
    files = history.files(request.db, invoice)
    base = request.resource_path(context)
    may = {name: request.has_permission(name, context) for name in BESIDE_THE_MOVES}
    return {
        "invoice": invoice,
        "recipient": addressee(request.db, invoice, moves),
        "base": base,
        "line_amounts": amounts_of_lines(invoice),
        "line_by_line": line_by_line(invoice),
        "currency": request.currency,
        "actions": offered(request, context),
        "why": why(request, context, may),
        "tracks": with_notes(invoice, tracks(invoice, moves), request.today),
        "timeline": shown(request, context),
        "attached": attached(request, context, files),
        "printouts": [one for one in files if one.purpose == PRINTOUT],
        "neighbours": neighbours(request, context),
        "may": may,
        "today": request.today,
        "once": new_key(),
    }


@view_config(
    context=InvoiceResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: InvoiceResource, request: Any) -> dict[str, Any]:
    """Answer the same invoice as JSON."""
    invoice = context.node
    figures = ("ht", "tva", "ttc", "due", "to_pay")
    return {
        **plain(values(invoice)),
        **record(request, context),
        "company_id": invoice.company_id,
        "recipient": list(addressee(request.db, invoice).lines),
        "official_number": invoice.official_number,
        **{name: str(getattr(invoice, name)) for name in figures},
        "files": all_as_json(request, context, history.files(request.db, invoice)),
        "actions": [action.name for action in offered(request, context)],
        "payments": [
            {
                "id": payment.id,
                "date": payment.date.isoformat(),
                "amount": str(payment.amount),
                "mode": payment.mode.label,
                "reference": payment.reference,
            }
            for payment in invoice.payments
        ],
    }


def why(
    request: Any, context: InvoiceResource, may: Verdicts
) -> list[tuple[Any, Sequence[Any]]]:
    """Return what cannot be done now, the moves and the rest, with the reasons."""
    found: list[tuple[Any, Sequence[Any]]] = list(reasons(request, context))
    if not may[Permission.EDIT]:
        found.append((_("Edit"), [cannot_change(request, context)]))
    if not may[Permission.DELETE]:
        found.append((_("Delete"), [cannot_change(request, context)]))
    if reason := cannot_pay(context.node, may):
        found.append((_("Record a payment"), [reason]))
    if not may[Permission.ADD]:
        found.append((_("Duplicate"), [denial(may[Permission.ADD])]))
    return found


def cannot_pay(invoice: Invoice, may: Verdicts) -> Any:
    """Return why no payment can be recorded by this user now, or nothing."""
    if reason := is_payable(invoice):
        return reason
    return None if may[Permission.RECORD_PAYMENT] else NO_RIGHT


def cannot_change(request: Any, context: InvoiceResource) -> Any:
    """Return why an invoice cannot be edited or deleted by this user."""
    invoice = context.node
    if invoice.validation_status == "valid":
        return _("It is validated and has its number: correct it with a credit note.")
    if invoice.deleted_at:
        return FROM_THE_BIN
    may_take_back = request.has_permission(Permission.SUBMIT, context)
    if invoice.validation_status == "wait" and may_take_back:
        return _("It waits for validation: take it back to draft first.")
    return NO_RIGHT


def with_notes(invoice: Invoice, found: Sequence[Any], today: Any) -> list[Any]:
    """Return the lines of progress; that of payment says when it is due, or late."""
    due = invoice.due_date
    late = (today - due).days if due and invoice.paid_status != "resulted" else 0
    noted = []
    for track in found:
        alert = ""
        if track.label == invoice.lifecycle.managers["paid_status"].label and late > 0:
            alert = ngettext("Late by ${n} day", "Late by ${n} days", late)
        noted.append(replace(track, alert=alert))
    return noted


@view_config(
    context=InvoiceResource,
    name="duplicate",
    request_method="POST",
    permission=Permission.ADD,
)
def duplicate(context: InvoiceResource, request: Any) -> Any:
    """Write the same again as a new draft of today, once by each page."""
    if found := once.made_before(request):
        return found
    copy = duplicated(request.db, context.node, request.today)
    request.db.add(copy)
    request.db.flush()
    made = context.__parent__.wrap(copy)
    once.remember(request, made)
    return finished(request, made, _("This is the copy, a new draft of today."))
