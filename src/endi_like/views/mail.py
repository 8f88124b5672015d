"""Mails: what was sent to whom, how it looks, and sending it once more."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from endi_like.forms.people import LANGUAGE_NAMES
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.mail import AttachmentResource, MailResource
from endi_like.services.mail import outbox
from endi_like.services.mail.catalog import TEMPLATES
from endi_like.services.mail.message import html, message_id
from endi_like.views.actions import finished, sent, text
from endi_like.views.beside import neighbours
from endi_like.views.downloads import INERT, download
from endi_like.views.programs import plain
from endi_like.workflow.errors import Refused, Stale, WrongState
from endi_like.workflow.mail import AGAIN, STATES

FACTS = (
    *("state", "error", "template", "language", "recipient", "recipient_name"),
    *("sender", "sender_name", "reply_to", "subject", "created_at", "due_at"),
    *("sent_at", "node_id", "company_id", "user_id"),
)


@view_config(
    context=MailResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="endi_like:templates/mail/mail.jinja2",
)
def mail_page(context: MailResource, request: Any) -> dict[str, Any]:
    """Show a mail: its text, its way, what went along."""
    mail = context.node
    template = TEMPLATES.get(mail.template)
    may_send = request.has_permission(Permission.EDIT, context)
    in_time = outbox.in_time(mail, request.registry["clock"]())
    is_open = mail.state in AGAIN
    return {
        "mail": mail,
        "base": request.resource_path(context),
        "state": STATES[mail.state],
        "label": template.label if template else mail.template,
        "language": LANGUAGE_NAMES.get(mail.language, mail.language),
        "message_id": message_id(mail, mail.sender) if mail.sender else "",
        "next_try": outbox.next_try(request.db, mail),
        "may_send": may_send and is_open and in_time,
        "why": mail.error or (outbox.TOO_LATE if is_open and not in_time else ""),
        "neighbours": neighbours(request, context),
    }


@view_config(
    context=MailResource,
    request_method="GET",
    permission=Permission.VIEW,
    renderer="json",
    wants_json=True,
)
def mail_json(context: MailResource, request: Any) -> dict[str, Any]:
    """Answer the same mail as JSON."""
    mail = context.node
    files = [
        {"name": one.name, "media_type": one.media_type, "size": one.size}
        for one in mail.attachments
    ]
    place = {"url": request.resource_path(context)}
    found = {name: getattr(mail, name) for name in FACTS}
    said = {"text": mail.shown_text, "attachments": files}
    return {"id": mail.id, "version": mail.version, **place, **plain(found | said)}


@view_config(
    context=MailResource,
    name="html",
    request_method="GET",
    permission=Permission.VIEW,
)
def mail_html(context: MailResource, request: Any) -> Response:
    """Show the mail as a program that reads HTML does, where it can do no harm."""
    response = Response(html(context.node, shown=True))
    response.headers["Content-Security-Policy"] = INERT
    return response


@view_config(
    context=MailResource,
    name="send",
    request_method="POST",
    permission=Permission.EDIT,
)
def send(context: MailResource, request: Any) -> Any:
    """Have the mail sent now, or once more after it was refused."""
    if text(sent(request), "version") != str(context.version):
        raise Stale
    now = request.registry["clock"]()
    if not outbox.in_time(context.node, now):
        raise Refused(outbox.TOO_LATE)
    if not outbox.again(request.db, context.node, now):
        raise WrongState(_("It is sent already, or is being sent just now."))
    return finished(request, context, _("It will be sent in a moment."))


@view_config(
    context=AttachmentResource, request_method="GET", permission=Permission.VIEW
)
def attachment(context: AttachmentResource, request: Any) -> Response:
    """Download a file that goes along with the mail."""
    return download(request, context.attachment)
