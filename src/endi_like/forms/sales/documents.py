"""Invoices and credit notes, and what they have in common with estimations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from endi_like.forms.fields import (
    Amount,
    Choice,
    Choices,
    Day,
    Flag,
    Line,
    Picked,
    Schema,
    Text,
    wrong,
)
from endi_like.forms.sales.parts import (
    NOTHING,
    Discounts,
    LineGroups,
    PostTaxLines,
    with_amount,
    without_idle,
)
from endi_like.i18n import _
from endi_like.money import to_cents

MODES = (("ht", _("Prices before tax")), ("ttc", _("Prices with tax")))


class TaskSchema(Schema):
    """What is entered of every sales document.

    Bindings: ``locale``, ``customers`` (a ``Search``), ``vat_rates``, ``conditions``
    and ``mentions`` (pairs), ``projects`` and ``phases`` (each a ``Search``),
    ``companies`` (pairs, when a new one has to choose its company) and ``units``
    (suggested texts); ``kept_customer`` where it cannot be exchanged: id, name, why.
    """

    company_id = Choice("companies", title=_("Company"), where_there_is_a_choice=True)
    account_id = Picked(
        "customers",
        title=_("Customer"),
        description=_("Type any part of the name, the number or the town."),
    )
    date = Day(title=_("Date"))
    name = Line(
        title=_("Subject"),
        missing="",
        description=_("Leave it empty to have it called by its number."),
    )
    project_id = Picked("projects", title=_("Project"), missing=None)
    phase_id = Picked(
        "phases",
        title=_("Phase"),
        missing=None,
        description=_("Of the project that is chosen, if it has any."),
    )
    workplace = Line(title=_("Place of work"), missing="")
    address = Text(
        title=_("Address"),
        longest=500,
        missing="",
        description=_("Leave it empty to use the customer's address."),
        span="f6",
    )
    mode = Choice(MODES, title=_("Prices"), missing="ht", default="ht", span="f3")
    display_units = Flag(title=_("Print quantities and units"), default=True, span="f3")
    groups = LineGroups(title=_("Lines"), missing=())
    discounts = Discounts(title=_("Discounts"), missing=(), preparer=without_idle)
    expenses_ht = Amount(
        title=_("Flat expenses before tax"), low=NOTHING, missing=NOTHING
    )
    expenses_vat_id = Choice(
        "vat_rates", title=_("VAT rate of the expenses"), missing=None, span="f3"
    )
    post_tax_lines = PostTaxLines(
        title=_("After tax"), missing=(), preparer=with_amount
    )
    mentions = Choices("mentions", title=_("Mentions"))
    notes = Text(title=_("Notes on the document"), missing="")

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for the company and the customer only where there is a choice."""
        if not bindings.get("companies"):
            del self["company_id"]
        if kept := bindings.get("kept_customer"):
            *self["account_id"].kept, self["account_id"].description = kept

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Check what takes two fields to see."""
        if data["expenses_ht"] and data["expenses_vat_id"] is None:
            raise wrong(
                node, expenses_vat_id=_("Choose the VAT rate of the flat expenses.")
            )
        rates = {one[0]: one[1] for one in self.bindings["vat_rates"]}
        if (rate := too_large_a_discount(data)) is not None:
            sentence = _(
                "At ${rate} more is taken off than the lines of this rate come to.",
                mapping={"rate": rates.get(rate, "")},
            )
            raise wrong(node, discounts=sentence)


class InvoiceSchema(TaskSchema):
    """An invoice: when it is due, or what that follows from."""

    payment_conditions_id = Choice(
        "conditions",
        title=_("Payment conditions"),
        missing=None,
        insert_before="mentions",
    )
    due_date = Day(
        title=_("Due on"),
        missing=None,
        insert_before="mentions",
        description=_("Leave it empty to follow the payment conditions."),
    )

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Refuse to have it paid before it is written."""
        super().validator(node, data)
        if data["due_date"] is not None and data["due_date"] < data["date"]:
            raise wrong(node, due_date=_("It is due before the day it is written on."))


class CancelInvoiceSchema(TaskSchema):
    """A credit note: of the invoice's customer, its flat expenses given back."""

    expenses_ht = Amount(title=_("Flat expenses before tax"), missing=NOTHING)


def too_large_a_discount(data: dict[str, Any]) -> int | None:
    """Return the rate at which amounts are taken off that its lines do not come to.

    While a line has no rate yet, nobody can tell.
    """
    lines = [line for group in data["groups"] for line in group["lines"]]
    if any(line["vat_id"] is None for line in lines):
        return None
    left: dict[int, Decimal] = {}
    for line in lines:
        rate, amount = line["vat_id"], line["cost"] * line["quantity"]
        left[rate] = left.get(rate, NOTHING) + amount
    left = {rate: to_cents(amount) for rate, amount in left.items()}
    for discount in data["discounts"]:
        if discount["amount"]:
            rate = discount["vat_id"]
            left[rate] = left.get(rate, NOTHING) - discount["amount"]
            if left[rate] < NOTHING:
                return int(rate)
    return None
