"""Which parts of a payment schedule are still to be invoiced."""

from __future__ import annotations

from endi_like.models.estimations import BALANCE, Estimation, PaymentDeadline


def next_deadline(estimation: Estimation) -> PaymentDeadline | None:
    """Return the first part of the schedule that no invoice asks for yet."""
    return next(iter(open_deadlines(estimation)), None)


def open_deadlines(estimation: Estimation) -> list[PaymentDeadline]:
    """Return the parts of the schedule that no invoice asks for, as far as they can.

    Where nothing is left, the balance alone is: it shows what was invoiced before.
    """
    return [
        one
        for one in estimation.deadlines
        if one.invoice is None
        and (one.kind == BALANCE or estimation.within(one.amount))
    ]


def is_last(estimation: Estimation, deadline: PaymentDeadline) -> bool:
    """Tell whether an invoice of the next deadline leaves nothing to be asked for.

    That of a part does if the balance is invoiced, and the part was credited after it:
    then what was granted meanwhile is not asked for either.
    """
    if any(one.kind == BALANCE for one in open_deadlines(estimation)):
        return deadline.kind == BALANCE
    return estimation.within(deadline.amount) == estimation.left_to_ask
