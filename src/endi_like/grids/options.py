"""The lists of options, all alike: what they are called, what is special, in use."""

from __future__ import annotations

from typing import Any

from endi_like.grids.core import Grid
from endi_like.grids.parts import Column, active_column, rate
from endi_like.i18n import _
from endi_like.models.options import (
    BankAccount,
    BusinessType,
    Mention,
    PaymentConditions,
    PaymentMode,
    VatRate,
    WorkUnit,
)
from endi_like.models.organisation import Organisation
from endi_like.workflow.core import State

OFFERED = State("offered", _("Offered"), "check-circle-fill", "good")
WITHDRAWN = State("withdrawn", _("No longer offered"), "lock-fill", "closed")


def option_columns(model: Any, *special: Column) -> tuple[Column, ...]:
    """Return the columns every list of options has, the special ones in the middle."""
    return (
        Column("label", _("Label"), (model.label,), sort=model.sort_label, link=True),
        *special,
        Column(
            "position",
            _("Place"),
            (model.position,),
            kind="count",
            sort=model.position,
            wide=True,
        ),
        Column("default", _("Preset"), (model.default,), kind="flag", wide=True),
        active_column(model, OFFERED, WITHDRAWN),
    )


class OptionGrid(Grid):
    """What the lists of options have in common."""

    default_sort = "position"


class VatRateGrid(OptionGrid):
    """The rates of value added tax."""

    model = VatRate
    title = _("VAT rates")
    columns = option_columns(
        VatRate,
        Column("value", _("Rate"), (VatRate.value,), show=rate, kind="percent"),
        Column("mention", _("Mention"), (VatRate.mention,), wide=True),
    )


class PaymentModeGrid(OptionGrid):
    """The modes of payment."""

    model = PaymentMode
    title = _("Payment modes")
    columns = option_columns(PaymentMode)


class PaymentConditionsGrid(OptionGrid):
    """The conditions of payment."""

    model = PaymentConditions
    title = _("Payment conditions")
    columns = option_columns(
        PaymentConditions,
        Column("days", _("Days"), (PaymentConditions.days,), kind="count"),
        Column(
            "end_of_month",
            _("End of month"),
            (PaymentConditions.end_of_month,),
            kind="flag",
        ),
    )


class BankAccountGrid(OptionGrid):
    """The bank accounts money comes in on."""

    model = BankAccount
    title = _("Bank accounts")
    columns = option_columns(
        BankAccount, Column("iban", _("IBAN"), (BankAccount.iban,), wide=True)
    )


class MentionGrid(OptionGrid):
    """The mentions documents can carry."""

    model = Mention
    title = _("Mentions")
    columns = option_columns(
        Mention, Column("text", _("Text"), (Mention.text,), wide=True)
    )


class BusinessTypeGrid(OptionGrid):
    """What kinds of deals there are."""

    model = BusinessType
    title = _("Business types")
    columns = option_columns(BusinessType)


class WorkUnitGrid(OptionGrid):
    """The units quantities count."""

    model = WorkUnit
    title = _("Units")
    columns = option_columns(WorkUnit)


class OrganisationGrid(Grid):
    """The organisation: a list of one."""

    model = Organisation
    title = _("Organisation")
    default_sort = "name"
    columns = (
        Column(
            "name", _("Name"), (Organisation.name,), sort=Organisation.name, link=True
        ),
        Column("town", _("Town"), (Organisation.town,)),
        Column(
            "template",
            _("Numbers of invoices"),
            (Organisation.invoice_number_template,),
            wide=True,
        ),
    )


GRIDS = (
    VatRateGrid,
    PaymentModeGrid,
    PaymentConditionsGrid,
    BankAccountGrid,
    MentionGrid,
    BusinessTypeGrid,
    WorkUnitGrid,
    OrganisationGrid,
)
