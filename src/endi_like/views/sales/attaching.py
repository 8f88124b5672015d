"""Invoices written by hand are attached to an estimation from its page."""

from __future__ import annotations

from typing import Any

from pyramid.view import view_config

from endi_like.i18n import _, ngettext
from endi_like.permissions import Permission
from endi_like.resources.sales import EstimationResource
from endi_like.services import attaching
from endi_like.views.actions import finished, sent, text
from endi_like.views.projects.page import ticked
from endi_like.views.sales.estimations import ask

TO_ATTACH = _("Tick the invoices to attach or to detach first.")


@view_config(
    context=EstimationResource,
    name="attach",
    request_method="POST",
    permission=Permission.ADD,
)
def attach(context: EstimationResource, request: Any) -> Any:
    """Attach ticked invoices of its customer to the estimation."""
    done = asked(context, request, attaching.attach)
    said = ngettext("${n} invoice is attached.", "${n} invoices are attached.", done)
    return finished(request, context, said)


@view_config(
    context=EstimationResource,
    name="detach",
    request_method="POST",
    permission=Permission.ADD,
)
def detach(context: EstimationResource, request: Any) -> Any:
    """Detach ticked invoices from the estimation; they are of none then."""
    done = asked(context, request, attaching.detach)
    said = ngettext("${n} invoice is detached.", "${n} invoices are detached.", done)
    return finished(request, context, said)


def asked(context: EstimationResource, request: Any, change: Any) -> int:
    """Do what is asked for to the ticked invoices, and say how many they are."""
    ask(context, request)
    context.node.expect(text(sent(request), "version"))
    rows = ticked(request, TO_ATTACH)
    done: int = change(request.db, context.node, rows, request.transitions)
    return done
