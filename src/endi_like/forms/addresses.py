"""Fields about where somebody is, in the reader's words: countries, VAT numbers."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from endi_like.forms.entry import locale_of, quoted, refuse
from endi_like.forms.fields import Line
from endi_like.forms.texts import OneLine
from endi_like.i18n import _
from endi_like.services.countries import codes, names_of
from endi_like.text import norm

LONGEST_COUNTRY = 80

VAT_NUMBER = re.compile(r"[A-Z]{2}[A-Z0-9]{4,26}")
DECORATION = re.compile(r"[\s.\-/]")
LONGEST_VAT_NUMBER = 28


class CountryName(OneLine):
    """The type of a country: its name or its two letters; the value is the letters."""

    def read(self, node: Any, text: str) -> str:
        """Return the code of the country meant."""
        code = codes().get(norm(super().read(node, text)))
        if code is None:
            sentence = _(
                "“${value}” is no country we know: write its name, or its two letters "
                "such as BE.",
                mapping={"value": quoted(text)},
            )
            raise refuse(node, sentence)
        return code

    def write(self, node: Any, value: str) -> str:
        """Return the name of the country in the reader's language."""
        return names_of(locale_of(node)).get(value, value)


class Country(Line):
    """A country, typed as one calls it; stored as its two letters."""

    span = "f3"
    hints: ClassVar[dict[str, str]] = {"autocomplete": "country-name"}
    read_by = CountryName

    def __init__(self, **settings: Any) -> None:
        super().__init__(longest=LONGEST_COUNTRY, **settings)


class VatNumberText(OneLine):
    """The type of a VAT number: capitals and digits, without what decorates them."""

    def read(self, node: Any, text: str) -> str:
        """Return the number as authorities compare it."""
        number = DECORATION.sub("", super().read(node, text)).upper()
        if not VAT_NUMBER.fullmatch(number):
            sentence = _(
                "“${value}” is not a VAT number: it begins with two letters, as "
                "FR40303265045.",
                mapping={"value": quoted(text)},
            )
            raise refuse(node, sentence)
        return number


class VatNumber(Line):
    """A number of value added tax; blanks and dots in it do not matter."""

    hints: ClassVar[dict[str, str]] = {"autocomplete": "off"}
    read_by = VatNumberText

    def __init__(self, **settings: Any) -> None:
        super().__init__(longest=LONGEST_VAT_NUMBER, **settings)
