"""The fields of the search: where each looks, how it compares, what it says of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, true

from endi_like.i18n import _
from endi_like.models.contacts import CUSTOMER, VENDOR
from endi_like.models.searching import in_full
from endi_like.services.contacts.search import matching as how
from endi_like.services.contacts.search.matching import NOTHING, Compare, Match
from endi_like.services.contacts.search.sources import (
    ACCOUNTS,
    ACTIVE,
    ADDRESSES,
    CODES,
    ELEMENTS,
    EMPLOYMENTS,
    ENTITIES,
    MEMOS,
    NUMBERS,
    USERS,
    Criterion,
    Found,
    Source,
    of_one_row,
)
from endi_like.services.countries import code_of
from endi_like.services.rights.sight import Sight
from endi_like.text import compact, fold

WORD_STARTS = _("Each word is the start of a word; accents do not matter.")
PHRASE_STARTS = _("The start of a word; accents do not matter.")
FIRST_SIGNS = _("The first signs; capitals do not matter.")
FIRST_SIGNS_COMPACT = _("The first signs; blanks and capitals do not matter.")
ANY_PART = _("Any part; capitals do not matter.")
ANY_PART_FOLDED = _("Any part; accents and capitals do not matter.")
ANY_DIGITS = _("Any part, at least three digits; only digits count.")
YES = frozenset({"1", "true", "on", "yes"})


@dataclass(frozen=True)
class Key:
    """A column that is looked into, and which rows of its table only."""

    source: Source
    column: str
    only: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def found(self, compare: Compare, typed: str) -> Found:
        """Return what is found by what was typed."""
        columns = self.source.table.c
        match = compare(columns[self.column], typed)
        only = [
            columns[name].in_([in_full(one) for one in values])
            for name, values in self.only.items()
        ]
        match = replace(match, condition=and_(match.condition, *only))
        return Found(self.source, match)


Finds = Callable[[str], Sequence[Found]]


@dataclass(frozen=True)
class Field:
    """A field of the search; ``told`` says on the page how it matches.

    ``finds`` gives what is found by what was typed, in one place or another; nothing
    for what means nothing.
    """

    name: str
    label: str
    told: str
    finds: Finds
    kind: str = "search"

    def criterion(self, typed: str) -> Criterion | None:
        """Return what is asked, if anything is."""
        found = tuple(self.finds(typed)) if typed.strip() else ()
        return Criterion(self.name, found) if found else None


def looks(compare: Compare, *keys: Key) -> Finds:
    """Return what compares what was typed with some columns."""
    return lambda typed: [key.found(compare, typed) for key in keys]


def is_like(source: Source, column: str, *values: str) -> Found:
    """Return the rows of a source that have one of some values in a column."""
    wanted = [in_full(value) for value in values]
    return Found(source, Match(source.table.c[column].in_(wanted)))


def any_of(source: Source) -> Found:
    """Return whoever has a row in a source."""
    return Found(source, Match(true()))


CLASSES: Mapping[str, Callable[[], Found]] = {
    CUSTOMER: lambda: is_like(ACCOUNTS, "class", CUSTOMER),
    VENDOR: lambda: is_like(ACCOUNTS, "class", VENDOR),
    "employee": lambda: any_of(EMPLOYMENTS),
    "user": lambda: any_of(USERS),
    "household": lambda: is_like(ENTITIES, "kind", "household"),
    "robot": lambda: is_like(ENTITIES, "kind", "robot"),
}
"""What an entity is by the facts."""


def of_class(typed: str) -> Sequence[Found]:
    """Find by a fact; by any other word what is marked so, or has such an account."""
    if typed in CLASSES:
        return [CLASSES[typed]()]
    found = [is_like(ENTITIES, "stage", typed)]
    named = {name.capitalize(): name for name in (CUSTOMER, VENDOR)}
    if typed in named:
        found.append(is_like(ACCOUNTS, "class", named[typed]))
    return found


def in_country(typed: str) -> Sequence[Found]:
    """Find by the country of the entity, or of an address."""
    code = code_of(typed)
    if code is None:
        return [Found(ENTITIES, NOTHING), Found(ADDRESSES, NOTHING)]
    return [is_like(one, "country", code) for one in (ENTITIES, ADDRESSES)]


def with_user(typed: str) -> Sequence[Found]:
    """Find whoever has a user, when ticked."""
    return [any_of(USERS)] if typed.strip().lower() in YES else []


def active(
    column: str, on_time: Callable[[Any, dt.date], ColumnElement[bool]]
) -> Finds:
    """Return what finds by the days of an account; one that has none runs always."""

    def finds(typed: str) -> Sequence[Found]:
        try:
            day = dt.date.fromisoformat(typed.strip())
        except ValueError:
            return []
        date = ACTIVE.table.c[column]
        return [Found(ACTIVE, Match(or_(date.is_(None), on_time(date, day))))]

    return finds


FIELDS: tuple[Field, ...] = (
    Field(
        "class",
        _("Class"),
        _("What it is, or what it is marked as."),
        of_class,
        kind="choice",
    ),
    Field(
        "name",
        _("Name"),
        WORD_STARTS,
        looks(how.each_word, Key(ENTITIES, "names_key")),
    ),
    Field(
        "control_code",
        _("Control code"),
        FIRST_SIGNS,
        looks(
            how.start(lambda typed: typed.strip().casefold()),
            Key(ENTITIES, "code_key"),
            Key(CODES, "key", {"kind": ["control_code"]}),
        ),
    ),
    Field(
        "account_number",
        _("Account number"),
        FIRST_SIGNS_COMPACT,
        looks(
            how.start(compact),
            Key(ACCOUNTS, "number_key"),
            Key(NUMBERS, "key", {"kind": ["account_number"]}),
        ),
    ),
    Field(
        "email",
        _("E-mail"),
        ANY_PART,
        looks(
            how.part(lambda typed: typed.strip().casefold()),
            Key(ELEMENTS, "search_key", {"kind": ["email"]}),
        ),
    ),
    Field(
        "phone",
        _("Phone"),
        ANY_DIGITS,
        looks(how.number, Key(ELEMENTS, "search_key", {"kind": ["phone"]})),
    ),
    Field(
        "contact",
        _("Other contact"),
        ANY_PART_FOLDED,
        looks(
            how.part(fold),
            Key(ELEMENTS, "search_key", {"kind": ["other", "web"]}),
        ),
    ),
    Field(
        "notes",
        _("Notes"),
        ANY_PART_FOLDED,
        looks(how.part(fold), Key(MEMOS, "search_key")),
    ),
    Field(
        "postal_code",
        _("Postcode"),
        FIRST_SIGNS_COMPACT,
        looks(how.start(compact), Key(ADDRESSES, "postal_key")),
    ),
    Field(
        "address",
        _("Address"),
        PHRASE_STARTS,
        looks(how.phrase, Key(ADDRESSES, "lines_key")),
    ),
    Field(
        "city", _("City"), PHRASE_STARTS, looks(how.phrase, Key(ADDRESSES, "city_key"))
    ),
    Field(
        "state",
        _("State"),
        PHRASE_STARTS,
        looks(how.phrase, Key(ADDRESSES, "state_key")),
    ),
    Field(
        "country",
        _("Country"),
        _("Its own, or that of an address."),
        in_country,
        kind="choice",
    ),
    Field(
        "active_from",
        _("Account active from"),
        _("Not ended before; who has no account is always found."),
        active("end_date", lambda date, day: date >= day),
        kind="day",
    ),
    Field(
        "active_to",
        _("Account active until"),
        _("Started by then; who has no account is always found."),
        active("start_date", lambda date, day: date <= day),
        kind="day",
    ),
    Field(
        "only_users",
        _("Only users"),
        _("Who may log in here."),
        with_user,
        kind="tick",
    ),
)
"""In the order of how few they find: of several, the first leads to the others."""


def criteria(asked: Mapping[str, str]) -> list[Criterion]:
    """Return what the filled-in fields ask."""
    found = (one.criterion(asked.get(one.name, "")) for one in FIELDS)
    return of_one_row([one for one in found if one is not None])


def own(sight: Sight) -> list[Criterion]:
    """Return what is asked of whoever sees the entities behind their accounts only."""
    if sight.companies is None:
        return []
    return [Criterion("", (any_of(ACCOUNTS),))]
