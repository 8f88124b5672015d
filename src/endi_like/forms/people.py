"""What may be entered about people: log-in, own account, users, companies, rights."""

from __future__ import annotations

from typing import Any, ClassVar

import colander

from endi_like.forms.fields import (
    Amount,
    Bic,
    Choice,
    Choices,
    Count,
    Email,
    Flag,
    Iban,
    Line,
    Schema,
    Secret,
    Text,
)
from endi_like.i18n import LANGUAGES, _
from endi_like.principals import RIGHTS, ROLES

LANGUAGE_NAMES = {"en": "English", "fr": "Français", "de": "Deutsch"}
LANGUAGE_CHOICES = tuple((code, LANGUAGE_NAMES[code]) for code in LANGUAGES)

ROLE_NAMES = {
    "admin": _("Administrator: users, companies, settings"),
    "manager": _("Manager: validates, sees every company"),
    "accountant": _("Accountant: payments and exports"),
    "auditor": _("Auditor: sees everything, changes nothing"),
}
RIGHT_NAMES = {
    "self_validate": _("Validates the company's documents without asking"),
    "record_payment": _("Records the company's payments"),
}
LONGEST_DAYS = 3650


class CurrentSecret(Secret):
    """The password somebody has already."""

    hints: ClassVar[dict[str, str]] = {
        "type": "password",
        "autocomplete": "current-password",
    }


class NewSecret(Secret):
    """A password somebody chooses now."""

    hints: ClassVar[dict[str, str]] = {
        "type": "password",
        "autocomplete": "new-password",
    }


class LoginSchema(Schema):
    """What is typed to log in."""

    login = Line(
        longest=254,
        title=_("Login or e-mail"),
        hints={"autocomplete": "username", "autocapitalize": "none"},
        span="f12",
    )
    password = CurrentSecret(title=_("Password"), span="f12")


def same_twice(node: Any, data: dict[str, str]) -> None:
    """Refuse a new password that was typed differently the second time."""
    if data["new"] != data["again"]:
        error = colander.Invalid(node)
        error["again"] = _("This is not the same as the new password above.")
        raise error


class PasswordSchema(Schema):
    """The change of one's own password."""

    validator = staticmethod(same_twice)

    old = CurrentSecret(title=_("Present password"), span="f12")
    new = NewSecret(
        title=_("New password"),
        description=_("10 characters or more; three or four words do well."),
        span="f12",
    )
    again = NewSecret(title=_("New password once more"), span="f12")


class LanguageSchema(Schema):
    """The language one reads."""

    language = Choice(LANGUAGE_CHOICES, title=_("Language"), span="f12")


class ApiTokenSchema(Schema):
    """A new API token."""

    name = Line(
        longest=100,
        title=_("What is it for?"),
        description=_("The name of the program that will use it."),
        span="f12",
    )
    days = Count(
        low=1,
        high=LONGEST_DAYS,
        title=_("Days it lasts"),
        missing=None,
        description=_("Left empty, it lasts until you revoke it."),
        span="f6",
    )
    read_only = Flag(title=_("It may only look, and change nothing"), span="f12")


class UserSchema(Schema):
    """A user, as administrators see them."""

    login = Line(longest=60, title=_("Login"))
    name = Line(longest=200, title=_("Name"))
    email = Email(title=_("E-mail"), missing="")
    language = Choice(LANGUAGE_CHOICES, title=_("Language"))
    roles = Choices(tuple((name, ROLE_NAMES[name]) for name in ROLES), title=_("Roles"))
    active = Flag(title=_("May log in"))


class NewPasswordSchema(Schema):
    """A password that an administrator gives to somebody else."""

    password = NewSecret(
        title=_("New password"),
        description=_("10 characters or more; they are logged out everywhere."),
    )


class CompanySchema(Schema):
    """A company, and what stands at the head of what it prints."""

    name = Line(longest=200, title=_("Name"))
    code = Line(
        longest=20,
        title=_("Analytic code"),
        description=_("It may be part of the numbers of the documents."),
    )
    contact_name = Line(longest=200, title=_("Contact person"), missing="")
    address = Text(longest=500, title=_("Address"), missing="")
    postcode = Line(longest=20, title=_("Postcode"), missing="", span="f3")
    town = Line(longest=100, title=_("Town"), missing="")
    country = Line(
        longest=2,
        title=_("Country"),
        missing="",
        description=_("Two letters, such as FR or BE."),
        span="f3",
    )
    phone = Line(longest=50, title=_("Telephone"), missing="")
    email = Email(title=_("E-mail"), missing="")
    vat_number = Line(longest=30, title=_("VAT number"), missing="")
    iban = Iban(title=_("IBAN"), missing="")
    bic = Bic(title=_("BIC"), missing="")
    active = Flag(title=_("In use"))


class MembershipSchema(Schema):
    """What a user may do in one company; bound with ``companies`` to choose from."""

    company_id = Choice("companies", title=_("Company"))
    rights = Choices(
        tuple((name, RIGHT_NAMES[name]) for name in RIGHTS), title=_("Rights")
    )
    ceiling = Amount(
        title=_("Ceiling before tax"),
        missing=None,
        description=_("Up to this total without asking; left empty there is no limit."),
    )
