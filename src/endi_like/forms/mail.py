"""What administrators may write into mail templates, and what visitors ask for."""

from __future__ import annotations

from typing import Any

from endi_like.forms.fields import Email, Line, Picked, Schema, Text, quoted, refuse
from endi_like.i18n import _
from endi_like.models.mail import LONGEST_SUBJECT

NO_ADDRESS = _(
    "No e-mail address of the customer is known: type one. What is added to its "
    "contact is offered here."
)


UNKNOWN = _("This template knows no ${unknown}. It knows ${known}.")
MEANT = _(
    "This template knows no ${unknown}: is ${near} what you mean? It knows ${known}."
)


def only_known(node: Any, text: str) -> None:
    """Refuse keys that the template does not know: they would be sent as they are."""
    template = node.bindings["template"]
    unknown = dict.fromkeys(template.unknown(text))
    if unknown:
        said = {
            "unknown": quoted(", ".join(unknown)),
            "near": ", ".join(filter(None, dict.fromkeys(map(template.near, unknown)))),
            "known": ", ".join(key.written for key in template.keys),
        }
        raise refuse(node, (MEANT if said["near"] else UNKNOWN) % said)


def only_public(node: Any, text: str) -> None:
    """Refuse in the subject what may be read in the mail only."""
    only_known(node, text)
    for key in node.bindings["template"].keys:
        if key.secret and key.written in text:
            sentence = _(
                "${key} may not stand in the subject, which many people see.",
                mapping={"key": key.written},
            )
            raise refuse(node, sentence)


class WordingSchema(Schema):
    """The words of a template.  Bindings: ``template``, and ``found`` for records."""

    subject = Line(longest=200, title=_("Subject"), validator=only_public, span="f12")
    text = Text(title=_("Text"), validator=only_known, hints={"rows": "14"})
    record = Picked(
        "found",
        title=_("Preview for"),
        missing=None,
        description=_("Without it, examples stand in the place of the keys."),
    )

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Leave the record out where the mail is about none the user may view."""
        if not bindings["found"]:
            del self["record"]


class LetterSchema(Schema):
    """A mail that somebody writes to a customer.  Binding: ``known``, addresses."""

    recipient = Email(
        title=_("Recipient"), hints={"type": "email", "list": "known"}, span="f8"
    )
    subject = Line(longest=LONGEST_SUBJECT, title=_("Subject"), span="f12")
    text = Text(title=_("Text"), hints={"rows": "14"})

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Say where addresses come from to whoever has to type one."""
        if not bindings["known"]:
            self["recipient"].description = NO_ADDRESS
