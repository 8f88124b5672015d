"""Where the options of documents and the organisation itself are administered."""

from __future__ import annotations

from typing import Any, ClassVar

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
from endi_like.permissions import Permission
from endi_like.resources.core import Resource
from endi_like.services.rights.holders import EVERY_MEMBER, Role

LOOK = frozenset({Permission.VIEW, Permission.EXPORT})
READ = LOOK | {Permission.SEE_HISTORY}
ADMINISTER = READ | {Permission.ADD, Permission.EDIT}


class OptionResource(Resource):
    """One option; administrators change it, auditors read it."""

    grants: ClassVar = {Role("admin"): ADMINISTER, Role("auditor"): READ}


class VatRateResource(OptionResource):
    """``/vat-rates/3``."""

    model = VatRate


class PaymentModeResource(OptionResource):
    """``/payment-modes/3``."""

    model = PaymentMode


class PaymentConditionsResource(OptionResource):
    """``/payment-conditions/3``."""

    model = PaymentConditions


class BankAccountResource(OptionResource):
    """``/bank-accounts/3``."""

    model = BankAccount


class MentionResource(OptionResource):
    """``/mentions/3``."""

    model = Mention


class BusinessTypeResource(OptionResource):
    """``/business-types/3``; whoever has businesses looks for those of a type."""

    model = BusinessType
    grants: ClassVar = {
        **OptionResource.grants,
        Role("manager"): LOOK,
        Role("accountant"): LOOK,
        EVERY_MEMBER: LOOK,
    }


class WorkUnitResource(OptionResource):
    """``/work-units/3``."""

    model = WorkUnit


class OrganisationResource(Resource):
    """``/organisation/1``: the one row of it."""

    model = Organisation
    grants: ClassVar = {
        Role("admin"): READ | {Permission.EDIT},
        Role("auditor"): READ,
    }


COLLECTIONS = (
    ("vat-rates", VatRateResource, _("VAT rates"), "percent"),
    ("payment-modes", PaymentModeResource, _("Payment modes"), "cash-coin"),
    (
        "payment-conditions",
        PaymentConditionsResource,
        _("Payment conditions"),
        "calendar2-check",
    ),
    ("bank-accounts", BankAccountResource, _("Bank accounts"), "wallet2"),
    ("mentions", MentionResource, _("Mentions"), "chat-left-text"),
    ("business-types", BusinessTypeResource, _("Business types"), "briefcase"),
    ("work-units", WorkUnitResource, _("Units"), "box-seam"),
    ("organisation", OrganisationResource, _("Organisation"), "flag"),
)


def includeme(config: Any) -> None:
    """Publish the collections."""
    for name, resource, label, icon in COLLECTIONS:
        config.add_collection(
            name, resource, label=label, section=_("Administration"), icon=icon
        )
