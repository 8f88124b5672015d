"""The states of a mail: it waits, then it is sent, or somebody has to look at it."""

from endi_like.i18n import _
from endi_like.workflow.core import State

STATES = {
    state.name: state
    for state in (
        State(
            "waiting",
            _("Waiting to be sent"),
            "hourglass-split",
            "wait",
            help=_("It leaves as soon as its time has come and the server takes it."),
        ),
        State(
            "sent",
            _("Sent"),
            "envelope-check",
            "good",
            help=_("The mail server has taken it."),
        ),
        State(
            "refused",
            _("Recipient refused"),
            "envelope-exclamation",
            "bad",
            help=_("The mail server does not know, or does not want, this address."),
        ),
        State(
            "failed",
            _("Not sent"),
            "exclamation-octagon-fill",
            "bad",
            help=_("It could not be sent, or was not taken: its page says why."),
        ),
        State(
            "kept",
            _("Kept here"),
            "inbox-fill",
            "mute",
            help=_("No mail server is set up: it can be read here, and sent later."),
        ),
    )
}
AGAIN = ("waiting", "refused", "failed", "kept")
"""From where a mail can be sent, or tried at once, by hand."""
