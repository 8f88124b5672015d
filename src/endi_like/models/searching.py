"""Texts that are found by how their words begin, and what finds them fast.

What is looked into are columns that hold copies made by ``text.shadow``.  PostgreSQL
finds rare words by an index of groups of three letters; which words are rare it knows
from its statistics.  Where the extension may not be made, rows are read in the order of
the list until a page is full (``docs/scaling.md``).  The directory is found by indexes
on SQLite too: of words, and of groups of three signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, literal

from endi_like.text import LIKE_ESCAPE, starts_word, words

MOST_WORDS = 20
PREFIX = "search_"
"""How the indexes are called, which the tables of the models do not speak of."""

OF_LISTS = (
    "task",
    "credit_account",
    "outgoing_mail",
    "project",
    "business",
    "catalogue_item",
)
"""Tables with one ``search_key``: their lists are searched by words."""

BY_WORDS: Mapping[str, tuple[str, ...]] = {
    "entity": ("names_key",),
    "address": ("lines_key", "city_key", "state_key"),
}
"""Columns of the directory that are found by how their words begin."""

BY_PARTS: Mapping[str, tuple[str, ...]] = {
    "contact_element": ("search_key",),
    "memo": ("search_key",),
}
"""Columns of the directory that are found by any part of them."""

BY_START = {
    "address_postal_key": "address (postal_key, entity_id)",
    "address_country": "address (country, entity_id)",
    "entity_country": "entity (country)",
    "entity_stage": "entity (stage)",
    "entity_kind": "entity (kind)",
    "credit_account_class": "credit_account (class, entity_id)",
}
"""What is found by its first signs, or whole, by an index as any other."""

EXTENSION = (
    "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS pg_trgm; "
    # not one of ours to make, not installed: in old and in new words
    "EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported "
    "THEN RAISE WARNING 'texts are searched without index, pg_trgm is missing'; END $$"
)
GRAMS = (
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') "
    "THEN CREATE INDEX IF NOT EXISTS {name} ON {table} "
    "USING gin ({column} gin_trgm_ops); END IF; END $$"
)
START = "CREATE INDEX IF NOT EXISTS {name} ON {columns}"

# Blanks and ends of lines are the only signs between the words of a key.
WORDS = "tokenize='ascii', prefix='1 2 3', detail=column, columnsize=0"
PARTS = "tokenize='trigram case_sensitive 1', detail=none, columnsize=0"
PUT = "INSERT INTO {name}(rowid, {columns}) VALUES (new.id, {new})"
TAKE = "INSERT INTO {name}({name}, rowid, {columns}) VALUES ('delete', old.id, {old})"
ON_INSERT = "CREATE TRIGGER {name}_insert AFTER INSERT ON {table} BEGIN {put}; END"
NO_INSERT = "DROP TRIGGER {name}_insert"
FILL = (
    "INSERT INTO {name}(rowid, {columns}) SELECT id, {columns} FROM {table} "
    "WHERE id > ? ORDER BY id"
)
TEXTS = (
    "CREATE VIRTUAL TABLE IF NOT EXISTS {name} USING fts5({columns}, "
    "content='{table}', content_rowid='id', {how})",
    ON_INSERT,
    "CREATE TRIGGER {name}_delete AFTER DELETE ON {table} BEGIN {take}; END",
    "CREATE TRIGGER {name}_update AFTER UPDATE OF {columns} ON {table} "
    "WHEN {changed} BEGIN {take}; {put}; END",
    "INSERT INTO {name}({name}) VALUES ('rebuild')",
)
"""An index of texts on SQLite, kept along with the table by triggers."""


def statements(dialect: str) -> Iterator[str]:
    """Yield the statements that make the indexes."""
    yield from BY_DIALECT[dialect]()
    for name, columns in BY_START.items():
        yield START.format(name=PREFIX + name, columns=columns)


def postgresql() -> Iterator[str]:
    """Yield what makes the indexes of groups of three letters."""
    yield EXTENSION
    for table in OF_LISTS:
        yield GRAMS.format(name=PREFIX + table, table=table, column="search_key")
    for table, columns in {**BY_WORDS, **BY_PARTS}.items():
        for column in columns:
            name = f"{PREFIX}{table}_{column}"
            yield GRAMS.format(name=name, table=table, column=column)


def sqlite() -> Iterator[str]:
    """Yield what makes the indexes of words and of groups of three signs."""
    for how, tables in ((WORDS, BY_WORDS), (PARTS, BY_PARTS)):
        for table, columns in tables.items():
            yield from texts(table, columns, how)


def texts(table: str, columns: tuple[str, ...], how: str) -> Iterator[str]:
    """Yield the statements that make an index of texts, and keep it."""
    changed = " OR ".join(f"new.{one} <> old.{one}" for one in columns)
    for statement in TEXTS:
        yield statement.format(**said_of(table, columns), how=how, changed=changed)


def said_of(table: str, columns: tuple[str, ...]) -> dict[str, str]:
    """Return what the statements about an index of texts say of it."""
    said = {"name": PREFIX + table, "table": table, "columns": ", ".join(columns)}
    rows = {row: ", ".join(f"{row}.{one}" for one in columns) for row in ("new", "old")}
    moves = {"put": PUT.format(**said, **rows), "take": TAKE.format(**said, **rows)}
    return said | moves


class Filling(NamedTuple):
    """Statements on SQLite that fill an index of texts with many rows at once.

    ``put_off`` comes before the rows, ``fill`` after them, with the last id that was
    there before, then ``resume``: as all of a transaction, nobody else sees any of it.
    """

    table: str
    put_off: str
    fill: str
    resume: str


def fillings() -> Iterator[Filling]:
    """Yield how each index of texts is filled.

    A trigger makes the index write out what it has after every row, which takes forty
    times as long as to write once.
    """
    for table, columns in {**BY_WORDS, **BY_PARTS}.items():
        said = said_of(table, columns)
        statements = (one.format(**said) for one in (NO_INSERT, FILL, ON_INSERT))
        yield Filling(table, *statements)


BY_DIALECT = {"postgresql": postgresql, "sqlite": sqlite}


def holding(column: Any, typed: str) -> list[ColumnElement[bool]]:
    """Return a condition for each word typed: it begins a word of the column's text.

    Of a very long text the first words count: a database refuses endless conditions.
    """
    return [like(column, starts_word(one)) for one in words(typed)[:MOST_WORDS]]


def like(column: Any, pattern: str) -> ColumnElement[bool]:
    """Return the condition that a column is like a pattern."""
    found: ColumnElement[bool] = column.like(in_full(pattern), escape=LIKE_ESCAPE)
    return found


def in_full(text: str) -> ColumnElement[str]:
    """Return a text as part of the statement it is used in.

    As a parameter it would hide from PostgreSQL how rare it is, and it would plan for
    texts in general.
    """
    return literal(text, literal_execute=True)
