"""Send a document to its customer by e-mail: written, looked at, sent once."""

from __future__ import annotations

import secrets
from typing import Any

from endi_like.forms.core import Form, Press, ValidationFailure
from endi_like.forms.mail import LetterSchema
from endi_like.forms.people import LANGUAGE_NAMES
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.sales import TaskResource
from endi_like.services import printouts
from endi_like.services.mail import letters
from endi_like.services.mail.message import paragraphs
from endi_like.services.mail.posting import sender
from endi_like.views import once
from endi_like.views.actions import offered, run
from endi_like.views.forms import AddForm, form_view
from endi_like.views.sales.prints import official
from endi_like.views.wordings import PREVIEW
from endi_like.workflow.errors import WrongState

SEND = Press("send", _("Send"), "send")
MARK_SENT = "mark_sent"


@form_view(
    context=TaskResource,
    name="mail",
    permission=Permission.SEND,
    renderer="endi_like:templates/sales/mail_form.jinja2",
)
class MailDocument(AddForm):
    """Write to the customer, with the PDF; the page sends one mail, however often."""

    schema = LetterSchema
    title = _("Send by e-mail")

    def show(self) -> Any:
        """Show the form of what may be sent, once its PDF is kept."""
        self.expect_sendable()
        official(self.request, self.context.node.id)
        form = self.form()
        letter = self.appstruct()
        return self.page(form.open(letter), letter=letter)

    def expect_sendable(self) -> None:
        """Raise ``WrongState`` for a draft."""
        if reason := letters.unsendable(self.context.node):
            raise WrongState(reason)

    def bindings(self) -> dict[str, Any]:
        """Return the addresses that are offered."""
        self.known = letters.known_addresses(self.context.node.account)
        return {"known": self.known}

    def buttons(self) -> Any:
        """Offer to look first."""
        return (PREVIEW, SEND)

    def appstruct(self) -> dict[str, Any]:
        """Open with the customer's first address, and the template in their words."""
        words = letters.suggested(self.request.db, self.context.node)
        found = words._asdict()
        return {"recipient": self.known[0][0], **found} if self.known else found

    def unsent(self, form: Form) -> dict[str, Any]:
        """Have a program say to whom: an address is not taken for granted."""
        found = super().unsent(form)
        return {name: value for name, value in found.items() if name != "recipient"}

    def submit(self) -> Any:
        """Show how it looks, or send it."""
        self.expect_sendable()
        if self.field("action") != PREVIEW.name or self.request.wants_json:
            return super().submit()
        form = self.form()
        try:
            data = self.posted(form)
        except ValidationFailure as failure:
            return self.unprocessable(form, failure.error)
        return self.page(form, letter=data)

    def page(self, form: Form, **values: Any) -> dict[str, Any]:
        """Show what goes along beside the form, and how it looks below."""
        task, db = self.context.node, self.request.db
        letter = values.get("letter")
        language = letters.language_of(db, task)
        shown = {
            "task": task,
            "base": self.request.resource_path(self.context),
            "known": self.known,
            "language": language,
            "language_name": LANGUAGE_NAMES[language],
            "sender": sender(db, task.company_id),
            "printout": printouts.stored(db, task.id),
            "letter": None,
            "paragraphs": list(paragraphs(letter["text"])) if letter else [],
            **values,
        }
        return super().page(form, **shown)

    def save(self, data: dict[str, Any]) -> Any:
        """Send it; an estimation that was not sent yet is sent now."""
        request, task = self.request, self.context.node
        db, now = request.db, request.registry["clock"]()
        letters.send(
            db,
            task,
            letters.Letter(**data),
            printout=letters.official(db, request.registry["vault"], task.id, now),
            dedupe_key=f"document:{once.key_of(request) or secrets.token_hex(16)}",
            at=now,
        )
        if getattr(task, "signed_status", "") == "waiting":
            self.mark_sent()
        known = {"recipient": data["recipient"]}
        self.saved = _("The mail to ${recipient} is on its way.", mapping=known)
        return self.context

    def mark_sent(self) -> None:
        """Note that the customer has the estimation now, if the user may say so."""
        if MARK_SENT in {one.name for one in offered(self.request, self.context)}:
            run(self.request, self.context, MARK_SENT, "")
