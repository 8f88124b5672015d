"""What a template may say, and that its numbers are never the same twice."""

from __future__ import annotations

import itertools
from datetime import date

import pytest

from endi_like.numbers import (
    LONGEST_NUMBER,
    LONGEST_TEMPLATE,
    SEQUENCES,
    BadTemplate,
    check,
    render,
    sequences,
)
from endi_like.translation import translator

KNOWN_SETUP = "FC{SEQYEAR:0>4}-{YY}{MM}{SEQMONTHANA:0>3}-{ANA}"

GOOD = (
    "{SEQGLOBAL}",
    "F-{SEQGLOBAL:06}",
    "F{YYYY}{SEQGLOBAL}",
    "{SEQGLOBAL}/{ANA}",
    "{YYYY}-{SEQYEAR}",
    "{SEQYEAR:0>4}{YY}",
    "{YY}{MM}{SEQMONTH:03}",
    "{YY}{MM}-{ANA}-{SEQMONTHANA}",
    "{SEQGLOBAL}-{SEQYEAR}",
    "n° {SEQGLOBAL}",
    KNOWN_SETUP,
)

BAD = {
    # not a template
    "": "A template cannot be empty.",
    " {SEQGLOBAL}": "no blank at its ends",
    "{SEQGLOBAL}\n": "no blank at its ends",
    "F\n{SEQGLOBAL}": "no line breaks",
    "F\0{SEQGLOBAL}": "no invisible characters",
    "F\u202e{SEQGLOBAL}": "no invisible characters",
    "F\ud800{SEQGLOBAL}": "no invisible characters",
    "F" * (LONGEST_TEMPLATE + 1): f"at most {LONGEST_TEMPLATE} characters",
    # braces
    "{SEQGLOBAL": "Braces stand in pairs",
    "SEQGLOBAL}": "Braces stand in pairs",
    "{{SEQGLOBAL}}": "Braces stand in pairs",
    "{SEQGLOBAL:{SEQYEAR}}": "Braces stand in pairs",
    # variables
    "{}": "There is no variable “”; there are YYYY, YY, MM, ANA, SEQGLOBAL",
    "{0}{SEQGLOBAL}": "There is no variable “0”",
    "{seqglobal}": "There is no variable “seqglobal”",
    "{ SEQGLOBAL }": "There is no variable “ SEQGLOBAL ”",
    "{DD}{SEQGLOBAL}": "There is no variable “DD”",
    # hostile
    "{SEQGLOBAL.__class__}": "There is no variable “SEQGLOBAL.__class__”",
    "{SEQGLOBAL.real}": "There is no variable",
    "{ANA[0]}{SEQGLOBAL}": "There is no variable “ANA[0]”",
    "{SEQGLOBAL!r}": "There is no variable “SEQGLOBAL!r”",
    "{SEQGLOBAL.__init__.__globals__[LARGEST]}": "There is no variable",
    # padding
    "{SEQGLOBAL:}": "“” is no padding; write {SEQGLOBAL:0>4}",
    "{SEQGLOBAL:4}": "“4” is no padding",
    "{SEQGLOBAL:0>0}": "“0>0” is no padding",
    "{SEQGLOBAL:0<4}": "“0<4” is no padding",
    "{SEQGLOBAL:1>4}": "“1>4” is no padding",
    "{SEQGLOBAL:0>13}": "at most 12 instead of 4",
    "{SEQGLOBAL:0>99999999}": "is no padding",
    "{SEQGLOBAL:0>٤}": "is no padding",
    "{SEQGLOBAL:,}": "“,” is no padding",
    "{SEQGLOBAL:x}": "“x” is no padding",
    "{ANA:0>4}-{SEQGLOBAL}": "{ANA} cannot be padded.",
    "{YYYY:0>4}-{SEQYEAR}": "{YYYY} cannot be padded.",
    # the same number again
    "F": "Without a sequence, such as {SEQGLOBAL}",
    "{YYYY}-{MM}-{ANA}": "every number would be the same",
    "{SEQYEAR}": "{SEQYEAR} begins again and again, so the same number would come back;"
    " add {YYYY} / {YY}.",
    "{MM}-{SEQYEAR}": "add {YYYY} / {YY}.",
    "{SEQMONTH}": "add {YYYY} / {YY}, {MM}.",
    "{YYYY}-{SEQMONTH}": "add {MM}.",
    "{MM}-{SEQMONTH}": "add {YYYY} / {YY}.",
    "{YYYY}{MM}-{SEQMONTHANA}": "add {ANA}.",
    "{ANA}-{SEQMONTHANA}": "add {YYYY} / {YY}, {MM}.",
    # where does it end?
    "{SEQGLOBAL}{SEQYEAR}": "between {SEQGLOBAL} and {SEQYEAR}",
    "{ANA}{SEQGLOBAL}": "between {ANA} and {SEQGLOBAL}",
    "{SEQGLOBAL}{ANA}": "between {SEQGLOBAL} and {ANA}",
    "{SEQGLOBAL}{MM}{SEQMONTH}": "between {SEQGLOBAL} and {SEQMONTH}",
    "{SEQGLOBAL}0{SEQMONTH}": "between {SEQGLOBAL} and {SEQMONTH}",
    "{SEQGLOBAL}-{SEQYEAR}{ANA}": "between {SEQYEAR} and {ANA}",
    "{ANA}-{SEQGLOBAL}-{ANA}": "{ANA} can stand there once only.",
    # how long
    "x" * 52 + "{SEQGLOBAL}": f"61 characters long; there is room for {LONGEST_NUMBER}",
}


def said(sentences):
    return [translator("en")(sentence) for sentence in sentences]


@pytest.mark.parametrize("template", GOOD)
def test_a_template_is_accepted(template):
    assert check(template) == []


@pytest.mark.parametrize("template", BAD)
def test_a_template_is_refused_with_a_sentence(template):
    assert any(BAD[template] in sentence for sentence in said(check(template)))


def test_every_fault_of_a_template_is_said_once():
    assert said(check("{DAY}{DAY}{SEQYEAR:9}{ANA:3}")) == [
        "There is no variable “DAY”; there are "
        "YYYY, YY, MM, ANA, SEQGLOBAL, SEQYEAR, SEQMONTH, SEQMONTHANA.",
        "“9” is no padding; write {SEQYEAR:0>4} for at least four digits, and at most "
        "12 instead of 4.",
        "{ANA} cannot be padded.",
    ]


def test_a_number_may_be_as_long_as_there_is_room():
    template = "x" * (LONGEST_NUMBER - 9) + "{SEQGLOBAL}"
    assert check(template) == []
    assert len(check(f"x{template}")) == 1


def test_a_bad_template_is_never_filled_in():
    with pytest.raises(BadTemplate):
        render("{ANA.__class__}", date(2026, 11, 3), ana="A", drawn={})
    with pytest.raises(BadTemplate):
        sequences("{SEQGLOBAL!r}")


@pytest.mark.parametrize(
    ("template", "number"),
    [
        ("{SEQGLOBAL}", "7"),
        ("{SEQGLOBAL:0>4}", "0007"),
        ("{SEQGLOBAL:04}", "0007"),
        ("{SEQYEAR:0>2}/{YYYY}", "1234/2026"),
        ("{YY}{MM}-{SEQMONTH}", "2603-56"),
        (KNOWN_SETUP, "FC1234-2603089-É{ANA}"),
    ],
)
def test_a_template_is_filled_in(template, number):
    counts = (7, 1234, 56, 89)
    drawn = dict(zip(SEQUENCES.values(), counts, strict=True))
    # What a company calls itself is never read as a template.
    assert render(template, date(2026, 3, 9), ana="É{ANA}", drawn=drawn) == number


@pytest.mark.parametrize(
    ("variable", "key"),
    [
        ("SEQGLOBAL", "global"),
        ("SEQYEAR", "year:2026"),
        ("SEQMONTH", "month:2026-03"),
        ("SEQMONTHANA", "month:2026-03:company:3"),
    ],
)
def test_a_sequence_names_its_series(variable, key):
    (sequence,) = sequences(f"{{{variable}}}")
    assert sequence.key(date(2026, 3, 9), 3) == key


def test_sequences_are_listed_once_and_always_in_the_same_order():
    for template in ("{SEQYEAR}-{SEQGLOBAL}-{SEQYEAR}", "{SEQGLOBAL}-{SEQYEAR}"):
        found = [sequence.variable for sequence in sequences(template)]
        assert found == ["SEQGLOBAL", "SEQYEAR"]


ALPHABET = (
    *("{SEQGLOBAL}", "{SEQYEAR:0>2}", "{SEQMONTH}", "{SEQMONTHANA}"),
    *("{YYYY}", "{YY}", "{MM}", "{ANA}", "-", "F1", "0"),
)
DAYS = (date(2020, 1, 1), date(2020, 2, 1), date(2021, 1, 1), date(2011, 1, 1))
COMPANIES = ("1", "11", "A", "A-1", "-1-1", "F1")
COUNTS = (1, 11, 101, 111, 20)


def documents(counting):
    """Yield documents as they could be: a date, a company, a count per sequence."""
    counts = itertools.product(COUNTS, repeat=len(counting))
    yield from itertools.product(DAYS, enumerate(COMPANIES), counts)


def seen_twice(template):
    """Return the numbers that documents with different counts would share.

    Two documents never have the same count in the same series; so what a number must
    tell is the series and the count of a sequence it is unique by.
    """
    counting = sequences(template)
    named = frozenset(template.replace("{", "}").replace(":", "}").split("}"))
    unique_by = [one for one in counting if not one.lacks(named)] or counting
    first, doubles = {}, []
    for day, (company_id, code), counts in documents(counting):
        drawn = dict(zip(counting, counts, strict=True))
        number = render(template, day, ana=code, drawn=drawn)
        counted = [(one.key(day, company_id), drawn[one]) for one in unique_by]
        if first.setdefault(number, counted) != counted:
            doubles.append(number)
    return doubles


def test_no_accepted_template_gives_a_number_twice():
    accepted = [
        template
        for length in (1, 2, 3, 4)
        for parts in itertools.product(ALPHABET, repeat=length)
        if template_is_small(template := "".join(parts)) and not check(template)
    ]
    assert len(accepted) > 500
    assert [template for template in accepted if seen_twice(template)] == []


def template_is_small(template):
    """Tell whether trying all its numbers is quick: at most two sequences."""
    return template.count("SEQ") <= 2


@pytest.mark.parametrize(
    "template",
    [
        "{SEQYEAR}",
        "{YYYY}-{SEQMONTH}",
        "{YY}{MM}-{SEQMONTHANA}",
        "{SEQGLOBAL}{SEQMONTH}",
        "{SEQGLOBAL}0{SEQMONTH}",
        "{SEQGLOBAL}{ANA}",
        "{ANA}{SEQGLOBAL}",
    ],
)
def test_refused_templates_really_would_give_a_number_twice(template):
    assert check(template)
    assert seen_twice(template)
