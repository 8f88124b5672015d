"""Text is compared as people hear it, and stays text wherever it goes."""

import sqlite3
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from endi_like.text import (
    LIKE_ESCAPE,
    contains,
    digits,
    escape_like,
    escaped,
    has_control_characters,
    neutralise_formula,
    norm,
    restore_formula,
    shadow,
    sort_key,
    starts_word,
    words,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dupont", "dupont"),
        ("D'Éon & Fils", "d eon fils"),
        ("  Müller-Lüdenscheid  ", "muller ludenscheid"),
        ("Łódź, Straße 5", "lodz strasse 5"),
        ("Œuvre Ærø Đorđe Þór", "oeuvre aero dorde thor"),
        ("İSTANBUL ıstanbul", "istanbul istanbul"),
        ("e\u0301te\u0301", "ete"),
        ("ＦＵＬＬ ﬁne Ⅷ", "full fine viii"),
        ("ΣΟΦΟΣ σοφος", "σοφοσ σοφοσ"),
        ("snake_case 100%", "snake case 100"),
        ("?!_%", ""),
        ("", ""),
    ],
)
def test_texts_are_reduced_to_plain_words(text: str, expected: str) -> None:
    assert norm(text) == expected


@given(st.lists(st.text(max_size=9)))
@example(["Élan & Fils", "Élan", "Elan", "élan b", "Elana"])
def test_keys_sort_by_the_words_and_then_by_the_name(names):
    assert sorted(names, key=sort_key) == sorted(names, key=lambda n: (norm(n), n))


def test_a_key_is_not_longer_than_its_column():
    assert len(sort_key("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 255)) == 512


@given(st.text(st.sampled_from("&<>\"'aé;#")))
@example("plain")
def test_a_text_in_html_is_read_as_it_was(text: str) -> None:
    written = escaped(text)
    assert unescape(written) == text
    assert not set(written) & set("<>\"'")


@given(st.text())
@example("ŉ ẞ ﬃ ℌ ᾳ")
def test_reducing_twice_changes_nothing_more(text: str) -> None:
    assert norm(norm(text)) == norm(text)


@given(st.text(alphabet="aàbçdéfgœßøŁ -'"))
def test_upper_case_and_accents_do_not_matter(text: str) -> None:
    assert norm(text.upper()) == norm(text)


def test_a_copy_holds_all_texts_and_starts_with_a_blank() -> None:
    assert shadow("Élan", None, "", "?", "S.A.R.L.") == " elan s a r l"
    assert shadow("?!", None) == ""


def matches(text: str, pattern: str) -> bool:
    """Ask a real database."""
    connection = sqlite3.connect(":memory:")
    try:
        query = "SELECT ? LIKE ? ESCAPE ?"
        found = connection.execute(query, (text, pattern, LIKE_ESCAPE)).fetchone()
    finally:
        connection.close()
    return bool(found[0])


@pytest.mark.parametrize(
    ("term", "found"),
    [("mull", True), ("Fils", True), ("ils", False), ("muller f", True)],
)
def test_a_term_is_found_where_a_word_starts(term: str, found: bool) -> None:
    assert matches(shadow("Müller & Fils"), starts_word(term)) is found


@pytest.mark.parametrize(
    ("text", "term", "found"),
    [
        ("a@b.fr", "@b", True),
        ("100 %", "0 %", True),
        ("100", "%", False),
        ("abc", "a_c", False),
        ("a_c", "a_c", True),
        ("a\\c", "a\\c", True),
        ("a\\%", "\\%", True),
    ],
)
def test_wildcards_in_a_term_mean_themselves(text: str, term: str, found: bool) -> None:
    assert matches(text, contains(term)) is found


@given(st.text(alphabet="ab%_\\", max_size=8), st.text(alphabet="ab%_\\", max_size=3))
def test_containing_is_what_python_means_by_it(text: str, term: str) -> None:
    assert matches(text, contains(term)) is (term in text)
    assert matches(term, escape_like(term))


def test_each_word_of_a_term_has_to_be_found() -> None:
    assert words(" Jürgen  Müller-X ") == ["jurgen", "muller", "x"]
    assert words("% _") == []


def test_phone_numbers_are_compared_by_their_digits() -> None:
    assert digits("+33 (0)1 42-43") == "33014243"
    assert digits("\uff10\uff11") == "01"


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+33 1 42",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\nx",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "﹢1",
        " =1",
        "\u00a0=1",
        "'=1",
    ],
)
def test_text_that_would_be_computed_gets_an_apostrophe(text: str) -> None:
    assert neutralise_formula(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Dupont", "5-3", "a=b", "'quoted'", "−5", " x"])
def test_other_text_is_left_alone(text: str) -> None:
    assert neutralise_formula(text) == text


@given(st.text() | st.text(alphabet="'=+-@\t\r\n ＝ab"))
def test_I3_what_was_exported_is_read_back(text: str) -> None:
    exported = neutralise_formula(text)
    assert restore_formula(exported) == text
    assert exported[:1] not in set("=+-@\t\r\n＝＋－＠")


@pytest.mark.parametrize(
    "text", ["a\x00", "\x1b[2J", "a\x7f", "\x85", "\ud800", "\ufffe", "\ufdd0"]
)
@pytest.mark.parametrize("multiline", [False, True])
def test_signs_nobody_types_are_noticed(text: str, multiline: bool) -> None:
    assert has_control_characters(text, multiline=multiline)


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\tb", "a\u2028b"])
def test_several_lines_are_noticed_unless_asked_for(text: str) -> None:
    assert has_control_characters(text)
    assert not has_control_characters(text, multiline=True)


@pytest.mark.parametrize(
    "text", ["", "Dupont", "Zoë 👩‍👩‍👧", "مرحبا", "soft\u00adhyphen"]
)
def test_what_people_type_is_fine(text: str) -> None:
    assert not has_control_characters(text)
