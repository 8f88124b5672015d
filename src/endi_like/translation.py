"""Marked texts in the language of whoever reads them, with or without a request.

Pages, PDFs, mails and jobs all translate here.  A catalog is read once per process;
a text of a template is looked up once per language.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from gettext import NullTranslations, translation
from importlib.resources import files
from typing import Any

from translationstring import TranslationString

from endi_like import formats
from endi_like.i18n import DOMAIN, LANGUAGES, Counted, ngettext

LIBRARIES = ("colander", "deform")  # their error messages have catalogs of their own


class Translator:
    """Says texts in one language: ``translate(_("Save"))`` or ``translate("Save")``."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._catalogs = {name: _catalog(name, locale) for name in (DOMAIN, *LIBRARIES)}
        self._known: dict[str, str] = {}

    def __call__(self, text: Any, mapping: Mapping[str, Any] | None = None) -> str:
        """Return the text in this language, its ``${names}`` filled in.

        A value of the mapping may be a marked text itself, or a day or an amount,
        which are written as the reader writes them.  What is neither marked nor a
        template's own text comes back as it is.
        """
        if mapping is None and type(text) is str and text in self._known:
            return self._known[text]  # two hundred times a page
        if isinstance(text, TranslationString):
            said = self._marked(text)
            if text.mapping:
                mapping = {**text.mapping, **(mapping or {})}
        else:
            said = self._plain(str(text))
        return self._filled(said, mapping) if mapping else said

    def counted(
        self,
        one: str,
        many: str,
        number: int,
        mapping: Mapping[str, Any] | None = None,
    ) -> str:
        """Return the text for a number of things: ``ngettext`` of the templates."""
        return self(ngettext(one, many, number, mapping))

    def value(self, value: Any) -> Any:
        """Return a day, an amount or a marked text as the reader has it."""
        if isinstance(value, date):
            return formats.date_short(value, self.locale)
        if isinstance(value, Decimal):
            return formats.unit_price(value, self.locale)
        return self(value) if isinstance(value, TranslationString) else value

    def _plain(self, text: str) -> str:
        said = self._known.get(text)
        if said is None:
            # gettext answers the empty text with the header of its catalog
            said = text and self._catalogs[DOMAIN].gettext(text)
            self._known[text] = said
        return said

    def _marked(self, text: TranslationString) -> str:
        if isinstance(text, Counted):
            catalog = self._catalogs[DOMAIN]
            return catalog.ngettext(str(text), text.many, text.number)
        if text.domain == DOMAIN:
            return self._plain(str(text))  # ours have no default but themselves
        library = self._catalogs.get(text.domain)
        said = library.gettext(str(text)) if library else str(text)
        return text.default if text.default and said == str(text) else said

    def _filled(self, said: str, values: Mapping[str, Any]) -> str:
        shown = {name: self.value(value) for name, value in values.items()}
        return str(TranslationString(said, mapping=shown).interpolate())


@cache
def translator(locale: str) -> Translator:
    """Return the translator of a language, English for one we do not speak."""
    return Translator(locale if locale in LANGUAGES else LANGUAGES[0])


def _catalog(domain: str, locale: str) -> NullTranslations:
    folder = str(files(domain) / "locale")
    return translation(domain, folder, languages=[locale], fallback=True)
