"""Mails and notifications that speak of an entity, and how they are forgotten."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.orm import Session

from endi_like.models.contacts import CreditAccount, Entity
from endi_like.models.mail import MailAttachment, OutgoingMail
from endi_like.models.notifications import Notification
from endi_like.models.sales import Task
from endi_like.services.contacts.personal import addresses_of, of_accounts, to_them
from endi_like.services.rights.tables import DOCUMENTS
from endi_like.workflow.mail import AGAIN

NOTHING = dict.fromkeys(
    ("recipient", "recipient_name", "search_key", "subject", "text", "hidden", "error"),
    "",
)


def forget_mails(db: Session, entity: Entity) -> None:
    """Empty the mails that were sent, and drop those that were not.

    That one was sent, when, and what became of it stays.
    """
    theirs = to_them([entity.id], addresses_of(entity))
    keys = list(db.scalars(select(OutgoingMail.id).where(theirs)))
    if not keys:
        return
    told = Notification.collection == "mails", Notification.record_id.in_(keys)
    db.execute(delete(Notification).where(*told))
    db.execute(delete(MailAttachment).where(MailAttachment.mail_id.in_(keys)))
    table: Any = OutgoingMail.__table__
    mine = table.c.id.in_(keys)
    db.execute(delete(OutgoingMail).where(mine, table.c.state.in_(AGAIN)))
    emptied = update(table).where(mine).values(version=table.c.version + 1, **NOTHING)
    db.connection().execute(emptied)


def forget_told(db: Session, entity: Entity) -> None:
    """Drop what people were told: the sentences name the entity."""
    mine = select(CreditAccount.id).where(CreditAccount.entity_id == entity.id)
    papers = select(Task.id).where(of_accounts([entity.id]))
    places: list[tuple[str, Any]] = [("contacts", [entity.id]), ("customers", mine)]
    places += [(name, papers) for name in DOCUMENTS.values()]
    where = or_(
        *(
            and_(Notification.collection == name, Notification.record_id.in_(keys))
            for name, keys in places
        )
    )
    db.execute(delete(Notification).where(where))
