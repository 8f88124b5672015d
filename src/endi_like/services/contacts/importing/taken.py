"""What only one may have: control codes, account numbers, names to log in with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount, Entity
from endi_like.models.people import User
from endi_like.services.contacts.importing.cells import shown
from endi_like.services.contacts.importing.files import ACCOUNTS, CONTACTS, USERS
from endi_like.services.users import login_key
from endi_like.text import compact

Values: TypeAlias = Mapping[str, Any]
Look: TypeAlias = Callable[[], AbstractContextManager[Session]]
"""Gives a session that looks at the database now, and lets go of it soon."""

BETWEEN = " "


def code_of(values: Values) -> str:
    """Return what is unique of a contact; nothing where a code will be drawn."""
    code: str = values["control_code"]
    return code.casefold()


def number_of(values: Values) -> str:
    """Return what is unique of an account within its company."""
    number = compact(values["account_number"])
    return f"{values['account_class']}{BETWEEN}{number}" if number else ""


def login_of(values: Values) -> str:
    """Return what is unique of a user."""
    return login_key(values["username"])


@dataclass(frozen=True)
class Single:
    """A kind of what only one may have: its column, and how it is compared."""

    column: str
    key: Callable[[Values], str]


SINGLES: Mapping[str, Single] = {
    CONTACTS: Single("control_code", code_of),
    ACCOUNTS: Single("account_number", number_of),
    USERS: Single("username", login_of),
}


@dataclass(frozen=True)
class Taken:
    """What is taken by what is stored; accounts have numbers within one company."""

    look: Look
    company_id: int | None

    def among(self, file: str, keys: Collection[str]) -> set[str]:
        """Return which of some keys are taken."""
        if not keys:
            return set()
        with self.look() as db:
            return ASKING[file](self, db, keys)

    def codes(self, db: Session, keys: Collection[str]) -> set[str]:
        """Return which control codes are taken."""
        return set(db.scalars(select(Entity.code_key).where(Entity.code_key.in_(keys))))

    def numbers(self, db: Session, keys: Collection[str]) -> set[str]:
        """Return which account numbers are taken in the company."""
        wanted = {key.partition(BETWEEN)[2] for key in keys}
        query = select(CreditAccount.class_, CreditAccount.number_key).where(
            CreditAccount.company_id == self.company_id,
            CreditAccount.number_key.in_(wanted),
        )
        return {f"{class_}{BETWEEN}{number}" for class_, number in db.execute(query)}

    def logins(self, db: Session, keys: Collection[str]) -> set[str]:
        """Return which logins are taken."""
        return set(db.scalars(select(User.login).where(User.login.in_(keys))))


ASKING: Mapping[str, Callable[[Taken, Session, Collection[str]], set[str]]] = {
    CONTACTS: Taken.codes,
    ACCOUNTS: Taken.numbers,
    USERS: Taken.logins,
}


def stored_already(column: str, value: str) -> tuple[str, str]:
    """Return the reason of what is taken by something stored."""
    sentence = _("“${value}” is stored already.", mapping={"value": shown(value)})
    return column, sentence


def given_already(column: str, value: str, line: int) -> tuple[str, str]:
    """Return the reason of what another line of the file has."""
    sentence = _(
        "“${value}” is that of line ${line} already.",
        mapping={"value": shown(value), "line": line},
    )
    return column, sentence
