"""What payments do to an invoice: their split over tax rates, and what is left.

Rates are told apart by their key.  Amounts owed to a customer are negative, and a
negative invoice is paid by negative payments.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, TypeVar

from endi_like.money import ZERO, allocate, exactly, to_cents

Key = TypeVar("Key", bound=Hashable)
PaidStatus: TypeAlias = Literal["waiting", "paid", "resulted"]

TOLERANCE = Decimal("5.00")
"""How much more than asked for may be received: customers round up."""


class Excess(ValueError):
    """A payment is larger than what is left, by more than the tolerance."""

    def __init__(self, amount: Decimal, to_pay: Decimal) -> None:
        super().__init__(f"{amount} received for {to_pay} left to pay")
        self.amount = amount
        self.to_pay = to_pay


@dataclass(frozen=True, slots=True)
class Balance:
    """Where an invoice stands, in whole cents."""

    total: Decimal
    paid: Decimal
    credited: Decimal

    @property
    def to_pay(self) -> Decimal:
        """Return what is left; negative when too much was paid."""
        return self.total - self.paid - self.credited


@exactly
def balance(
    total: Decimal, payments: Iterable[Decimal], credit_notes: Iterable[Decimal]
) -> Balance:
    """Return where an invoice stands.

    ``credit_notes`` are the totals of the valid ones: negative, as they are stored.
    """
    return Balance(
        total=to_cents(total),
        paid=to_cents(sum(payments, ZERO)),
        credited=to_cents(-sum(credit_notes, ZERO)),
    )


def paid_status(
    total: Decimal,
    to_pay: Decimal,
    paid_something: bool,
    forced: bool = False,
) -> PaidStatus:
    """Return the status that follows from the facts; nobody chooses it."""
    if forced or is_settled(total, to_pay):
        return "resulted"
    return "paid" if paid_something else "waiting"


def is_settled(total: Decimal, to_pay: Decimal) -> bool:
    """Tell whether nothing is left of a total, whichever its sign."""
    return not total or (to_pay <= 0 if total > 0 else to_pay >= 0)


def is_last(amount: Decimal, to_pay: Decimal) -> bool:
    """Tell whether a payment leaves nothing to pay."""
    amount, to_pay = to_cents(amount), to_cents(to_pay)
    return not to_pay or (_same_way(amount, to_pay) and abs(amount) >= abs(to_pay))


def excess(amount: Decimal, to_pay: Decimal) -> Decimal:
    """Return how much too much a payment is, as a positive amount or zero.

    All of it is when it goes the wrong way: a second payment of what is paid.
    """
    amount, to_pay = to_cents(amount), to_cents(to_pay)
    if not _same_way(amount, to_pay):
        return abs(amount)
    return max(abs(amount) - abs(to_pay), ZERO)


def overpaid(total: Decimal, to_pay: Decimal) -> Decimal:
    """Return how much too much was received already, as a positive amount or zero."""
    return max(-to_cents(to_pay) if total > 0 else to_cents(to_pay), ZERO)


def split(
    amount: Decimal,
    to_pay_by_rate: Mapping[Key, Decimal],
    tolerance: Decimal = TOLERANCE,
) -> dict[Key, Decimal]:
    """Split a payment over rates in proportion of what each has left to pay.

    The parts add up to the payment in whole cents.  A last payment takes exactly
    what is left of each rate; what is too much is spread likewise.  Raises
    :class:`Excess` when it is too much by more than the tolerance; give a larger one
    to book that a payment was taken back.
    """
    amount = to_cents(amount)
    left = _in_cents(to_pay_by_rate)
    to_pay = sum(left.values(), ZERO)
    if excess(amount, to_pay) > tolerance:
        raise Excess(amount, to_pay)
    if is_last(amount, to_pay):
        over = spread(amount - to_pay, left)
        return {key: left[key] + over[key] for key in left}
    if _same_way(amount, to_pay):
        return dict(zip(left, allocate(amount, list(left.values())), strict=True))
    return spread(amount, left)


def spread(amount: Decimal, weights: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    """Share an amount out by the size of weights, equally when all are zero."""
    sizes = [abs(weight) for weight in weights.values()]
    if not any(sizes):
        sizes = [Decimal(1)] * len(sizes)
    return dict(zip(weights, allocate(amount, sizes), strict=True))


def due_by_rate(ttc_by_rate: Mapping[Key, Decimal], due: Decimal) -> dict[Key, Decimal]:
    """Return what is due at each rate once the lines after tax are counted.

    Those lines have no rate: they are spread over the others by size.
    """
    ttc = _in_cents(ttc_by_rate)
    after_tax = spread(to_cents(due) - sum(ttc.values(), ZERO), ttc)
    return {key: ttc[key] + after_tax[key] for key in ttc}


def left_by_rate(
    due: Mapping[Key, Decimal], *taken: Mapping[Key, Decimal]
) -> dict[Key, Decimal]:
    """Return what is left to pay at each rate.

    ``taken`` are the parts of each payment, and those of each valid credit note as
    positive amounts.  A rate that only they know is listed after the others.
    """
    left = dict(due)
    for parts in taken:
        for key, part in parts.items():
            left[key] = left.get(key, ZERO) - part
    return left


def _same_way(amount: Decimal, to_pay: Decimal) -> bool:
    """Tell whether a payment goes from whom it should to whom it should."""
    return (amount > 0 and to_pay > 0) or (amount < 0 and to_pay < 0)


def _in_cents(amounts: Mapping[Key, Decimal]) -> dict[Key, Decimal]:
    return {key: to_cents(amount) for key, amount in amounts.items()}
