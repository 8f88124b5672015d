"""Estimations: how long they hold, and how they would be paid."""

from __future__ import annotations

from functools import partial
from typing import Any

import colander

from endi_like.forms.fields import (
    Amount,
    Choice,
    Day,
    Line,
    Parts,
    PercentField,
    Schema,
    Sequence,
    wrong,
)
from endi_like.forms.sales.documents import TaskSchema
from endi_like.forms.sales.parts import NOTHING, row_id
from endi_like.i18n import _, ngettext

MOST_EQUAL, MOST_AGREED = 12, 36
WAYS = (
    (1, _("in one go")),
    *(
        (n, ngettext("in ${n} equal instalment", "in ${n} equal instalments", n))
        for n in range(2, MOST_EQUAL + 1)
    ),
    (0, _("in instalments agreed one by one")),
)
DISPLAYS = (
    ("all", _("Print amounts and dates")),
    ("all_no_date", _("Print amounts without dates")),
    ("summary", _("Print the deposit and what is left")),
    ("none", _("Print nothing of it")),
)


class InstalmentSchema(Schema):
    """A part of what is to be paid, before the balance."""

    id = row_id()
    label = Line(title=_("Text"), missing="")
    amount = Amount(title=_("Amount with tax"), decimals=2, missing=None)
    date = Day(title=_("Date"), missing=None)

    def validator(self, node: Any, part: dict[str, Any]) -> None:
        """Ask for the amount of a part of which something was said."""
        if part["amount"] is None and (part["label"] or part["date"]):
            raise wrong(node, amount=_("Please fill this in."))


def with_amount(parts: Any) -> Any:
    """Return the parts in which something was typed."""
    if parts is colander.null:
        return parts
    return [one for one in parts if one["amount"] is not None]


class Instalments(Parts):
    """The parts agreed one by one; the balance is what they leave."""

    adding = _("Add an instalment")
    schema_type = partial(Sequence, MOST_AGREED)
    part = InstalmentSchema(title=_("Instalment"))


class EstimationSchema(TaskSchema):
    """An estimation.

    ``equal_parts`` is 0 where the parts are agreed one by one.
    """

    valid_until = Day(
        title=_("Valid until"), missing=None, insert_before="mentions", span="f3"
    )
    payment_conditions_id = Choice(
        "conditions",
        title=_("Payment conditions"),
        missing=None,
        description=_("Of the invoices that are made of it."),
        insert_before="mentions",
    )
    deposit = PercentField(
        title=_("Deposit in per cent"),
        missing=NOTHING,
        insert_before="mentions",
    )
    equal_parts = Choice(
        WAYS,
        title=_("The rest is paid"),
        missing=1,
        default=1,
        insert_before="mentions",
    )
    instalments = Instalments(
        title=_("Instalments before the balance"),
        missing=(),
        preparer=with_amount,
        insert_before="mentions",
    )
    payment_display = Choice(
        DISPLAYS,
        title=_("Printed"),
        missing="all",
        default="all",
        insert_before="mentions",
    )

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Check the dates, and that parts are said where they are agreed."""
        super().validator(node, data)
        day = data["date"]
        if data["valid_until"] is not None and data["valid_until"] < day:
            sentence = _("It would have run out before the day it is written on.")
            raise wrong(node, valid_until=sentence)
        if any(one["date"] and one["date"] < day for one in data["instalments"]):
            sentence = _("An instalment would be due before the day it is written on.")
            raise wrong(node, instalments=sentence)
        if data["equal_parts"] == 0 and not data["instalments"]:
            sentence = _("Say at least one instalment; the balance is what is left.")
            raise wrong(node, instalments=sentence)
