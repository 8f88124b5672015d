"""Where the search looks: the tables that know something of an entity."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    exists,
    literal_column,
    not_,
    or_,
    select,
    table,
)

from endi_like.models.contacts import (
    Address,
    ContactElement,
    CreditAccount,
    Employment,
    Entity,
    EntityAlias,
    EntityUser,
)
from endi_like.models.memos import Memo
from endi_like.models.searching import BY_PARTS, BY_WORDS, PREFIX
from endi_like.services.contacts.search.matching import Match
from endi_like.services.rights.sight import Sight

ENTITY = Entity.__table__
Conditions: TypeAlias = Sequence[ColumnElement[bool]]


def everything(_sight: Sight, _table: Any) -> Conditions:
    """Say that whoever sees the entity sees this."""
    return ()


@dataclass(frozen=True, eq=False)
class Source:
    """A table, which of its columns is the entity, and which rows of it one sees.

    ``of_one``: what several fields ask must be met by one row.  ``or_none``: an entity
    without any row meets everything.  ``account`` is the column of the account that a
    row is about, if it is about one.
    """

    table: Any
    entity: str = "entity_id"
    seen: Callable[[Sight, Any], Conditions] = everything
    of_one: bool = False
    or_none: bool = False
    account: str = ""

    @property
    def is_entity(self) -> bool:
        """Tell whether it is the table of entities itself."""
        return self.table is ENTITY

    @property
    def owner(self) -> Any:
        """Return the column of the entity."""
        return self.table.c[self.entity]

    @property
    def texts(self) -> str:
        """Return the name of the index of texts that SQLite has of it."""
        name = getattr(self.table, "element", self.table).name
        return PREFIX + name if name in BY_WORDS or name in BY_PARTS else ""


def part(kind: Any, name: str, **how: Any) -> Source:
    """Return a table that belongs to entities, called so in statements."""
    return Source(kind.__table__.alias(name), **how)


ENTITIES = Source(ENTITY, "id")
ADDRESSES = part(Address, "at", seen=Sight.of_accounts, of_one=True)
ELEMENTS = part(ContactElement, "reached", seen=Sight.of_accounts)
MEMOS = part(Memo, "noted", entity="node_id", seen=Sight.memos)
ACCOUNTS = part(CreditAccount, "account", seen=Sight.accounts, account="id")
ACTIVE = part(
    CreditAccount,
    "running",
    seen=Sight.accounts,
    of_one=True,
    or_none=True,
    account="id",
)
CODES = part(EntityAlias, "coded")
NUMBERS = part(EntityAlias, "numbered", seen=Sight.by_account, account="account_id")
USERS = part(EntityUser, "login")
EMPLOYMENTS = part(Employment, "employed")


@dataclass(frozen=True)
class Found:
    """Entities of which some row of a source meets a match."""

    source: Source
    match: Match

    def rows(self, sight: Sight) -> ColumnElement[bool]:
        """Return the condition on the rows of the source."""
        return and_(self.match.condition, *self.source.seen(sight, self.source.table))

    def condition(self, entity: Any, sight: Sight) -> ColumnElement[bool]:
        """Return the condition on entities, by their id."""
        if self.source.is_entity:
            return self.match.condition
        theirs = self.source.owner == entity
        found = exists().where(theirs, self.rows(sight))
        if not self.source.or_none:
            return found
        seen = self.source.seen(sight, self.source.table)
        return or_(found, not_(exists().where(theirs, *seen)))

    def of_account(self, account: Any, sight: Sight) -> ColumnElement[bool]:
        """Return the condition on accounts, by their id."""
        its = self.source.table.c[self.source.account] == account
        return exists().where(its, self.rows(sight))

    def candidates(self, sight: Sight, dialect: str) -> Select[Any]:
        """Return the query of their ids, some of them more than once."""
        query = select(self.source.owner.label("id")).where(self.rows(sight))
        if not self.in_texts(dialect):
            return query
        texts, rowid, asked = self.texts()
        query = query.select_from(texts).join(
            self.source.table, self.source.table.c.id == rowid
        )
        return query.where(asked)

    def about(self, sight: Sight, dialect: str) -> Select[Any]:
        """Return a query of about as many rows as there are candidates, or more.

        An index of texts tells them without reading the rows themselves.
        """
        if not self.in_texts(dialect):
            return self.candidates(sight, dialect)
        texts, rowid, asked = self.texts()
        return select(rowid.label("id")).select_from(texts).where(asked)

    def in_texts(self, dialect: str) -> bool:
        """Tell whether an index of texts leads to the rows."""
        return dialect == "sqlite" and bool(self.source.texts and self.match.asked)

    def texts(self) -> tuple[Any, Any, Any]:
        """Return the index of texts, the id of a row in it, and what it is asked."""
        texts = table(self.source.texts)
        asked = literal_column(texts.name).op("MATCH")(self.match.asked)
        return texts, literal_column(f"{texts.name}.rowid"), asked


@dataclass(frozen=True)
class Criterion:
    """What a filled-in field asks: entities found in one way or another."""

    name: str
    found: tuple[Found, ...] = field(default_factory=tuple)

    @property
    def fast(self) -> bool:
        """Tell whether an index finds all of them."""
        return self.leads and all(one.match.fast for one in self.found)

    @property
    def of_texts(self) -> bool:
        """Tell whether some of them are found by words or by parts of a text."""
        return any(one.match.asked for one in self.found)

    @property
    def leads(self) -> bool:
        """Tell whether its entities can be listed: having no row is in no list."""
        return not any(one.source.or_none for one in self.found)

    @property
    def single(self) -> bool:
        """Tell whether it finds each entity once."""
        return len(self.found) == 1 and self.found[0].source.is_entity

    def condition(self, entity: Any, sight: Sight) -> ColumnElement[bool]:
        """Return the condition on entities, by their id."""
        return or_(*(one.condition(entity, sight) for one in self.found))

    def of_account(self, account: Any, sight: Sight) -> Conditions:
        """Return the condition on accounts, by their id, if it is about accounts."""
        about = [one for one in self.found if one.source.account]
        return (
            [or_(*(one.of_account(account, sight) for one in about))] if about else []
        )

    def candidates(self, sight: Sight, dialect: str) -> Any:
        """Return the query of their ids, some of them more than once."""
        return united([one.candidates(sight, dialect) for one in self.found])

    def about(self, sight: Sight, dialect: str) -> Any:
        """Return a query of about as many rows as there are candidates, or more."""
        return united([one.about(sight, dialect) for one in self.found])


def united(queries: Sequence[Select[Any]]) -> Any:
    """Return the query of the rows of several."""
    first, *more = queries
    return first.union_all(*more) if more else first


def of_one_row(criteria: Sequence[Criterion]) -> list[Criterion]:
    """Return the criteria, where one row must meet several fields, as one.

    What may be found elsewhere as well, such as a country, is looked for in that row
    as soon as another field asks for one.
    """
    left = list(criteria)
    for source in (ADDRESSES, ACTIVE):
        bound = [
            one for one in left if {found.source for found in one.found} == {source}
        ]
        if not bound:
            continue
        near = [one for one in left if any(f.source is source for f in one.found)]
        matches = [f.match for one in near for f in one.found if f.source is source]
        left = [one for one in left if one not in near]
        left.append(Criterion(bound[0].name, (Found(source, together(matches)),)))
    return left


def together(matches: Sequence[Match]) -> Match:
    """Return the match of all: found by the first, looked at by the others."""
    first, *more = matches
    others = (one.condition if one.beside is None else one.beside for one in more)
    return replace(first, condition=and_(first.condition, *others))
