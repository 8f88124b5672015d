"""What administrators may enter about the options of documents."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import colander

from endi_like.forms.fields import (
    Bic,
    Choice,
    Count,
    Flag,
    Iban,
    Line,
    PercentField,
    Schema,
    Text,
    wrong,
)
from endi_like.i18n import _

CHARGED, NAMED_ZERO = "charged", "zero"
LONGEST_LABEL = 120
LAST_PLACE = 9999
MOST_DAYS = 365


class OptionSchema(Schema):
    """What every option has; those with more of it put it in the middle."""

    label = Line(
        longest=LONGEST_LABEL,
        title=_("Label"),
        description=_("What people choose it by; documents show it too."),
    )
    position = Count(
        high=LAST_PLACE,
        title=_("Place in the list"),
        missing=0,
        default=0,
        description=_("Small numbers come first."),
        span="f6",
    )
    default = Flag(
        title=_("Preset"),
        description=_("New documents begin with it. There is one preset at most."),
        span="f6",
    )
    active = Flag(
        title=_("Offered"),
        default=True,
        description=_(
            "Without it, it can no longer be chosen; documents that have it keep it."
        ),
        span="f6",
    )

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Refuse a preset that nobody is offered."""
        if data["default"] and not data["active"]:
            sentence = _("What is not offered cannot be the preset.")
            raise wrong(node, default=sentence)


class VatRateSchema(OptionSchema):
    """A rate of tax: a percentage, or nothing at all with the reason why."""

    kind = Choice(
        (
            (CHARGED, _("A percentage that is charged")),
            (NAMED_ZERO, _("0 % with a mention")),
        ),
        title=_("Kind of rate"),
        default=CHARGED,
        description=_(
            "There may be several rates of 0 %, told apart by the mention that says "
            "why no tax is charged."
        ),
        insert_before="position",
    )
    value = PercentField(
        title=_("Per cent"),
        missing=None,
        description=_("Left empty for 0 % with a mention."),
        insert_before="position",
    )
    mention = Text(
        longest=500,
        title=_("Mention"),
        missing="",
        description=_("Printed below the totals of documents that have this rate."),
        hints={"rows": "2"},
        insert_before="position",
    )

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Ask for the percentage, or for the mention."""
        super().validator(node, data)
        named = data["kind"] == NAMED_ZERO
        if named and data["value"]:
            raise wrong(node, value=_("Nothing is charged at this kind of rate."))
        if named and not data["mention"]:
            raise wrong(node, mention=_("Say why no tax is charged."))
        if not named and data["value"] is None:
            raise wrong(node, value=_("Please fill this in."))


class PaymentModeSchema(OptionSchema):
    """A mode of payment."""


class PaymentConditionsSchema(OptionSchema):
    """When an invoice is due."""

    days = Count(
        high=MOST_DAYS,
        title=_("Days"),
        description=_("Counted from the date of the document; 0 is on receipt."),
        insert_before="position",
        span="f6",
    )
    end_of_month = Flag(
        title=_("At the end of that month"),
        description=_("45 days from 10 March, then the end of that month: 30 April."),
        insert_before="position",
        span="f6",
    )


class BankAccountSchema(OptionSchema):
    """An account that money comes in on."""

    iban = Iban(title=_("IBAN"), missing="", insert_before="position")
    bic = Bic(title=_("BIC"), missing="", insert_before="position")


class MentionSchema(OptionSchema):
    """A paragraph at the end of documents."""

    text = Text(
        longest=5000,
        title=_("Text"),
        description=_("Printed at the end of documents that carry the mention."),
        insert_before="position",
    )


class BusinessTypeSchema(OptionSchema):
    """A type of business."""


class WorkUnitSchema(OptionSchema):
    """A unit that quantities count."""


def shown_rate(value: Decimal) -> dict[str, Any]:
    """Return a stored rate as the form asks for it: named zero rates are negative."""
    if value < 0:
        return {"kind": NAMED_ZERO, "value": colander.null}
    return {"kind": CHARGED, "value": value}
