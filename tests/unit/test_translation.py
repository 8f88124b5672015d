"""Texts in the language of whoever reads them."""

from __future__ import annotations

import colander
import pytest
from translationstring import TranslationString

from endi_like.i18n import _
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


def test_a_default_is_said_where_there_is_no_translation():
    text = TranslationString("some-key", domain="elsewhere", default="Some words")
    assert translator("fr")(text) == "Some words"
