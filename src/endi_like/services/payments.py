"""Money received: written down, spread over the rates, and its consequences drawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import object_session

from endi_like import payments
from endi_like.i18n import _
from endi_like.models.options import PaymentMode
from endi_like.models.payments import Payment, PaymentPart
from endi_like.models.sales import CancelInvoice, Invoice
from endi_like.services.notifications.documents import occurred
from endi_like.services.notifications.events import PAID
from endi_like.services.transitions import Transitions
from endi_like.workflow.errors import Refused
from endi_like.workflow.payment import FOLLOWING, is_closed, is_payable

ZERO = Decimal(0)


@dataclass(frozen=True)
class Received:
    """What a payment form says."""

    date: dt.date
    amount: Decimal
    mode_id: int
    bank_id: int | None = None
    reference: str = ""


def balance(invoice: Invoice) -> Decimal:
    """Return what is left to pay after payments and validated credit notes."""
    received = [payment.amount for payment in invoice.payments]
    credited = [one.due for one in credits_of(invoice)]
    return payments.balance(invoice.due, received, credited).to_pay


def credits_of(invoice: Invoice) -> list[CancelInvoice]:
    """Return the credit notes of an invoice that count."""
    return invoice.valid_credits


def to_pay_by_rate(
    invoice: Invoice, *, besides: Payment | None = None
) -> dict[int, Decimal]:
    """Return what is left to pay at each rate, by its id, as if without a payment."""
    asked = {total.vat_id: total.ttc for total in invoice.vat_totals}
    taken = (
        {part.vat_id: part.amount for part in payment.parts}
        for payment in invoice.payments
        if payment is not besides
    )
    given_back = (
        {
            vat_id: -amount
            for vat_id, amount in payments.due_by_rate(
                {total.vat_id: total.ttc for total in one.vat_totals}, one.due
            ).items()
        }
        for one in credits_of(invoice)
    )
    due = payments.due_by_rate(asked, invoice.due)
    return payments.left_by_rate(due, *taken, *given_back)


def settle(invoice: Invoice, transitions: Transitions) -> None:
    """Move an invoice to the paid status its payments and closure call for."""
    invoice.to_pay = balance(invoice)
    name = payments.paid_status(
        invoice.due,
        invoice.to_pay,
        bool(invoice.payments or credits_of(invoice)),
        is_closed.holds(invoice),
    )
    invoice.awaited = ZERO if name == "resulted" else invoice.to_pay
    if name != invoice.paid_status:
        transitions.follow(invoice, FOLLOWING[name])


class Payments:
    """Record, correct and take back payments of validated invoices."""

    def __init__(self, transitions: Transitions) -> None:
        self.transitions = transitions

    def record(self, invoice: Invoice, received: Received) -> Payment:
        """Add a payment and settle the invoice; raise ``Refused`` if it cannot be."""
        if reason := is_payable(invoice):
            raise Refused(reason)
        accept(invoice, received)
        payment = Payment(
            recorded_by_id=self.transitions.actor_id,
            recorded_at=self.transitions.clock(),
        )
        spread(payment, received, invoice.due, to_pay_by_rate(invoice))
        # the history calls the payment by its mode before it is stored
        payment.mode = self.transitions.db.get_one(PaymentMode, received.mode_id)
        invoice.payments.append(payment)
        self._settle(invoice)
        if invoice.paid_status == "paid":
            # of each part, whatever it was before; to be settled is a move that tells
            moves = self.transitions
            occurred(moves, PAID, invoice, payment.recorded_at, moves.actor_id)
        return payment

    def change(self, payment: Payment, received: Received) -> None:
        """Correct a payment; the history keeps what it was."""
        invoice = payment.invoice
        accept(invoice, received)
        left = to_pay_by_rate(invoice, besides=payment)
        payment.parts.clear()
        session = object_session(payment)
        if session:
            session.flush()  # the old parts go before others of the same rates
        spread(payment, received, invoice.due, left)
        self._settle(invoice)

    def remove(self, payment: Payment) -> None:
        """Take a payment back; the history keeps that it was there."""
        invoice = payment.invoice
        invoice.payments.remove(payment)
        self._settle(invoice)

    def _settle(self, invoice: Invoice) -> None:
        settle(invoice, self.transitions)
        self.transitions.db.flush()


def accept(invoice: Invoice, received: Received) -> None:
    """Raise ``Refused`` for a payment the invoice cannot have."""
    if received.amount == ZERO:
        raise Refused(_("A payment of nothing is none: say the amount."))
    if (received.amount > ZERO) != (invoice.due > ZERO):
        raise Refused(_("The amount must have the sign of the invoice’s total."))


def spread(
    payment: Payment, received: Received, due: Decimal, left: Mapping[int, Decimal]
) -> None:
    """Write what the form says, and the parts of each rate.

    What other payments were too much is too much once: the tolerance is one for all.
    """
    before = payments.overpaid(due, sum(left.values(), ZERO))
    try:
        parts = payments.split(received.amount, left, payments.TOLERANCE - before)
    except payments.Excess as error:
        raise Refused(
            _(
                "This is more than what is left to pay, by more than ${amount}.",
                mapping={"amount": payments.TOLERANCE},
            )
        ) from error
    payment.date, payment.amount = received.date, sum(parts.values(), ZERO)
    payment.mode_id, payment.bank_id = received.mode_id, received.bank_id
    payment.reference = received.reference
    payment.parts = [
        PaymentPart(vat_id=vat_id, amount=amount)
        for vat_id, amount in parts.items()
        if amount
    ]
