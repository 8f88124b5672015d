"""A sales document on paper: the page, and the PDF that is the same page."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from endi_like.permissions import Permission
from endi_like.resources.sales import TaskResource
from endi_like.services import printouts
from endi_like.services.papers import paper
from endi_like.services.printing import render_pdf


@view_config(
    context=TaskResource,
    name="print",
    request_method="GET",
    permission=Permission.VIEW,
)
def page(context: TaskResource, request: Any) -> Response:
    """Show the document as it is printed."""
    return Response(printouts.html(paper(request.db, context.node)))


@view_config(
    context=TaskResource,
    name="print.pdf",
    request_method="GET",
    permission=Permission.VIEW,
)
def pdf(context: TaskResource, request: Any) -> Response:
    """Answer the PDF: of a draft made now, of a validated one the one kept."""
    task = context.node
    if task.validation_status == "valid":
        data = official(request, task.id)
    else:
        data = render_pdf(printouts.html(paper(request.db, task)))
    return answered(data, printouts.file_name(task.official_number, task.id))


def answered(data: bytes, name: str) -> Response:
    """Return the answer that is a PDF, to be looked at where it is."""
    response = Response(data, content_type="application/pdf")
    response.content_disposition = f'inline; filename="{name}"'
    return response


def official(request: Any, task_id: int) -> bytes:
    """Return the kept PDF; it is stored in a transaction of its own."""
    registry = request.registry
    vault = registry["vault"]
    found = printouts.kept(request.db, vault, task_id)
    if found is not None:
        return found
    printout = printouts.made(request.db, task_id)
    with registry["db.session_factory"].begin() as db:
        return printouts.keep(db, vault, printout, registry["clock"]())
