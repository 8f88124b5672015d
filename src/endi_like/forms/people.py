"""What people enter about themselves: log-in, language, password, API tokens."""

from __future__ import annotations

from typing import Any, ClassVar

import colander

from endi_like.forms.fields import Choice, Count, Flag, Line, Schema, Secret
from endi_like.i18n import LANGUAGES, _

LANGUAGE_NAMES = {"en": "English", "fr": "Français", "de": "Deutsch"}
LANGUAGE_CHOICES = tuple((code, LANGUAGE_NAMES[code]) for code in LANGUAGES)

ROLE_NAMES = {
    "admin": _("Administrator: users, companies, settings"),
    "manager": _("Manager: validates, sees every company"),
    "accountant": _("Accountant: payments and exports"),
    "auditor": _("Auditor: sees everything, changes nothing"),
    "social_worker": _("Social worker: sees the clients of the social service"),
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


class KnownAs(Line):
    """What somebody is known as: a login, or an e-mail address."""

    span = "f12"
    hints: ClassVar[dict[str, str]] = {
        "autocomplete": "username",
        "autocapitalize": "none",
    }

    def __init__(self, **settings: Any) -> None:
        super().__init__(longest=254, title=_("Login or e-mail"), **settings)


class LoginSchema(Schema):
    """What is typed to log in."""

    login = KnownAs()
    password = CurrentSecret(title=_("Password"), span="f12")


class ForgottenSchema(Schema):
    """What is typed to be sent a link to choose a password."""

    login = KnownAs()


def same_twice(node: Any, data: dict[str, str]) -> None:
    """Refuse a new password that was typed differently the second time."""
    if data["new"] != data["again"]:
        error = colander.Invalid(node)
        error["again"] = _("This is not the same as the new password above.")
        raise error


class ChosenPasswordSchema(Schema):
    """A new password, typed twice because nobody sees it."""

    validator = staticmethod(same_twice)

    new = NewSecret(
        title=_("New password"),
        description=_("10 characters or more; three or four words do well."),
        span="f12",
    )
    again = NewSecret(title=_("New password once more"), span="f12")


class PasswordSchema(ChosenPasswordSchema):
    """The change of one's own password."""

    old = CurrentSecret(title=_("Present password"), span="f12", insert_before="new")


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
