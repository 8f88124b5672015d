"""What becomes of what a company receives from its suppliers."""

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.workflow.core import Action, ActionManager, Lifecycle, State

RECEPTION = ActionManager(
    "reception_status",
    _("Reception"),
    states=(
        State(
            "received",
            _("Received"),
            "envelope",
            "wait",
            help=_("Nobody of the company has acknowledged it yet."),
        ),
        State(
            "acknowledged",
            _("Acknowledged"),
            "check-circle-fill",
            "good",
            help=_("Somebody of the company has looked at it and agrees."),
        ),
    ),
    actions=(
        Action(
            "acknowledge",
            _("Acknowledge"),
            sources=("received",),
            target="acknowledged",
            permission=Permission.ACKNOWLEDGE,
            icon="check-lg",
            tone="primary",
            help=_("Tell the company it comes from that it has been looked at."),
            done=_("It is acknowledged."),
        ),
    ),
)

SUPPLIER_INVOICE = Lifecycle(RECEPTION)

HANDOVER = "handover"
"""What the log calls the way from one company to another, on both sides."""

STEPS = {
    "hand_over": ("", "handed over"),
    "receive": ("", "received"),
    "acknowledge": ("handed over", "acknowledged"),
}
"""Its steps, each from where to where."""
