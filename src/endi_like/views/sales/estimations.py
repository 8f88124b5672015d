"""The page of an estimation: its schedule, and the invoices made of it."""

from __future__ import annotations

from functools import partial
from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.view import view_config

from endi_like.grids.parts import LONGEST_ID
from endi_like.i18n import _, ngettext
from endi_like.models.estimations import Estimation, PaymentDeadline
from endi_like.models.sales import Invoice
from endi_like.permissions import Permission
from endi_like.resources.core import NodeResource
from endi_like.resources.sales import EstimationResource
from endi_like.services import attaching, deadlines, invoiced, invoicing, progress
from endi_like.services.once import new_key
from endi_like.views import once
from endi_like.views.actions import finished, text
from endi_like.views.projects import picking
from endi_like.views.projects.page import listed
from endi_like.views.sales.offers import root_of
from endi_like.views.sales.page import Reasons, task_json, task_page


@view_config(
    context=EstimationResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/sales/estimation.jinja2",
)
def page(context: EstimationResource, request: Any) -> dict[str, Any]:
    """Show an estimation, how it would be paid, and what was invoiced of it."""
    db, estimation = request.db, context.node
    found = task_page(context, request)
    way = invoicing.way_of(db, estimation)
    refusals = (
        invoicing.is_invoiceable(db, estimation),
        progress.is_open(db, estimation),
    )
    reason = refusals[way == invoicing.PROGRESS]
    may = may_invoice(context, request)
    until = estimation.valid_until
    return {
        **found,
        "listed": _("Estimations"),
        "facts": [(_("Valid until"), request.translate.value(until), "")]
        if until
        else [],
        "way": way,
        "next": deadlines.next_deadline(estimation)
        if may and not refusals[0]
        else None,
        "by_progress": may and not refusals[1],
        "done": progress.done(db, estimation) if way == invoicing.PROGRESS else (),
        **by_hand(context, request, may),
        "once_for_all": new_key(),
        "invoiced": estimation.amount_invoiced,
        "how_far": invoiced.state_of(estimation),
        "invoices_url": request.resource_path(root_of(context)["invoices"]),
        "why": [*found["why"], *cannot(reason)],
    }


def by_hand(context: EstimationResource, request: Any, may: bool) -> dict[str, Any]:
    """Return the invoices that were attached to it, and those that could be."""
    db, estimation, root = request.db, context.node, root_of(context)
    living = estimation.living_invoices
    attached = [one for one in living if one.is_by_hand]
    can = may and not attaching.is_attachable(db, estimation)
    find = partial(attaching.candidates, db, estimation)
    return {
        "by_hand": list(listed(request, root, attached)),
        "attachable": picking.offered(request, root, find)
        if can
        else picking.Offered(),
        "may_detach": may,
    }


def cannot(reason: Any) -> Reasons:
    """Return why nothing can be invoiced now."""
    return [(_("Write an invoice of it"), [reason])] if reason else []


def may_invoice(context: NodeResource, request: Any) -> bool:
    """Tell whether the user may write invoices for the company."""
    draft = Invoice(company_id=context.node.company_id)
    invoices = root_of(context)["invoices"]
    return bool(request.has_permission(Permission.ADD, invoices.wrap(draft)))


@view_config(
    context=EstimationResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def as_json(context: EstimationResource, request: Any) -> dict[str, Any]:
    """Answer the same estimation as JSON."""
    found = invoiced.state_of(context.node)
    return {
        **task_json(context, request),
        "deadlines": [deadline_as_json(one) for one in context.node.deadlines],
        "way": invoicing.way_of(request.db, context.node),
        "invoiced": found.name if found else None,
        "progress": progress_as_json(
            context.node, progress.done(request.db, context.node)
        ),
    }


def progress_as_json(estimation: Estimation, done: progress.Percents) -> dict[str, str]:
    """Return how many percent of each line are invoiced, by its id."""
    found = progress.of_lines(estimation, done)
    return {str(key): str(percent) for key, percent in found.items()}


def deadline_as_json(one: PaymentDeadline) -> dict[str, Any]:
    """Return a deadline of a schedule as JSON holds it, with the invoice made of it."""
    return {
        "id": one.id,
        "estimation_id": one.task_id,
        "kind": one.kind,
        "label": one.label,
        "amount": str(one.amount),
        "date": one.date.isoformat() if one.date else None,
        "invoice_id": one.invoice.id if one.invoice else None,
    }


@view_config(
    context=EstimationResource,
    name="invoice",
    request_method="POST",
    permission=Permission.ADD,
)
def invoice(context: EstimationResource, request: Any) -> Any:
    """Write the draft of the next invoice, and go to it."""
    if found := once.made_before(request):
        return found
    ask(context, request)
    key = text(request.POST, "deadline")
    known = key.isascii() and key.isdecimal() and len(key) < LONGEST_ID
    draft = invoicing.invoice_next(
        request.db, context.node, int(key) if known else 0, request.today
    )
    invoicing.follow_made([draft], request.transitions)
    made = root_of(context)["invoices"].wrap(draft)
    once.remember(request, made)
    return finished(request, made, _("This is the draft of the invoice."))


@view_config(
    context=EstimationResource,
    name="invoice-all",
    request_method="POST",
    permission=Permission.ADD,
)
def invoice_all(context: EstimationResource, request: Any) -> Any:
    """Write the drafts of all invoices that are still to be made."""
    if found := once.made_before(request):
        return found
    ask(context, request)
    made = invoicing.invoice_all(request.db, context.node, request.today)
    invoicing.follow_made(made, request.transitions)
    once.remember(request, context)
    said = ngettext(
        "${n} draft of an invoice is written.",
        "${n} drafts of invoices are written.",
        len(made),
    )
    return finished(request, context, said)


def ask(context: EstimationResource, request: Any) -> None:
    """Refuse whoever may not write invoices for the company."""
    if not may_invoice(context, request):
        raise HTTPForbidden
