"""Texts that are found by how their words begin, and what finds them fast.

What is looked into are columns that hold copies made by ``text.shadow``.  PostgreSQL
finds rare words by an index of groups of three letters; which words are rare it knows
from its statistics.  Where the extension may not be made, as on SQLite, rows are read
in the order of the list until a page is full (``docs/scaling.md``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, literal

from endi_like.text import LIKE_ESCAPE, starts_word, words

SEARCHED = ("task", "credit_account", "outgoing_mail")
MOST_WORDS = 20
PREFIX = "search_"
"""How the indexes are called, which the tables of the models do not speak of."""

EXTENSION = (
    "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; "
    # not one of ours to make, not installed: in old and in new words
    "EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported "
    "THEN RAISE WARNING 'texts are searched without index, pg_trgm is missing'; END $$"
)
INDEX = (
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') "
    "THEN CREATE INDEX IF NOT EXISTS {name} ON {table} "
    "USING gin (search_key gin_trgm_ops); END IF; END $$"
)


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that make the indexes."""
    if dialect == "postgresql":
        yield EXTENSION
        for table in SEARCHED:
            yield INDEX.format(name=f"{PREFIX}{table}", table=table)


def holding(column: Any, typed: str) -> list[ColumnElement[bool]]:
    """Return a condition for each word typed: it begins a word of the column's text.

    Of a very long text the first words count: a database refuses endless conditions.
    The words are part of the statement: as parameters they would hide from PostgreSQL
    how rare they are, and it would plan for words in general.
    """
    looked_for = words(typed)[:MOST_WORDS]
    patterns = (literal(starts_word(one), literal_execute=True) for one in looked_for)
    return [column.like(pattern, escape=LIKE_ESCAPE) for pattern in patterns]
