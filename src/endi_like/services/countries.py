"""Countries: their codes, and what they are called in our languages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from babel import Locale

from endi_like.i18n import LANGUAGES
from endi_like.text import norm

CODE = re.compile(r"[A-Z]{2}")
NO_COUNTRIES = {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
OLDER = {
    "Burma": "MM",
    "Cape Verde": "CV",
    "Czech Republic": "CZ",
    "Ivory Coast": "CI",
    "Macedonia": "MK",
    "Swaziland": "SZ",
    "Turkey": "TR",
    "Viet Nam": "VN",
}
"""Names that countries had before, or are called by as well."""


@cache
def names_of(locale: str) -> Mapping[str, str]:
    """Return what every country is called in a language, by its code."""
    territories = Locale.parse(locale).territories
    return {
        code: name
        for code, name in territories.items()
        if CODE.fullmatch(code) and code not in NO_COUNTRIES
    }


@cache
def codes() -> Mapping[str, str]:
    """Return the code of every country by its name in any of our languages."""
    named = {
        norm(name): code
        for locale in LANGUAGES
        for code, name in names_of(locale).items()
    }
    older = {norm(name): code for name, code in OLDER.items()}
    return older | named | {norm(code): code for code in names_of(LANGUAGES[0])}


def code_of(text: str) -> str | None:
    """Return the code of the country that a name, or its two letters, mean."""
    return codes().get(norm(text))
