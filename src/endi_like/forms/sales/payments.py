"""Money received."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from endi_like.forms.fields import Amount, Choice, Day, Line, Schema, wrong
from endi_like.forms.numbers import Bounds, LocalAmount
from endi_like.i18n import _
from endi_like.money import CENT, MAX_AMOUNT

NOTHING = Decimal(0)
GIVEN_BACK = Bounds(-MAX_AMOUNT, -CENT, 2)
LONGEST_AHEAD = dt.timedelta(days=366)


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
