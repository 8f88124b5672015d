"""What administrators may enter about the organisation that runs this."""

from __future__ import annotations

from typing import Any

import colander
from babel import Locale

from endi_like import numbers
from endi_like.forms.addresses import Country, VatNumber
from endi_like.forms.fields import Bic, Choice, Count, Flag, Iban, Line, Schema, Text
from endi_like.forms.people import LANGUAGE_CHOICES
from endi_like.i18n import _

CURRENCIES = (
    "EUR",
    "CHF",
    "GBP",
    "USD",
    "CAD",
    "DKK",
    "NOK",
    "PLN",
    "SEK",
    "XOF",
    "XPF",
)

TIME_ZONES = (
    "Europe/Paris",
    "Europe/Amsterdam",
    "Europe/Athens",
    "Europe/Berlin",
    "Europe/Brussels",
    "Europe/Bucharest",
    "Europe/Budapest",
    "Europe/Copenhagen",
    "Europe/Dublin",
    "Europe/Helsinki",
    "Europe/Lisbon",
    "Europe/London",
    "Europe/Luxembourg",
    "Europe/Madrid",
    "Europe/Oslo",
    "Europe/Prague",
    "Europe/Rome",
    "Europe/Sofia",
    "Europe/Stockholm",
    "Europe/Vienna",
    "Europe/Warsaw",
    "Europe/Zurich",
    "America/Cayenne",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Miquelon",
    "America/Montreal",
    "Africa/Abidjan",
    "Africa/Algiers",
    "Africa/Casablanca",
    "Africa/Dakar",
    "Africa/Tunis",
    "Indian/Mayotte",
    "Indian/Reunion",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "UTC",
)

STARTS = {
    "global": "last_ever",
    "year": "last_of_year",
    "month": "last_of_month",
}
"""The field of the last used number of each series."""


def currencies(locale: str, present: str) -> list[tuple[str, str]]:
    """Return currencies to choose from, by their names; the present one stays."""
    names = Locale.parse(locale).currencies
    codes = dict.fromkeys((*CURRENCIES, present))
    return [(code, names.get(code, code)) for code in codes]


def time_zones(present: str) -> list[tuple[str, str]]:
    """Return time zones to choose from; the present one stays."""
    names = dict.fromkeys((*TIME_ZONES, present))
    return [(name, name.replace("_", " ")) for name in names]


def makes_numbers(node: Any, template: str) -> None:
    """Refuse a template that could give two documents the same number."""
    if sentences := numbers.check(template):
        raise colander.Invalid(node, sentences)


class LastUsed(Count):
    """The last number of a series that was given elsewhere."""

    span = "f3"

    def __init__(self, **settings: Any) -> None:
        super().__init__(high=numbers.LARGEST, missing=None, **settings)


class OrganisationSchema(Schema):
    """The organisation.

    Bindings: ``currencies`` and ``time_zones`` (pairs).  The last numbers are asked
    only of series that have not begun.
    """

    name = Line(title=_("Name"), span="f12")
    address = Text(
        longest=255, title=_("Street"), missing="", hints={"rows": "2"}, span="f12"
    )
    postcode = Line(longest=20, title=_("Postcode"), missing="", span="f3")
    town = Line(longest=100, title=_("Town"), missing="")
    country = Country(title=_("Country"))
    vat_number = VatNumber(title=_("VAT number"), missing="")
    registration = Line(
        longest=100,
        title=_("Registration"),
        missing="",
        description=_(
            "As it has to stand on documents, such as RCS Rennes 303 265 045."
        ),
    )
    iban = Iban(title=_("IBAN"), missing="")
    bic = Bic(title=_("BIC"), missing="")
    language = Choice(
        LANGUAGE_CHOICES,
        title=_("Language"),
        description=_("Of letters to people whose language is not known."),
    )
    currency = Choice(
        "currencies",
        title=_("Currency"),
        description=_("The one currency of all documents."),
    )
    time_zone = Choice(
        "time_zones",
        title=_("Time zone"),
        description=_("It decides on which day something happened."),
    )
    invoice_number_template = Line(
        longest=numbers.LONGEST_TEMPLATE,
        title=_("Template of the numbers of invoices and credit notes"),
        description=_(
            "Text with variables in braces: ${known}. ${example} writes at least four "
            "digits.",
            mapping={
                "known": ", ".join(f"{{{name}}}" for name in numbers.LONGEST),
                "example": "{SEQYEAR:0>4}",
            },
        ),
        validator=makes_numbers,
        span="f12",
    )
    estimation_number_template = Line(
        longest=numbers.LONGEST_TEMPLATE,
        title=_("Template of the numbers of estimations"),
        description=_("Made of the same variables; it counts for itself."),
        validator=makes_numbers,
        span="f12",
    )
    approve_bank_accounts = Flag(
        title=_("A second person approves new or changed bank accounts of contacts"),
        description=_(
            "Until then they do not count. Without it, what is entered counts at once."
        ),
    )
    last_ever = LastUsed(title=_("Last number of all, {SEQGLOBAL}"))
    last_of_year = LastUsed(title=_("Last number of this year, {SEQYEAR}"))
    last_of_month = LastUsed(title=_("Last number of this month, {SEQMONTH}"))
