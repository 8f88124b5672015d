"""What sales documents are made of: groups, lines, discounts, lines after tax."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

import colander

from endi_like.forms.fields import (
    Amount,
    Choice,
    Count,
    Line,
    Parts,
    PercentField,
    QuantityField,
    Schema,
    Sequence,
    Several,
    Text,
    wrong,
)
from endi_like.i18n import _

NOTHING = Decimal(0)
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
