"""Rows of an entity that become another account's: what the history keeps of it.

Each company is told its own side: that a row is its account's now, or no longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from sqlalchemy import inspect

from endi_like.models.contacts import CreditAccount
from endi_like.services.written import stored

FIELD = "account"


class Side(NamedTuple):
    """What people of a company are told: the row as they knew it, its account."""

    company_id: int
    row: Any
    before: str | None
    after: str | None


def sides(row: Any) -> Iterator[Side]:
    """Yield what is kept when a stored row becomes another account's, or nobody's."""
    if FIELD not in inspect(type(row)).relationships:
        return
    before, after = account_before(row), row.account
    if before is after:
        return
    if before and after and before.company_id == after.company_id:
        yield Side(before.company_id, row, before.called, after.called)
        return
    if before:
        yield Side(before.company_id, as_stored(row), before.called, None)
    if after:
        # of a new account only the company itself is known
        company_id = after.company_id or after.company.id
        yield Side(company_id, row, None, after.called)


def account_before(row: Any) -> CreditAccount | None:
    """Return the account whose row it is, as stored."""
    state = inspect(row)
    key = stored(state.attrs.account_id)
    return None if key is None else state.session.get(CreditAccount, key)


def as_stored(row: Any) -> Any:
    """Return a row that says what this one says in the database, and is in none."""
    known = inspect(row).attrs
    return type(row)(**{name: stored(known[name]) for name in row.tracked})
