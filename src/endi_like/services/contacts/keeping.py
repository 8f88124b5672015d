"""What would be forgotten of an entity, and what the law has the organisation keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import Entity
from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.models.history import FieldChange
from endi_like.models.mail import OutgoingMail
from endi_like.models.memos import Memo
from endi_like.models.sales import Task
from endi_like.services.contacts import knowing
from endi_like.services.contacts.personal import (
    addresses_of,
    merged_into,
    of_accounts,
    to_them,
)

VALID = "valid"
YEARS = 10
"""For so long French and German law have business papers kept."""


@dataclass(frozen=True)
class Balance:
    """What goes, counted, and what stays.

    ``issued`` documents stay as they are, the last being of the day ``last``;
    ``drafts`` are those that nobody has issued.
    """

    names: int
    addresses: int
    elements: int
    bank_accounts: int
    links: int
    users: int
    memos: int
    files: int
    mails: int
    changes: int
    accounts: int
    employments: int
    issued: int
    last: dt.date | None
    open: int
    drafts: Sequence[Any]

    @property
    def until(self) -> dt.date | None:
        """Return until when the last document has to be kept: the end of a year."""
        return self.last and dt.date(self.last.year + YEARS, 12, 31)


def balance(db: Session, entity: Entity) -> Balance:
    """Return what would be forgotten of an entity, and what stays."""
    knowing.read_whole(db, entity)
    keys = [entity.id, *merged_into(db, entity.id)]
    attached = StoredFile.purpose == ATTACHMENT
    issued, last, still_open = issued_of(db, keys)
    return Balance(
        names=len(entity.other_names),
        addresses=len(entity.addresses),
        elements=len(entity.elements),
        bank_accounts=len(entity.bank_accounts),
        links=len(entity.people) + len(knowing.places_of(db, entity.id)),
        users=len(entity.users),
        memos=count(db, Memo.node_id.in_(keys)),
        files=count(db, StoredFile.node_id.in_(keys), attached),
        mails=count(db, to_them(keys, addresses_of(entity)), model=OutgoingMail),
        changes=count(db, FieldChange.node_id.in_(keys)),
        accounts=len(entity.accounts),
        employments=len(entity.employments),
        issued=issued,
        last=last,
        open=still_open,
        drafts=drafts(db, keys),
    )


def count(db: Session, *where: Any, model: Any = None) -> int:
    """Return how many rows there are."""
    query = select(func.count()).where(*where)
    return db.scalar(query.select_from(model) if model else query) or 0


def issued_of(db: Session, keys: Sequence[int]) -> tuple[int, dt.date | None, int]:
    """Return how many documents are issued, the day of the last, how many are open."""
    query = select(
        func.count(Task.id),
        func.max(Task.date),
        func.count(Task.id).filter(Task.awaited != 0),
    ).where(of_accounts(keys), Task.validation_status == VALID)
    issued, last, still_open = db.execute(query).one()
    return issued, last, still_open


def drafts(db: Session, keys: Sequence[int]) -> Sequence[Any]:
    """Return the documents that are not issued."""
    query = select(Task.id, Task.name, Task.date, Task.type_).where(
        of_accounts(keys), Task.validation_status != VALID
    )
    return db.execute(query.order_by(Task.date, Task.id)).all()
