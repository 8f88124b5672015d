"""Words as people write them in any of our languages, read from a cell."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from babel import Locale

from endi_like.i18n import LANGUAGES, _
from endi_like.models.contacts import CUSTOMER, VENDOR
from endi_like.services.contacts.importing.cells import Reader, Unreadable, shown
from endi_like.services.countries import codes
from endi_like.text import is_email, norm

KIND_WORDS = {
    "company": "company|organisation|organization|societe|entreprise|firma|unternehmen",
    "person": "person|individual|personne|particulier|mensch|privatperson",
    "robot": "robot|automate|roboter",
    "household": "household|menage|foyer|haushalt",
}
CLASS_WORDS = {
    CUSTOMER: "customer|client|kunde",
    VENDOR: "vendor|supplier|fournisseur|lieferant",
}


def word(known: Mapping[str, str]) -> Reader:
    """Return the reader of one of a few things, each known by several words."""
    by_word = {one: key for key, some in known.items() for one in some.split("|")}

    def read(cell: str) -> str:
        found = by_word.get(norm(cell))
        if found is None:
            raise Unreadable(
                _(
                    "“${value}” is none of: ${known}.",
                    mapping={"value": shown(cell), "known": ", ".join(known)},
                )
            )
        return found

    return read


kind = word(KIND_WORDS)
account_class = word(CLASS_WORDS)


def country(cell: str) -> str:
    """Return the two letters of a country that is named or abbreviated."""
    found = codes().get(norm(cell))
    if found is None:
        sentence = _(
            "“${value}” is no country we know: write its name, or its two letters "
            "such as BE.",
            mapping={"value": shown(cell)},
        )
        raise Unreadable(sentence)
    return found


@cache
def languages() -> Mapping[str, str]:
    """Return the code of a language by its code, or its name in ours."""
    found: dict[str, str] = {}
    for locale in LANGUAGES:
        names = Locale.parse(locale).languages
        found |= {norm(name): code for code, name in names.items() if len(code) == 2}
    return found | {code: code for code in found.values()}


def language(cell: str) -> str:
    """Return the two letters of a language."""
    found = languages().get(norm(cell))
    if found is None:
        raise Unreadable(
            _("“${value}” is no language.", mapping={"value": shown(cell)})
        )
    return found


def email(cell: str) -> str:
    """Return an e-mail address."""
    found = cell.strip()
    if not is_email(found):
        raise Unreadable(
            _("“${value}” is no e-mail address.", mapping={"value": shown(cell)})
        )
    return found
