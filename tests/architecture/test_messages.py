"""Every text is extracted, translated into every language, and compiled."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from endi_like.i18n import LANGUAGES

SOURCE = Path(__file__).parents[2] / "src" / "endi_like"
LOCALE = SOURCE / "locale"
TRANSLATED = LANGUAGES[1:]
TEMPLATE = LOCALE / "endi_like.pot"

PLACEHOLDER = re.compile(r"\$\{\w+\}")
BREAKABLE = re.compile(r"[ \t](?=[:;!?»%])|«(?!\N{NO-BREAK SPACE})|'")
"""Where French would break a line before a sign, or has a typewriter's apostrophe."""

in_every_language = pytest.mark.parametrize("language", TRANSLATED)


@cache
def catalog(path: Path) -> Catalog:
    """Return the texts of a catalog that people edit."""
    with path.open("rb") as file:
        return read_po(file)


def po_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "endi_like.po"


def texts(found: Catalog) -> dict[str, str]:
    """Return the translations of a catalog, each form by itself, without its header."""
    return {
        text: said
        for one in found
        if one.id
        for text, said in forms(one.id, one.string)
    }


def forms(text: str | Sequence[str], said: str | Sequence[str]) -> Iterator[Any]:
    """Yield a text with its translation; a counted one has two forms here as well."""
    if isinstance(text, str):
        yield text, said
    else:
        yield from zip(text, said or ("", ""), strict=True)


def listed(rows: set[str] | list[str]) -> str:
    """Return what a failure says: the texts, and what to do about them."""
    return "\n".join(["make messages, then translate:", *sorted(rows)])


def test_what_is_to_translate_is_what_the_code_says_now(tmp_path):
    fresh = tmp_path / "fresh.pot"
    command = ["pybabel", "--quiet", "extract", "--input-dirs", str(SOURCE)]
    command += ["--mapping-file", str(LOCALE / "babel.cfg"), "--output-file"]
    CommandLineInterface().run([*command, str(fresh)])
    different = set(texts(catalog(fresh))) ^ set(texts(catalog(TEMPLATE)))
    assert not different, listed(different)


@in_every_language
def test_a_catalog_holds_the_texts_to_translate_and_no_others(language):
    kept = set(texts(catalog(po_path(language))))
    different = kept ^ set(texts(catalog(TEMPLATE)))
    assert not different, listed(different)


@in_every_language
def test_every_text_is_translated_and_reviewed(language):
    found = catalog(po_path(language))
    left = [text for text, said in texts(found).items() if not said]
    left += [str(one.id) for one in found if one.id and one.fuzzy]
    assert not left, listed(left)


@in_every_language
def test_a_translation_fills_in_the_same_names(language):
    different = [
        text
        for text, said in texts(catalog(po_path(language))).items()
        if Counter(PLACEHOLDER.findall(text)) != Counter(PLACEHOLDER.findall(said))
    ]
    assert not different, listed(different)


@in_every_language
def test_what_is_compiled_is_what_people_edit(language):
    with po_path(language).with_suffix(".mo").open("rb") as file:
        compiled = texts(read_mo(file))
    assert compiled == texts(catalog(po_path(language)))


def test_french_signs_never_stand_alone_at_the_start_of_a_line():
    said = texts(catalog(po_path("fr"))).values()
    wrong = [text for text in said if BREAKABLE.search(text)]
    assert not wrong, listed(wrong)
