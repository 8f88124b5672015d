"""What entities are called in forms: kinds, languages; and the telephone."""

from __future__ import annotations

from typing import ClassVar

from babel import Locale, UnknownLocaleError

from endi_like.forms.fields import Line
from endi_like.forms.people import LANGUAGE_CHOICES
from endi_like.i18n import _

KIND_NAMES = {
    "company": _("A company or an organisation"),
    "person": _("A person"),
    "household": _("A household"),
    "robot": _("A program"),
}


def languages(present: str = "") -> list[tuple[str, str]]:
    """Return the languages to choose from; the present one stays, whichever it is."""
    found = dict(LANGUAGE_CHOICES)
    if present:
        found.setdefault(present, language_name(present))
    return list(found.items())


def language_name(code: str) -> str:
    """Return what a language is called, by itself; the code if nobody knows it."""
    try:
        name = dict(LANGUAGE_CHOICES).get(code) or Locale.parse(code).display_name
    except (UnknownLocaleError, ValueError):
        return code
    return name or code


class Phone(Line):
    """A telephone number, as it is written."""

    span = "f6"
    hints: ClassVar[dict[str, str]] = {"type": "tel", "autocomplete": "tel"}
