"""Contacts stored many at a time, by one transaction: all of them or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Session

from endi_like.db import Base
from endi_like.models.contacts import (
    Address,
    ContactElement,
    CreditAccount,
    Employment,
    Entity,
    EntityBankAccount,
    EntityUser,
    OtherName,
)
from endi_like.models.keys import values_of
from endi_like.models.memos import Memo
from endi_like.models.node import Node
from endi_like.models.people import User
from endi_like.services.contacts.codes import next_codes
from endi_like.services.contacts.importing.building import Built, Plain
from endi_like.services.contacts.importing.files import CONTACTS
from endi_like.services.contacts.importing.loading import Values, load
from endi_like.services.contacts.importing.staging import Staging

AT_ONCE = 500
IN_ORDER: tuple[type[Base], ...] = (
    Node,
    Entity,
    CreditAccount,
    Address,
    ContactElement,
    OtherName,
    Employment,
    EntityBankAccount,
    User,
    EntityUser,
    Memo,
)
"""The tables, each after those it points at."""

JOINED: Mapping[type[Base], type[Base]] = {Node: Entity}
"""Tables whose rows are those of a class that is joined with another one."""

POINTING = {"primary_contact_id": CreditAccount, "manager_id": Employment}
SERIAL = text(
    "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :n)"
)


@dataclass
class Store:
    """Where contacts are written to."""

    db: Session
    staging: Staging
    rows: dict[type[Base], list[Values]] = field(
        default_factory=lambda: defaultdict(list)
    )
    last: dict[type[Base], int] = field(default_factory=dict)

    @property
    def connection(self) -> Connection:
        """Return the connection of the session."""
        return self.db.connection()

    def write(self, contacts: Sequence[Built]) -> None:
        """Write a few contacts with all that belongs to them."""
        entities = [one.entity for one in contacts]
        self.number(Node, entities)
        self.number(CreditAccount, [row for one in entities for row in one.accounts])
        self.number(Employment, [row for one in entities for row in one.employments])
        self.number(User, [row for one in contacts for row in one.users])
        self.give_codes([one for one in entities if not one.control_code])
        for one in contacts:
            self.take(one)
        for kind in IN_ORDER:
            if found := self.rows.pop(kind, None):
                load(self.connection, JOINED.get(kind, kind), kind, found)
        self.staging.stored((one.entity.id, one.key) for one in contacts)

    def give_codes(self, entities: Sequence[Plain]) -> None:
        """Give control codes that nobody has, nor will have by this import."""
        if not entities:
            return
        codes = next_codes(
            self.db, len(entities), partial(self.staging.claimed, CONTACTS)
        )
        for entity, code in zip(entities, codes, strict=True):
            entity.control_code = code

    def take(self, built: Built) -> None:
        """Take the rows of a contact, each with the ids of those it points at."""
        entity = built.entity
        self.put(Entity, entity)
        self.rows[Node].append(entity.__dict__)
        for kind, rows in parts_of(entity):
            for row in rows:
                row.entity_id = entity.id
                row.account_id = account_id(row)
                self.put(kind, row)
        for user in built.users:
            self.put(User, user)
            link = {"user_id": user.id, "entity_id": entity.id}
            self.rows[EntityUser].append(link)
        for memo in built.memos:
            memo.node_id, memo.account_id = entity.id, account_id(memo)
            self.put(Memo, memo)
        for what, row, key in built.references:
            self.staging.refer(what, row.id, key)

    def put(self, kind: type[Base], row: Plain) -> None:
        """Take a row of a table with its keys."""
        values = row.__dict__
        values.update(values_of(kind, values))
        self.rows[kind].append(values)

    def number(self, kind: type[Base], rows: Sequence[Plain]) -> None:
        """Give rows their ids."""
        if rows:
            for row, number in zip(rows, self.ids(kind, len(rows)), strict=True):
                row.id = number

    def ids(self, kind: type[Base], count: int) -> Sequence[int]:
        """Return ids that nobody else will use."""
        if self.connection.dialect.name == "postgresql":
            name = {"name": f'"{kind.__tablename__}"', "n": count}
            return self.connection.scalars(SERIAL, name).all()
        # Only one may write to SQLite at a time, and that is us.
        table = kind.__table__
        if kind not in self.last:
            last = self.connection.scalar(select(func.max(table.c.id)))
            self.last[kind] = last or 0
        first = self.last[kind] + 1
        self.last[kind] += count
        return range(first, first + count)

    def point(self) -> None:
        """Write who points at whom, now that everybody is there."""
        for what, kind in POINTING.items():
            table: Any = kind.__table__
            statement = (
                update(table)
                .where(table.c.id == bindparam("row"))
                .values({what: bindparam("contact")})
            )
            found = self.staging.references(what)
            while batch := list(islice(found, AT_ONCE)):
                values = [{"row": row, "contact": contact} for row, contact in batch]
                self.connection.execute(statement, values)


def parts_of(entity: Plain) -> Iterator[tuple[type[Base], list[Plain]]]:
    """Yield what belongs to an entity, by kind."""
    yield CreditAccount, entity.accounts
    yield Address, entity.addresses
    yield ContactElement, entity.elements
    yield OtherName, entity.other_names
    yield Employment, entity.employments
    yield EntityBankAccount, entity.bank_accounts


def account_id(row: Plain) -> int | None:
    """Return of which account a row is."""
    account = getattr(row, "account", None)
    return account.id if account else None
