"""What somebody sees of an entity that several companies have to do with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from endi_like.models.contacts import CreditAccount

ACCOUNT = CreditAccount.__table__.alias("own_account")


@dataclass(frozen=True)
class Sight:
    """Of which companies one sees the accounts and what belongs to them.

    ``companies`` is ``None`` for all of them; ``reader_id`` is who reads, whose own
    private memos nobody else sees.  Without either it is what everybody sees.
    """

    companies: tuple[int, ...] | None = ()
    reader_id: int | None = None

    def accounts(self, table: Any) -> Sequence[ColumnElement[bool]]:
        """Return the conditions on accounts, or on whatever says whose it is."""
        if self.companies is None:
            return ()
        return (table.c.company_id.in_(self.companies),)

    def of_accounts(self, table: Any) -> Sequence[ColumnElement[bool]]:
        """Return the conditions on what is the entity's own, or of one account."""
        if self.companies is None:
            return ()
        return (or_(table.c.account_id.is_(None), *self.by_account(table)),)

    def by_account(self, table: Any) -> Sequence[ColumnElement[bool]]:
        """Return the conditions on what is of an account, and of nothing else."""
        if self.companies is None:
            return ()
        known = select(ACCOUNT.c.id).where(*self.accounts(ACCOUNT))
        return (table.c.account_id.in_(known),)

    def memos(self, table: Any) -> Sequence[ColumnElement[bool]]:
        """Return the conditions on memos: they are there, and one may read them."""
        mine = or_(~table.c.private, table.c.author_id == self.reader_id)
        there = (table.c.removed_at.is_(None), mine)
        if self.companies is None:
            return there
        shared = table.c.company_id.is_(None)
        return (*there, or_(shared, *self.accounts(table)))


EVERYTHING = Sight(None)
WHAT_ALL_SEE = Sight()
