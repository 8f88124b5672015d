"""Texts are marked where they are written, translated where shown.

``_("Save")`` marks a text, ``ngettext("${n} row", "${n} rows", number)`` one that
counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from translationstring import TranslationString, TranslationStringFactory

DOMAIN = "endi_like"
LANGUAGES = ("en", "fr", "de")

_ = TranslationStringFactory(DOMAIN)


class Counted(TranslationString):
    """A text about a number of things: each language has its own plural forms."""

    __slots__ = ("many", "number")
    many: str
    number: int

    def __reduce__(self) -> tuple[Any, ...]:
        """Tell how a copy is made."""
        return ngettext, (str(self), self.many, self.number, self.mapping)


def ngettext(
    one: str, many: str, number: int, mapping: Mapping[str, Any] | None = None
) -> Counted:
    """Mark a text for one thing and for many; ``${n}`` is the number itself.

    Give ``n`` in the mapping where it is not written with plain figures.
    """
    said = one if number == 1 else many
    values = {"n": number, **(mapping or {})}
    found = Counted(one, domain=DOMAIN, default=said, mapping=values)
    found.many, found.number = many, number
    return found


def packed(text: str) -> Any:
    """Return a text as JSON holds it: kept now, said in another language later.

    The values in it are kept as texts and numbers.
    """
    if isinstance(text, Counted):
        return [str(text), text.many, text.number, plain_values(text.mapping)]
    if isinstance(text, TranslationString):
        return [str(text), plain_values(text.mapping)]
    return str(text)


def plain_values(mapping: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the values of a text as JSON holds them; what is marked stays marked."""
    values = (mapping or {}).items()
    return {key: one if isinstance(one, int) else packed(one) for key, one in values}


def marked_values(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a text that was ``packed``."""
    values = mapping.items()
    return {k: unpacked(one) if isinstance(one, list) else one for k, one in values}


def unpacked(kept: Any) -> str:
    """Return the text that was ``packed``."""
    match kept:
        case [str(one), str(many), int(number), dict(mapping)]:
            return ngettext(one, many, number, marked_values(mapping))
        case [str(text), dict(mapping)]:
            return _(text, mapping=marked_values(mapping))
    return str(kept)
