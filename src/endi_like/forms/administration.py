"""What administrators may enter about users, companies and who works where."""

from __future__ import annotations

from functools import partial
from typing import Any

import colander

from endi_like.forms import people
from endi_like.forms.addresses import Country, VatNumber
from endi_like.forms.contacts.names import Phone
from endi_like.forms.fields import (
    Amount,
    Bic,
    Choice,
    Choices,
    Email,
    Flag,
    Iban,
    Line,
    Parts,
    Schema,
    Sequence,
    Text,
    wrong,
)
from endi_like.i18n import _
from endi_like.money import CENT
from endi_like.principals import ROLES

MOST_MEMBERSHIPS = 200


class MembershipSchema(Schema):
    """What a user may do in one company.  Binding: ``companies`` (pairs)."""

    company_id = Choice("companies", title=_("Company"), missing=None)
    self_validate = Flag(title=_("Validates alone"))
    ceiling = Amount(title=_("Up to, before tax"), low=CENT, decimals=2, missing=None)
    record_payment = Flag(title=_("Records payments"))

    def validator(self, node: Any, data: dict[str, Any]) -> None:
        """Ask for the company; refuse a ceiling of what is not allowed at all."""
        if data["company_id"] is None and not is_blank(data):
            raise wrong(node, company_id=_("Please fill this in."))
        if data["ceiling"] is not None and not data["self_validate"]:
            sentence = _("A ceiling is for somebody who validates alone.")
            raise wrong(node, ceiling=sentence)


def is_blank(row: dict[str, Any]) -> bool:
    """Tell whether nothing was filled in: a row that was added and left alone."""
    return not any(row.values())


def without_blank(rows: Any) -> Any:
    """Return the rows in which something was filled in."""
    if rows is colander.null:
        return rows
    return [row for row in rows if not is_blank(row)]


class Memberships(Parts):
    """The companies a user works for, each once."""

    adding, removing = _("Add a company"), _("Remove the company")
    ordered = False
    schema_type = partial(Sequence, MOST_MEMBERSHIPS)
    membership = MembershipSchema(title=_("Company"))

    def validator(self, node: Any, rows: list[dict[str, Any]]) -> None:
        """Refuse a company that is named twice."""
        seen: set[int] = set()
        for row in rows:
            if row["company_id"] in seen:
                raise colander.Invalid(node, _("Name each company once only."))
            seen.add(row["company_id"])


class UserSchema(Schema):
    """A user.  Bindings: ``companies`` (pairs), ``known`` when there is a password."""

    name = Line(longest=200, title=_("Name"))
    login = Line(
        longest=60,
        title=_("Login"),
        description=_("Upper and lower case count as the same."),
        hints={"autocomplete": "off", "autocapitalize": "none"},
    )
    email = Email(
        title=_("E-mail"),
        missing="",
        description=_("It serves as a login too, as long as nobody else has it."),
    )
    language = Choice(people.LANGUAGE_CHOICES, title=_("Language"), default="en")
    active = Flag(
        title=_("May log in"),
        default=True,
        description=_("Without it, all sessions end at once."),
        span="f12",
    )
    password = people.NewSecret(
        title=_("Password"),
        missing="",
        description=_(
            "10 characters or more; three or four words do well. Left empty, the "
            "user cannot log in yet."
        ),
    )
    roles = Choices(
        tuple((name, people.ROLE_NAMES[name]) for name in ROLES),
        title=_("Roles"),
        description=_("They count for every company."),
        span="f12",
    )
    memberships = Memberships(title=_("Companies"), missing=(), preparer=without_blank)

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Say what an empty password means for somebody who has one."""
        if bindings.get("known"):
            self["password"].title = _("New password")
            self["password"].description = _(
                "Left empty, the present one stays. A new one ends all sessions."
            )


class CompanySchema(Schema):
    """A company, and what stands at the head of what it prints."""

    name = Line(longest=200, title=_("Name"))
    code = Line(
        longest=20,
        title=_("Analytic code"),
        description=_(
            "Short, and of this company only; it may be part of official numbers."
        ),
    )
    contact_name = Line(longest=200, title=_("Contact person"), missing="")
    address = Text(
        longest=500, title=_("Street"), missing="", hints={"rows": "2"}, span="f12"
    )
    postcode = Line(longest=20, title=_("Postcode"), missing="", span="f3")
    town = Line(longest=100, title=_("Town"), missing="")
    country = Country(title=_("Country"), missing="", default="FR")
    email = Email(title=_("E-mail"), missing="")
    phone = Phone(longest=50, title=_("Telephone"), missing="")
    mail_sender = Email(
        title=_("Sender of its mails"),
        missing="",
        description=_(
            "Answers go to the e-mail address above. Left empty, mails come from the "
            "address of the installation, under the name of the company."
        ),
    )
    vat_number = VatNumber(title=_("VAT number"), missing="")
    iban = Iban(title=_("IBAN"), missing="")
    bic = Bic(title=_("BIC"), missing="")
    active = Flag(
        title=_("In use"),
        default=True,
        description=_("Without it, nothing new can be written for the company."),
        span="f12",
    )
