"""Payments of an invoice: record, correct, take back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import colander
from pyramid.view import view_config

from endi_like.forms.core import Form
from endi_like.forms.sales import PaymentSchema
from endi_like.i18n import _
from endi_like.models.options import BankAccount, PaymentMode
from endi_like.models.payments import Payment
from endi_like.permissions import Permission
from endi_like.resources.sales import InvoiceResource, PaymentResource
from endi_like.services import choices
from endi_like.services.payments import Payments, Received
from endi_like.views.actions import finished, sent, text
from endi_like.views.conflicts import Conflict
from endi_like.views.forms import form_view
from endi_like.views.items import ItemForm
from endi_like.views.sales.offers import above_form
from endi_like.workflow.errors import WrongState
from endi_like.workflow.payment import is_payable


class PaymentForm(ItemForm):
    """What recording and correcting a payment have in common."""

    schema = PaymentSchema

    def above(self) -> Sequence[tuple[str, str]]:
        """Return the document it is about."""
        return above_form(self.request, self.target())

    def bindings(self) -> dict[str, Any]:
        """Return the modes and banks that are offered."""
        db, payment = self.request.db, getattr(self.context, "payment", None)
        kept = (payment.mode_id, payment.bank_id) if payment else (None, None)
        self.modes = choices.options(db, PaymentMode, keep=kept[:1])
        self.banks = choices.options(db, BankAccount, keep=kept[1:])
        return {
            "due": self.context.node.due,
            "today": self.request.today,
            "invoiced": self.context.node.date,
            "modes": [(one.id, one.label) for one in self.modes],
            "banks": [(one.id, one.label) for one in self.banks],
        }

    def service(self) -> Payments:
        """Return what writes payments down on behalf of this user."""
        return Payments(self.request.transitions)


@form_view(
    context=InvoiceResource, name="payment", permission=Permission.RECORD_PAYMENT
)
class RecordPayment(PaymentForm):
    """Write down money received for an invoice."""

    title = _("Record a payment")
    saved = _("The payment is recorded.")

    def show(self) -> Any:
        """Show the form of an invoice that awaits money; no other is paid."""
        if reason := is_payable(self.context.node):
            raise WrongState(reason)
        return super().show()

    def appstruct(self) -> dict[str, Any]:
        """Open with today, what is left to pay, and the preset mode and bank."""
        found = {
            "date": self.request.today,
            "amount": self.context.node.to_pay,
            "mode_id": choices.preset(self.modes),
            "bank_id": choices.preset(self.banks),
        }
        return {key: value for key, value in found.items() if value is not None}

    def unsent(self, _form: Form) -> dict[str, Any]:
        """Take nothing for granted that a program does not send."""
        return {}

    def change(self, item: Any, data: dict[str, Any]) -> None:
        """Let the service record it and settle the invoice."""
        self.service().record(item, Received(**data))

    def is_done(self, _form: Form, mine: dict[str, Any]) -> bool:
        """Tell whether the last payment recorded is just this one, by this user."""
        recorded = self.context.node.payments
        last = max(recorded, key=lambda one: one.id, default=None)
        me = self.request.identity.user_id
        if last is None or last.recorded_by_id != me:
            return False
        return written(last) == mine

    def difference(self, form: Form, _mine: dict[str, Any]) -> Conflict:
        """Say who was faster; a new payment differs from nothing."""
        return super().difference(form, {})


@form_view(context=PaymentResource, name="edit", permission=Permission.CORRECT_PAYMENT)
class CorrectPayment(PaymentForm):
    """Correct a payment; the history keeps what it was."""

    title = _("Correct the payment")
    saved = _("The payment is corrected.")

    def appstruct(self) -> dict[str, Any]:
        """Open with the payment as it is."""
        found = written(self.context.payment)
        return {k: colander.null if v is None else v for k, v in found.items()}

    def change(self, _item: Any, data: dict[str, Any]) -> None:
        """Let the service correct it."""
        self.service().change(self.context.payment, Received(**data))

    def target(self) -> Any:
        """Return the invoice."""
        return self.context.__parent__.__parent__


def written(payment: Payment) -> dict[str, Any]:
    """Return a payment as its form has it."""
    names = ("date", "amount", "mode_id", "bank_id", "reference")
    return {name: getattr(payment, name) for name in names}


@view_config(
    context=PaymentResource,
    name="delete",
    request_method="POST",
    permission=Permission.CORRECT_PAYMENT,
)
def delete(context: PaymentResource, request: Any) -> Any:
    """Take a payment back; the history keeps that it was there."""
    context.node.expect(text(sent(request), "version"))
    Payments(request.transitions).remove(context.payment)
    invoice = context.__parent__.__parent__
    return finished(request, invoice, _("The payment is taken back."))
