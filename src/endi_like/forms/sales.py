"""What users may enter about sales documents.

Names are those of the models' attributes.  A draft needs little, a customer and a
subject; whether a document is complete is asked when it moves on (``Task.lacking``).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial
from typing import Any

import colander

from endi_like.forms.fields import (
    Amount,
    Choice,
    Choices,
    Count,
    Day,
    Flag,
    Line,
    Parts,
    PercentField,
    Picked,
    QuantityField,
    Schema,
    Sequence,
    Several,
    Text,
    wrong,
)
from endi_like.forms.numbers import Bounds, LocalAmount
from endi_like.i18n import _
from endi_like.money import CENT, MAX_AMOUNT, to_cents

MODES = (("ht", _("Prices before tax")), ("ttc", _("Prices with tax")))
NOTHING = Decimal(0)
GIVEN_BACK = Bounds(-MAX_AMOUNT, -CENT, 2)
LONGEST_AHEAD = dt.timedelta(days=366)
MOST_LINES, MOST_GROUPS, MOST_DISCOUNTS, MOST_POST_TAX_LINES = 500, 50, 50, 20


def row_id() -> Count:
    """Return the field of the row a part was read from; new parts have none."""
    return Count(low=1, missing=None, control="hidden")


class TaskLineSchema(Schema):
    """One charged item."""

    id = row_id()
    description = Text(title=_("Description"), missing="", hints={"rows": "1"})
    cost = Amount(title=_("Unit price"), missing=NOTHING)
    quantity = QuantityField(
        title=_("Quantity"), missing=Decimal(1), default=Decimal(1)
    )
    unit = Line(title=_("Unit"), longest=50, missing="")
    vat_id = Choice("vat_rates", title=_("VAT rate"), missing=None)
    product = Line(title=_("Product code"), longest=50, missing="")


class Lines(Several):
    """The items of a group."""

    schema_type = partial(Sequence, MOST_LINES)
    line = TaskLineSchema(title=_("Line"))


def is_blank(line: dict[str, Any]) -> bool:
    """Tell whether nothing was typed into a new line: the last one often stays so."""
    typed = line["description"] or line["product"] or line["cost"]
    return not typed and line["id"] is None


def without_blank_lines(lines: Any) -> Any:
    """Return the lines in which something was typed."""
    if lines is colander.null:
        return lines
    return [line for line in lines if not is_blank(line)]


class LineGroupSchema(Schema):
    """Items under one title."""

    id = row_id()
    title = Line(title=_("Title of the group"), missing="")
    description = Text(title=_("Text of the group"), missing="", hints={"rows": "1"})
    lines = Lines(title=_("Lines"), missing=(), preparer=without_blank_lines)


class LineGroups(Several):
    """The groups of a document."""

    template = "sales/form_groups"
    schema_type = partial(Sequence, MOST_GROUPS)
    group = LineGroupSchema(title=_("Group"))


class DiscountSchema(Schema):
    """What is taken off: an amount at one rate, or a percentage of everything."""

    id = row_id()
    description = Text(title=_("Description"), missing="", hints={"rows": "1"})
    amount = Amount(title=_("Amount taken off"), low=NOTHING, missing=None)
    percent = PercentField(title=_("Or per cent of all"), missing=None)
    vat_id = Choice("vat_rates", title=_("VAT rate"), missing=None)

    def validator(self, node: Any, discount: dict[str, Any]) -> None:
        """Ask for one of the two, and for the rate of an amount."""
        amount, percent = discount["amount"], discount["percent"]
        if amount is not None and percent is not None:
            sentence = _("Give an amount or a percentage, not both.")
            raise wrong(node, percent=sentence)
        if amount is None and percent is None and not is_idle(discount):
            raise wrong(node, amount=_("Give an amount or a percentage."))
        if amount is not None and discount["vat_id"] is None:
            raise wrong(node, vat_id=_("Choose the VAT rate of this discount."))


def is_idle(discount: dict[str, Any]) -> bool:
    """Tell whether nothing was typed into a discount."""
    typed = (discount[name] for name in ("id", "amount", "percent"))
    return not discount["description"] and all(value is None for value in typed)


def without_idle(discounts: Any) -> Any:
    """Return the discounts in which something was typed."""
    if discounts is colander.null:
        return discounts
    return [discount for discount in discounts if not is_idle(discount)]


class Discounts(Several):
    """What is taken off."""

    template = "sales/form_discounts"
    schema_type = partial(Sequence, MOST_DISCOUNTS)
    discount = DiscountSchema(title=_("Discount"))


class PostTaxLineSchema(Schema):
    """An amount that counts after tax."""

    id = row_id()
    label = Line(title=_("Text"), missing="")
    amount = Amount(title=_("Amount"), missing=None)

    def validator(self, node: Any, line: dict[str, Any]) -> None:
        """Ask for both or none."""
        if line["amount"] is None and line["label"]:
            raise wrong(node, amount=_("Please fill this in."))
        if line["amount"] is not None and not line["label"]:
            raise wrong(node, label=_("Say what this amount is for."))


def with_amount(lines: Any) -> Any:
    """Return the lines in which something was typed."""
    if lines is colander.null:
        return lines
    return [line for line in lines if line["amount"] is not None]


class PostTaxLines(Parts):
    """What is added or taken off after tax."""

    adding = _("Add a line after tax")
    schema_type = partial(Sequence, MOST_POST_TAX_LINES)
    line = PostTaxLineSchema(title=_("Line after tax"))


class InvoiceSchema(Schema):
    """An invoice.

    Bindings: ``locale``, ``customers`` (a ``Search``), ``vat_rates``, ``conditions``
    and ``mentions`` (pairs), ``companies`` (pairs, when a new one has to choose its
    company) and ``units`` (suggested texts).
    """

    company_id = Choice("companies", title=_("Company"), where_there_is_a_choice=True)
    account_id = Picked(
        "customers",
        title=_("Customer"),
        description=_("Type any part of the name, the number or the town."),
    )
    date = Day(title=_("Date"))
    name = Line(title=_("Subject"))
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
    payment_conditions_id = Choice(
        "conditions", title=_("Payment conditions"), missing=None
    )
    due_date = Day(
        title=_("Due on"),
        missing=None,
        description=_("Leave it empty to follow the payment conditions."),
    )
    mentions = Choices("mentions", title=_("Mentions"))
    notes = Text(title=_("Notes on the document"), missing="")

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for the company only where there is a choice."""
        if not bindings.get("companies"):
            del self["company_id"]

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Check what takes two fields to see."""
        if data["expenses_ht"] and data["expenses_vat_id"] is None:
            raise wrong(
                node, expenses_vat_id=_("Choose the VAT rate of the flat expenses.")
            )
        if data["due_date"] is not None and data["due_date"] < data["date"]:
            raise wrong(node, due_date=_("It is due before the day it is written on."))
        rates = {one[0]: one[1] for one in self.bindings["vat_rates"]}
        if (rate := too_large_a_discount(data)) is not None:
            sentence = _(
                "At ${rate} more is taken off than the lines of this rate come to.",
                mapping={"rate": rates.get(rate, "")},
            )
            raise wrong(node, discounts=sentence)


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


class PaymentSchema(Schema):
    """Money received, or given back for an invoice whose total is negative.

    Bindings: ``locale``, ``modes`` and ``banks`` (pairs), ``due``, whose sign the
    amount has, ``today``, and ``invoiced``, the date of the invoice.
    """

    date = Day(
        title=_("Received on"),
        description=_(
            "Today at the latest; a deposit may have come up to a year before the "
            "invoice."
        ),
    )
    amount = Amount(title=_("Amount"), low=CENT, decimals=2)
    mode_id = Choice("modes", title=_("Mode of payment"))
    bank_id = Choice("banks", title=_("Bank account"), missing=None)
    reference = Line(title=_("Reference"), longest=100, missing="")

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Let the amount have the sign of what is due."""
        if bindings["due"] < NOTHING:
            self["amount"].typ = LocalAmount(GIVEN_BACK)

    def validator(self, node: Any, payment: dict[str, Any]) -> None:
        """Refuse money that has not come yet, or came long before it was asked for."""
        today, invoiced = (self.bindings[name] for name in ("today", "invoiced"))
        if payment["date"] > today:
            sentence = _("This day is still to come: it is ${today} today.")
            raise wrong(node, date=sentence % {"today": today})
        if payment["date"] < invoiced - LONGEST_AHEAD:
            sentence = _("This is more than a year before the invoice of ${date}.")
            raise wrong(node, date=sentence % {"date": invoiced})
