"""An entity on paper, as its reader may see it: the page, and the PDF of that page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from endi_like.permissions import Permission
from endi_like.resources.contacts import EntityResource
from endi_like.services import memos
from endi_like.services.organisation import founded
from endi_like.services.printable import sender
from endi_like.services.printed import Sender
from endi_like.services.printing import render_pdf
from endi_like.templating import render
from endi_like.views.contacts.approval import approval
from endi_like.views.contacts.page import in_words, sheet_of, users_of

TEMPLATE = "print/contacts/sheet.jinja2"


@dataclass(frozen=True)
class ContactSheet:
    """What stands around an entity on paper: who prints it, and when."""

    sender: Sender
    made_at: Any
    made_by: str
    draft: bool = False


@view_config(
    context=EntityResource,
    name="print",
    request_method="GET",
    permission=Permission.VIEW,
)
def page(context: EntityResource, request: Any) -> Response:
    """Show the contact as it is printed."""
    return Response(html(context, request))


@view_config(
    context=EntityResource,
    name="print.pdf",
    request_method="GET",
    permission=Permission.VIEW,
)
def pdf(context: EntityResource, request: Any) -> Response:
    """Answer the PDF, which is kept nowhere."""
    data = render_pdf(html(context, request))
    response = Response(data, content_type="application/pdf")
    name = f"contact-{context.node.id}.pdf"
    response.content_disposition = f'inline; filename="{name}"'
    return response


def html(context: EntityResource, request: Any) -> str:
    """Return the printed page, in the language of who reads it."""
    db, entity = request.db, context.node
    values = {
        **in_words(sheet_of(context, request)),
        "banks": [
            (one, approval(request, context, one)) for one in entity.bank_accounts
        ],
        "users": users_of(context),
        "notes": memos.of_entity(db, context.place),
        "most_notes": memos.MOST_SHOWN,
        "document": ContactSheet(
            sender=sender(founded(db)),
            made_at=request.registry["clock"](),
            made_by=request.identity.name,
        ),
    }
    return render(TEMPLATE, values, request.locale_name, request.time_zone)
