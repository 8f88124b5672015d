"""Which rows point at an entity, and follow it when it becomes part of another.

The rows are changed behind the back of the unit of work: they are the same rows, with
the same history, of another entity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from endi_like.models.contacts import (
    Address,
    ContactElement,
    CreditAccount,
    Employment,
    Entity,
    EntityAlias,
    EntityBankAccount,
    EntityLink,
    EntityUser,
    OtherName,
)
from endi_like.models.mail import OutgoingMail
from endi_like.models.memos import Memo
from endi_like.models.notifications import Notification
from endi_like.services import memos
from endi_like.services.rights.tables import NAMES


@dataclass(frozen=True)
class Pointing:
    """Rows of a kind that point at an entity, by which column.

    ``same`` are the columns by which a row of one is no news beside one of the other:
    it stays where it is.
    """

    column: Any
    same: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """Return how what was moved is remembered: "address.entity_id"."""
        return f"{self.column.class_.__tablename__}.{self.column.key}"

    @property
    def key(self) -> Any:
        """Return the column by which a row is known again."""
        (key,) = self.column.class_.__table__.primary_key.columns
        return key

    def moving(self, db: Session, source: int, target: int) -> list[int]:
        """Return the rows that follow, but for those the other has already."""
        query = select(self.key, *self.same).where(self.column == source)
        known = set()
        if self.same:
            theirs = select(*self.same).where(self.column == target)
            known = {tuple(row) for row in db.execute(theirs)}
        rows = db.execute(query.order_by(self.key))
        return [row[0] for row in rows if tuple(row[1:]) not in known or not self.same]

    def move(
        self, db: Session, keys: Iterable[int], source: int, target: int
    ) -> list[int]:
        """Have rows point at another entity; return those that did point there."""
        wanted = (self.key.in_(list(keys)), self.column == source)
        found = list(db.scalars(select(self.key).where(*wanted)))
        if found:
            table = self.column.class_.__table__
            changed = update(table).where(self.key.in_(found))
            db.execute(changed.values({self.column.key: target}))
        return found


POINTING: Mapping[str, Pointing] = {
    one.name: one
    for one in (
        Pointing(CreditAccount.entity_id),
        Pointing(CreditAccount.primary_contact_id),
        Pointing(
            Address.entity_id,
            (
                Address.account_id,
                Address.class_,
                Address.lines_key,
                Address.city_key,
                Address.state_key,
                Address.postal_key,
                Address.country,
            ),
        ),
        Pointing(
            ContactElement.entity_id,
            (ContactElement.account_id, ContactElement.kind, ContactElement.search_key),
        ),
        Pointing(OtherName.entity_id, (OtherName.name,)),
        Pointing(Employment.entity_id),
        Pointing(Employment.manager_id),
        Pointing(EntityLink.organisation_id, (EntityLink.person_id,)),
        Pointing(EntityLink.person_id, (EntityLink.organisation_id,)),
        Pointing(EntityBankAccount.entity_id, (EntityBankAccount.iban_key,)),
        Pointing(EntityUser.entity_id),
        Pointing(EntityAlias.entity_id),
        Pointing(Memo.node_id),
        Pointing(OutgoingMail.node_id),
    )
}
"""Every column by which a row is of an entity; a test looks for others."""

OF_ACCOUNTS = (Address.entity_id, ContactElement.entity_id, Memo.node_id)
"""Columns of rows that may be of an account, which is of the same entity."""

PLACED = (Address, ContactElement)
"""Rows that stand in an order; those that come stand behind those that are there."""


def take_along(db: Session, accounts: Iterable[int], source: int, target: int) -> None:
    """Have what came to accounts since go with them, where they are of another."""
    ids = list(accounts)
    for column in OF_ACCOUNTS:
        table = column.class_.__table__
        theirs = (column == source, table.c.account_id.in_(ids))
        db.execute(update(table).where(*theirs).values({column.key: target}))


def lead_along(db: Session, source: int, target: int) -> None:
    """Have what people are told of memos lead to where those are now."""
    quoted = exists().where(Memo.node_id == target, memos.quotes(Notification))
    told = (
        Notification.collection == NAMES[Entity],
        Notification.record_id == source,
        quoted,
    )
    leading = update(Notification).where(*told).values(record_id=target)
    db.execute(leading, execution_options={"synchronize_session": False})


def place_behind(db: Session, kind: Any, keys: list[int], entity_id: int) -> int:
    """Have rows that came stand behind the others; return by how much they moved."""
    others = (kind.entity_id == entity_id, kind.id.not_in(keys))
    last = db.scalar(select(func.max(kind.position)).where(*others))
    by = 0 if last is None else last + 1
    shift(db, kind, keys, by)
    return by


def shift(db: Session, kind: Any, keys: list[int], by: int) -> None:
    """Move rows in their order."""
    if keys and by:
        moved = update(kind.__table__).where(kind.id.in_(keys))
        db.execute(moved.values(position=kind.position + by))
