"""Texts in the language of whoever reads them."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal

import colander
import pytest
from translationstring import TranslationString

from endi_like.i18n import _, ngettext
from endi_like.translation import Translator, translator


def test_a_language_we_do_not_speak_is_answered_in_english():
    assert translator("xx").locale == "en"


def test_a_translator_is_made_once_for_each_language():
    assert translator("fr") is translator("fr")


def test_a_text_without_translation_is_said_as_it_is_written():
    assert translator("fr")("No catalog holds this.") == "No catalog holds this."


def test_the_empty_text_stays_empty():
    assert translator("fr")("") == ""


def test_names_are_filled_in():
    text = _("${n} rows of ${name}", mapping={"n": 3, "name": "Ada"})
    assert translator("en")(text) == "3 rows of Ada"
    assert translator("en")("${n} rows", {"n": 3}) == "3 rows"


def test_what_is_filled_in_is_never_filled_in_again():
    said = translator("en")("Hello ${name}", {"name": "${secret}", "secret": "x"})
    assert said == "Hello ${secret}"


def test_a_marked_text_inside_another_is_translated_too(monkeypatch):
    speaker = Translator("fr")
    words = {"Draft": "Brouillon", "It is “${state}”.": "C’est « ${state} »."}
    catalog = type("Catalog", (), {"gettext": staticmethod(words.__getitem__)})
    monkeypatch.setitem(speaker._catalogs, "endi_like", catalog)
    text = _("It is “${state}”.", mapping={"state": _("Draft")})
    assert speaker(text) == "C’est « Brouillon »."


@pytest.mark.parametrize(
    ("locale", "said"), [("fr", "Requis"), ("de", "Pflichtangabe")]
)
def test_libraries_bring_catalogs_of_their_own(locale, said):
    assert translator(locale)(colander._("Required")) == said


@pytest.mark.parametrize(
    ("locale", "number", "said"),
    [
        ("en", 0, "0 rows"),
        ("en", 1, "1 row"),
        ("en", 2, "2 rows"),
        ("fr", 0, "0 ligne"),
        ("fr", 1, "1 ligne"),
        ("fr", 2, "2 lignes"),
        ("de", 0, "0 Zeilen"),
        ("de", 1, "1 Zeile"),
    ],
)
def test_each_language_counts_in_its_own_way(locale, number, said):
    text = ngettext("${n} row", "${n} rows", number)
    assert translator(locale)(text) == said
    assert translator(locale).counted("${n} row", "${n} rows", number) == said


def test_a_counted_text_without_translation_counts_in_english():
    text = ngettext("${n} unheard-of goose", "${n} unheard-of geese", 2)
    assert translator("fr")(text) == "2 unheard-of geese"
    assert text.interpolate() == "2 unheard-of geese"
    assert copy.deepcopy(text).interpolate() == "2 unheard-of geese"


def test_a_number_may_be_written_otherwise():
    text = ngettext("${n} row", "${n} rows", 1000, {"n": "1,000"})
    assert translator("en")(text) == "1,000 rows"


def test_days_and_amounts_are_filled_in_as_the_reader_writes_them():
    values = {"day": date(2026, 11, 20), "amount": Decimal("1234.5")}
    text = _("${amount} on ${day}", mapping=values)
    assert translator("en")(text) == "1,234.50 on 20/11/2026"
    assert translator("de")(text) == "1.234,50 am 20.11.2026"


def test_a_default_is_said_where_there_is_no_translation():
    text = TranslationString("some-key", domain="elsewhere", default="Some words")
    assert translator("fr")(text) == "Some words"
