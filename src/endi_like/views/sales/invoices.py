"""The page of an invoice: when it is due, what was paid, what was credited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.view import view_config

from endi_like.i18n import _, ngettext
from endi_like.models.sales import Invoice, LineProgress
from endi_like.permissions import Permission
from endi_like.resources.sales import InvoiceResource
from endi_like.services.credits import credit_note_of
from endi_like.services.progress import is_asked_for
from endi_like.views import actions, once
from endi_like.views.actions import finished, text
from endi_like.views.attached import NO_RIGHT
from endi_like.views.sales.offers import root_of
from endi_like.views.sales.page import Reasons, Verdicts, task_json, task_page
from endi_like.workflow.errors import Refused
from endi_like.workflow.payment import is_creditable, is_payable

PAYING = (Permission.RECORD_PAYMENT, Permission.CORRECT_PAYMENT)
CREDITS = (
    ("credit", "arrow-return-left", _("Credit what is left to pay")),
    ("credit-part", "arrow-return-left", _("Credit a part of it")),
)


@view_config(
    context=InvoiceResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/sales/invoice.jinja2",
)
def page(context: InvoiceResource, request: Any) -> dict[str, Any]:
    """Show an invoice with everything that belongs to it."""
    invoice = context.node
    found = task_page(context, request, PAYING)
    root = root_of(context)
    return {
        **found,
        "listed": _("Invoices"),
        "settled": _("Invoiced already"),
        "settled_so_far": settled(invoice),
        "asked": (payable(invoice), invoice.to_pay),
        "also": CREDITS if not (is_creditable(invoice)) else (),
        "why": [*found["why"], *cannot(invoice, found["may"])],
        "tracks": with_notes(invoice, found["tracks"], request.today),
        "credit_notes_url": request.resource_path(root["credit-notes"]),
        "facts": made_of(invoice, request.resource_path(root["estimations"])),
    }


def progress_of(invoice: Invoice) -> Sequence[LineProgress]:
    """Return how much of each line an invoice by progress asks for."""
    return () if invoice.estimation_id is None else invoice.progress


def made_of(invoice: Invoice, estimations: str) -> list[tuple[Any, str, str]]:
    """Return the way back to the estimation of an invoice that was made of one."""
    if invoice.estimation_id is None:
        return []
    estimation: Any = invoice.estimation
    number = estimation.official_number or estimation.name
    return [(_("Estimation"), number, f"{estimations}{estimation.id}/")]


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
    return {
        **task_json(context, request),
        "to_pay": str(invoice.to_pay),
        "progress": {
            str(one.line_id): str(one.percent) for one in progress_of(invoice)
        },
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


def payable(invoice: Invoice) -> Any:
    """Return what the last line of the totals is called."""
    if invoice.validation_status != "valid":
        return _("Total to pay")
    return _("Left unpaid") if invoice.closure_status == "closed" else _("To be paid")


def settled(invoice: Invoice) -> list[tuple[Any, Any]]:
    """Return what of the total is paid or credited, as negative amounts."""
    credited = sum(one.due for one in invoice.credit_notes if one.official_number)
    paid = invoice.to_pay - invoice.due - credited
    lines = ((_("Paid"), paid), (_("Credited"), credited))
    return [(label, amount) for label, amount in lines if amount]


def cannot(invoice: Invoice, may: Verdicts) -> Reasons:
    """Return why no payment and no credit note can be written now."""
    found: Reasons = []
    if reason := cannot_pay(invoice, may):
        found.append((_("Record a payment"), [reason]))
    if reason := is_creditable(invoice):
        found.append((_("Write a credit note"), [reason]))
    return found


def cannot_pay(invoice: Invoice, may: Verdicts) -> Any:
    """Return why no payment can be recorded by this user now, or nothing."""
    if reason := is_payable(invoice):
        return reason
    return None if may[Permission.RECORD_PAYMENT] else NO_RIGHT


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
    name="credit",
    request_method="POST",
    permission=Permission.ADD,
)
def credit(context: InvoiceResource, request: Any) -> Any:
    """Write the draft of a credit note for all that is left to pay."""
    return credited(context, request, whole=True)


@view_config(
    context=InvoiceResource,
    name="credit-part",
    request_method="POST",
    permission=Permission.ADD,
)
def credit_part(context: InvoiceResource, request: Any) -> Any:
    """Write the draft of a credit note of which one takes out what stays invoiced."""
    return credited(context, request, whole=False)


def credited(context: InvoiceResource, request: Any, *, whole: bool) -> Any:
    """Write a credit note, once by each page, and go to it."""
    if found := once.made_before(request):
        return found
    context.node.expect(text(request.POST, "version"))
    note = credit_note_of(request.db, context.node, request.today, whole=whole)
    notes = root_of(context)["credit-notes"]
    allowed = request.has_permission(Permission.EDIT, notes.wrap(note))
    if not allowed:
        raise HTTPForbidden(result=allowed)
    request.db.add(note)
    request.db.flush()
    made = notes.wrap(note)
    once.remember(request, made)
    said = (
        _("This is the draft of the credit note: it takes back what is left to pay.")
        if whole
        else _("This is the draft: take out of it what stays invoiced.")
    )
    return finished(request, made, said)


@view_config(
    context=InvoiceResource,
    name="restore",
    request_method="POST",
    permission=Permission.DELETE,
)
def restore(context: InvoiceResource, request: Any) -> Any:
    """Take an invoice out of the bin, unless another one was made in its place."""
    if reason := is_asked_for(request.db, context.node):
        raise Refused(reason)
    return actions.restore(context, request)
