"""Signature: what the customer says to an estimation.

           mark_sent              sign
waiting ------------> sent ------------> signed
   |                    |                  |
   +------ abort -------+------ abort -----+----> aborted

Any state can be left for any other, as customers change their minds (reference §2.5);
what has been invoiced cannot be given up any more.
"""

from typing import Any

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.workflow.core import Action, ActionManager, Reached, State
from endi_like.workflow.validation import is_valid

is_signed = Reached("signed_status", "signed", _("The customer has not signed it."))
is_given_up = Reached("signed_status", "aborted", _("It was not given up."))


def is_not_invoiced(estimation: Any) -> str | None:
    """Refuse to give up what invoices ask for; what was credited asks for nothing."""
    if estimation.counting_invoices:
        return _("Invoices were made of it: delete their drafts or credit them first.")
    return None


SIGNATURE = ActionManager(
    "signed_status",
    _("Signature"),
    when=is_valid,
    states=(
        State(
            "waiting",
            _("Not sent yet"),
            "clock",
            "mute",
            help=_("The customer does not have it yet."),
        ),
        State(
            "sent",
            _("Sent to the customer"),
            "send",
            "wait",
            help=_("The customer has it and has not answered."),
        ),
        State(
            "signed",
            _("Signed"),
            "pen-fill",
            "good",
            help=_("The customer has agreed: it can be invoiced."),
        ),
        State(
            "aborted",
            _("Not pursued"),
            "x-octagon-fill",
            "closed",
            help=_("Nothing will come of it."),
        ),
    ),
    actions=(
        Action(
            "mark_sent",
            _("Note that it was sent"),
            sources=("waiting", "signed", "aborted"),
            target="sent",
            permission=Permission.SIGN,
            guards=(is_not_invoiced,),
            icon="send",
            help=_("The customer has it now."),
            done=_("It is noted as sent to the customer."),
        ),
        Action(
            "sign",
            _("Note the signature"),
            sources=("waiting", "sent", "aborted"),
            target="signed",
            permission=Permission.SIGN,
            icon="pen-fill",
            tone="primary",
            help=_("The customer has agreed to it."),
            done=_("It is noted as signed by the customer."),
        ),
        Action(
            "abort",
            _("Give it up"),
            sources=("waiting", "sent", "signed"),
            target="aborted",
            permission=Permission.SIGN,
            guards=(is_not_invoiced,),
            asks=("reason",),
            icon="x-octagon",
            tone="bad",
            help=_("Nothing will come of it; the reason is kept."),
            done=_("It is given up."),
        ),
        Action(
            "await_answer",
            _("Note that it was not sent"),
            sources=("sent", "signed", "aborted"),
            target="waiting",
            permission=Permission.SIGN,
            guards=(is_not_invoiced,),
            icon="arrow-counterclockwise",
            help=_("What was noted was a mistake."),
            done=_("It is noted as not sent yet."),
        ),
    ),
)
