"""How what is typed is compared with a key, and what finds such keys fast."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false

from endi_like.models.searching import holding, in_full, like
from endi_like.text import (
    contains,
    digits,
    starts_word,
    words,
)

GRAM = 3
"""What is shorter no index of groups of three signs knows."""

LAST_SIGN = "\U0010ffff"
MOST_GRAMS = 20


@dataclass(frozen=True)
class Match:
    """What keys have to meet.

    ``asked`` is the same for the index of texts that SQLite has, as far as such an
    index can tell; ``fast`` tells whether PostgreSQL, or an ordinary index, finds them
    without reading all.
    """

    condition: ColumnElement[bool]
    asked: str = ""
    fast: bool = True


NOTHING = Match(false())
Compare = Callable[[Any, str], Match]
"""Makes of a column, and of what was typed, what the column has to meet."""


def each_word(column: Any, typed: str) -> Match:
    """Match keys in which every word typed begins a word."""
    wanted = words(typed)
    if not wanted:
        return NOTHING
    asked = " AND ".join(f'{{{column.key}}}: "{word}" *' for word in wanted)
    return Match(and_(*holding(column, typed)), asked)


def phrase(column: Any, typed: str) -> Match:
    """Match keys in which the words typed follow one another; the last one begins."""
    wanted = words(typed)
    if not wanted:
        return NOTHING
    *whole, last = wanted
    asked = [*(f'"{word}"' for word in whole), f'"{last}" *']
    listed = " AND ".join(f"{{{column.key}}}: {one}" for one in asked)
    return Match(like(column, starts_word(typed)), listed)


def start(prepared: Callable[[str], str]) -> Compare:
    """Match keys that begin with what is typed, prepared as the key is."""

    def compare(column: Any, typed: str) -> Match:
        wanted = prepared(typed)
        if not wanted:
            return NOTHING
        return Match(column.between(in_full(wanted), in_full(wanted + LAST_SIGN)))

    return compare


def part(prepared: Callable[[str], str]) -> Compare:
    """Match keys that contain what is typed, prepared as the key is."""

    def compare(column: Any, typed: str) -> Match:
        wanted = prepared(typed)
        condition = like(column, contains(wanted))
        return Match(condition, in_grams(wanted), fast=len(wanted) >= GRAM)

    return compare


def number(column: Any, typed: str) -> Match:
    """Match telephones that contain the digits typed, of which it takes three."""
    wanted = digits(typed)
    return part(digits)(column, typed) if len(wanted) >= GRAM else NOTHING


def in_grams(text: str) -> str:
    """Return a text as groups of three signs that cover it, for SQLite's index."""
    last = len(text) - GRAM
    if last < 0:
        return ""
    places = [*range(0, last, GRAM), last][:MOST_GRAMS]
    groups = (text[place : place + GRAM].replace('"', '""') for place in places)
    return " AND ".join(f'"{group}"' for group in groups)
