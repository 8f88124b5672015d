"""What may be entered about customers."""

from __future__ import annotations

from typing import Any

from endi_like.forms.addresses import Country, VatNumber
from endi_like.forms.contacts.names import KIND_NAMES, Phone
from endi_like.forms.fields import Choice, Email, Flag, Line, Schema, Text
from endi_like.i18n import _


class CustomerSchema(Schema):
    """A customer: somebody of the directory, and the company's account of them.

    Bindings: ``languages`` (pairs), ``companies`` (pairs, when a new one has to choose
    its company), ``internal_companies`` (pairs), ``known`` when it exists already.
    """

    company_id = Choice(
        "companies",
        title=_("Company"),
        description=_("Whose customer it is; this cannot be changed later."),
        where_there_is_a_choice=True,
    )
    kind = Choice(tuple(KIND_NAMES.items()), title=_("Kind"), default="company")
    name = Line(title=_("Name"), description=_("In full, as it stands on an envelope."))
    contact_name = Line(
        title=_("Contact person"),
        missing="",
        description=_("Printed in the second line of the address."),
    )
    number = Line(
        longest=40,
        title=_("Customer number"),
        missing="",
        description=_("Your own, if you have one; it is found by searching."),
    )
    address = Text(
        longest=255, title=_("Street"), missing="", hints={"rows": "2"}, span="f12"
    )
    postal_code = Line(longest=20, title=_("Postcode"), missing="", span="f3")
    city = Line(longest=100, title=_("City"), missing="", span="f6")
    country = Country(title=_("Country"), default="FR")
    email = Email(title=_("E-mail"), missing="")
    phone = Phone(longest=80, title=_("Telephone"), missing="")
    vat_number = VatNumber(
        title=_("VAT number"),
        missing="",
        description=_("With the letters of its country, such as FR40303265045."),
    )
    language = Choice(
        "languages",
        title=_("Language"),
        description=_("What is printed for this customer is written in it."),
    )
    internal_company_id = Choice(
        "internal_companies",
        title=_("Company of the organisation"),
        missing=None,
        description=_(
            "Only if the customer is one of them: it then receives what is validated."
        ),
    )
    active = Flag(
        title=_("In use"),
        description=_("Without it, no new document can be written for the customer."),
        span="f12",
    )
    another = Flag(
        title=_("It is another one"),
        span="f12",
    )

    def after_bind(self, _node: Any, bindings: dict[str, Any]) -> None:
        """Ask for the company only where there is a choice."""
        if not bindings.get("companies"):
            del self["company_id"]
        if not bindings.get("known"):
            del self["active"]
