"""What is stored of a contact: its rows, as the services would have written them.

The rows are plain objects with the attributes of the mapped classes, on which the same
functions write the copies: the unit of work is too slow for a million of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any, TypeAlias

from sqlalchemy import inspect

from endi_like.db import Base, defaults_of
from endi_like.models.contacts import (
    Address,
    ContactElement,
    CreditAccount,
    Employment,
    Entity,
    EntityBankAccount,
    OtherName,
)
from endi_like.models.memos import Memo
from endi_like.models.people import User
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.importing.files import ACCOUNTS
from endi_like.services.contacts.importing.staging import Contact, Part
from endi_like.services.contacts.naming import OWN_NAMES, rename
from endi_like.services.users import login_key

Plain: TypeAlias = Any
"""An object with the attributes of a mapped class, and nothing else of it."""

LONGEST_USER_NAME = 200
PEOPLE = ("person", "robot")


@dataclass(frozen=True)
class Ground:
    """What is the same for all that is imported at once."""

    company_id: int
    country: str
    language: str
    now: dt.datetime


@dataclass
class Built:
    """A contact: its entity with all that belongs to it."""

    key: int
    entity: Plain
    users: list[Plain] = field(default_factory=list)
    memos: list[Plain] = field(default_factory=list)
    references: list[tuple[str, Plain, int]] = field(default_factory=list)
    """Rows that point at another contact: the attribute, the row, the key."""


@cache
def blanks(kind: type[Base]) -> Mapping[str, Any]:
    """Return what a new row of a kind has, by attribute."""
    names = dict.fromkeys(one.key for one in inspect(kind).column_attrs)
    return {**names, **defaults_of(kind)}


def plain(kind: type[Base], /, **values: Any) -> Plain:
    """Return a row of a kind."""
    row = SimpleNamespace()
    row.__dict__.update(blanks(kind), **values)
    return row


@dataclass(frozen=True)
class Builder:
    """Builds contacts of what was read."""

    ground: Ground

    def build(self, contact: Contact) -> Built:
        """Return a contact with all that belongs to it."""
        built = Built(contact.key, self.entity(contact))
        accounts = [one for one in contact.parts if one.file == ACCOUNTS]
        rest = [one for one in contact.parts if one.file != ACCOUNTS]
        known = {one.account: self.account(built, one) for one in accounts}
        for part in rest:
            ADDING[part.file](self, built, known.get(part.account), part.found)
        entity = built.entity
        entity.trading_name, given = "", entity.trading_name
        take_given_name(entity, given)
        index(entity)
        entity.filed_under = Entity.filed_under.fget(entity)  # type: ignore[attr-defined]
        for user in built.users:
            user.name = entity.name[:LONGEST_USER_NAME]
        return built

    def entity(self, contact: Contact) -> Plain:
        """Return the entity itself."""
        usual = {"country": self.ground.country, "language": self.ground.language}
        entity = plain(Entity, **{**usual, **contact.found})
        entity.type_ = Entity.__mapper__.polymorphic_identity
        entity.name = ""
        entity.created_at = entity.created_at or self.ground.now
        entity.updated_at, entity.version = self.ground.now, 1
        for name in ("accounts", "addresses", "elements", "other_names"):
            setattr(entity, name, [])
        entity.employments, entity.bank_accounts = [], []
        return entity

    def account(self, built: Built, part: Part) -> Plain:
        """Add a credit account, and return it."""
        values = dict(part.found)
        primary = values.pop("primary_contact_key", None)
        company_id = self.ground.company_id
        account = plain(CreditAccount, **values, company_id=company_id)
        account.entity = built.entity
        built.entity.accounts.append(account)
        refer(built, "primary_contact_id", account, primary)
        return account

    def address(self, built: Built, account: Plain, values: dict[str, Any]) -> None:
        """Add an address."""
        known = built.entity.addresses
        known.append(plain(Address, **values, account=account, position=len(known)))

    def element(self, built: Built, account: Plain, values: dict[str, Any]) -> None:
        """Add a telephone, a mailbox or something like it."""
        known = built.entity.elements
        row = plain(ContactElement, **values, account=account, position=len(known))
        known.append(row)

    def other_name(self, built: Built, _account: Plain, values: dict[str, Any]) -> None:
        """Add another name."""
        built.entity.other_names.append(plain(OtherName, **values))

    def employment(self, built: Built, _account: Plain, values: dict[str, Any]) -> None:
        """Add an employment."""
        manager = values.pop("manager_key", None)
        row = plain(Employment, **values)
        built.entity.employments.append(row)
        refer(built, "manager_id", row, manager)

    def bank_account(
        self, built: Built, _account: Plain, values: dict[str, Any]
    ) -> None:
        """Add an account at a bank."""
        built.entity.bank_accounts.append(plain(EntityBankAccount, **values))

    def user(self, built: Built, _account: Plain, values: dict[str, Any]) -> None:
        """Add a user, who cannot log in before somebody lets them in."""
        user = plain(User, login=login_key(values["login"]), active=False, version=1)
        user.language, user.roles = self.ground.language, frozenset()
        user.created_at = user.password_changed_at = self.ground.now
        built.users.append(user)

    def memo(self, built: Built, account: Plain, values: dict[str, Any]) -> None:
        """Add a memo; one on an account is of its company."""
        memo = plain(Memo, **values, account=account, version=1)
        memo.at = memo.at or self.ground.now
        memo.company_id = account.company_id if account else None
        built.memos.append(memo)


ADDING: Mapping[str, Callable[..., None]] = {
    "addresses": Builder.address,
    "contact_items": Builder.element,
    "other_names": Builder.other_name,
    "employees": Builder.employment,
    "bank_accounts": Builder.bank_account,
    "users": Builder.user,
    "notes": Builder.memo,
}


def refer(built: Built, attribute: str, row: Plain, key: int | None) -> None:
    """Note at which other contact a row points."""
    if key is not None:
        built.references.append((attribute, row, key))


def take_given_name(entity: Plain, name: str) -> None:
    """Have an entity be called as given; nothing is kept that is derived anyway."""
    if not name or name in usual(entity):
        return
    if OWN_NAMES[entity.kind](entity):
        entity.trading_name = name
    else:
        rename(entity, name)


def usual(entity: Plain) -> set[str]:
    """Return the ways in which the own name of an entity is written."""
    own = {OWN_NAMES[entity.kind](entity)}
    if entity.kind not in PEOPLE:
        return own
    first, middle, last = entity.first_name, entity.middle_name, entity.last_name
    return own | {f"{first} {last}", f"{last}, {first}", f"{last}, {first} {middle}"}
