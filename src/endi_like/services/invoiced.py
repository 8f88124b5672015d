"""How far an estimation is invoiced: it follows from its invoices, kept nowhere."""

from __future__ import annotations

from decimal import Decimal

from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.workflow.core import State

IN_PART = State(
    "invoiced_in_part",
    _("Invoiced in part"),
    "receipt",
    "part",
    help=_("Its invoices, drafts among them, do not ask for all of it yet."),
)
WHOLE = State(
    "invoiced",
    _("Invoiced"),
    "receipt",
    "good",
    help=_("Its invoices, drafts among them, ask for all of it."),
)


def how_far(due: Decimal, asked: Decimal | None, *, is_closed: bool) -> State | None:
    """Return how far an amount is invoiced, nothing if no invoice asks for anything.

    By progress more may be asked for before something is taken off: until an invoice
    ``is_closed`` by, which deducts the others, that is a part of it.
    """
    if asked is None:
        return None
    way = -1 if due < 0 else 1
    is_whole = asked == due or (is_closed and way * asked > way * due)
    return WHOLE if is_whole else IN_PART


def state_of(estimation: Estimation) -> State | None:
    """Return how far an estimation is invoiced."""
    asking = [one for one in estimation.living_invoices if one.due_after_credit]
    asked = sum((one.due for one in asking), Decimal(0)) if asking else None
    is_closed = any(one.deductions for one in asking)
    return how_far(estimation.due, asked, is_closed=is_closed)
