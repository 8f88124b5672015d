"""Payment: what the money received says about an invoice; and its forced closure.

The paid status is never chosen.  It follows from payments and credit notes, by
automatic actions that no form can reach.  To close an invoice that will not be paid
is a decision of its own, with a reason; it is a fact like any other for the first
machine, so no recomputation forgets it.
"""

from typing import Any

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.workflow.core import Action, ActionManager, Reached, State
from endi_like.workflow.validation import is_valid

is_closed = Reached("closure_status", "closed", _("It was not closed by decision."))
NOTHING_LEFT = _("Nothing is left to pay of it that could be taken back.")
PAID_BACK = _(
    "Only what is left to pay can be taken back. Where money was given back, a manager "
    "or an accountant first lowers the payment or takes it back."
)


def is_unsettled(invoice: Any) -> str | None:
    """Refuse to close what is paid already."""
    if invoice.paid_status == "resulted":
        return _("It is settled already.")
    return None


def is_payable(invoice: Any) -> str | None:
    """Refuse money for what is not validated, settled, or closed by decision."""
    if reason := is_valid(invoice):
        return reason
    if is_closed.holds(invoice):
        return _("It was closed by decision: undo the closure first.")
    if invoice.paid_status == "resulted":
        return _("It is settled: nothing is left to pay.")
    return None


def is_creditable(invoice: Any) -> str | None:
    """Refuse a credit note where nothing is left to take back."""
    if invoice.deleted_at:
        return _("It is in the bin: restore it first.")
    if reason := is_valid(invoice):
        return reason
    if not invoice.to_pay or invoice.to_pay * invoice.due < 0:
        return PAID_BACK if invoice.payments else NOTHING_LEFT
    if any(is_valid(one) and not one.deleted_at for one in invoice.credit_notes):
        return _("A draft of a credit note for it is there already: finish it first.")
    return None


PAYMENT = ActionManager(
    "paid_status",
    _("Payment"),
    when=is_valid,
    states=(
        State(
            "waiting",
            _("Waiting for payment"),
            "circle",
            "mute",
            help=_("Nothing has been paid yet."),
        ),
        State(
            "paid",
            _("Partly paid"),
            "circle-half",
            "part",
            help=_("Something is left to pay."),
        ),
        State(
            "resulted",
            _("Settled"),
            "check-circle-fill",
            "good",
            help=_("Nothing is left to pay."),
        ),
    ),
    actions=(
        Action(
            "await_payment",
            _("Wait for payment"),
            sources=("paid", "resulted"),
            target="waiting",
            permission=Permission.AUTOMATIC,
            icon="circle",
            done=_("Nothing is paid: it waits for payment."),
        ),
        Action(
            "part_pay",
            _("Count as partly paid"),
            sources=("waiting", "resulted"),
            target="paid",
            permission=Permission.AUTOMATIC,
            icon="circle-half",
            done=_("It is paid in part."),
        ),
        Action(
            "settle",
            _("Count as settled"),
            sources=("waiting", "paid"),
            target="resulted",
            permission=Permission.AUTOMATIC,
            icon="check-circle",
            done=_("Nothing is left to pay: it is settled."),
        ),
    ),
)

CLOSURE = ActionManager(
    "closure_status",
    _("Closure"),
    when=is_valid,
    states=(
        State("open", _("Open"), "circle", quiet=True),
        State(
            "closed",
            _("Closed by decision"),
            "lock-fill",
            "closed",
            help=_("What is left to pay will not be asked for."),
        ),
    ),
    actions=(
        Action(
            "close",
            _("Close without full payment"),
            sources=("open",),
            target="closed",
            permission=Permission.CLOSE,
            when=is_unsettled,
            asks=("reason",),
            icon="lock-fill",
            tone="bad",
            help=_("The rest will not be asked for; the reason is kept."),
            done=_("It is closed: the rest will not be asked for."),
        ),
        Action(
            "undo_close",
            _("Undo the closure"),
            sources=("closed",),
            target="open",
            permission=Permission.CLOSE,
            asks=("reason",),
            icon="arrow-counterclockwise",
            help=_("The status follows the payments again."),
            done=_("The closure is undone: its status follows the payments."),
        ),
    ),
)

FOLLOWING = {action.target: action.name for action in PAYMENT.actions.values()}
"""The automatic action that leads to each paid status."""
