"""Bank accounts of entities: where the organisation wants it, a second person agrees.

An account counts from ``approved_at`` on: at once where nobody has to agree, and then
``approved_by`` is nobody.  Another number, or another bank, is nobody's approved one.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Any, TypeAlias

from sqlalchemy import update
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import Entity, EntityBankAccount
from endi_like.models.notifications import Notification
from endi_like.services.beside import Signature
from endi_like.services.notifications import events
from endi_like.services.notifications.documents import name_of_actor
from endi_like.services.notifications.telling import happened, tell
from endi_like.services.organisation import founded
from endi_like.services.rights.asking import insiders
from endi_like.text import compact
from endi_like.workflow.errors import Done, Refused

Waiting: TypeAlias = AbstractSet[tuple[int, str]]
"""Accounts that nobody has agreed to: their ids and numbers."""

OWN = _("You have entered this bank account yourself: somebody else has to approve it.")
NOT_ASKED = _("Bank accounts are not approved here: they count at once.")
ALREADY = _("It is approved already.")


def enter(
    db: Session, account: EntityBankAccount, iban: str, bic: str, actor_id: int | None
) -> None:
    """Write the number and the bank of an account, in somebody's name.

    The same number with other blanks is the same account.
    """
    there = (account.iban or "", account.bic or "")
    same = [compact(one) for one in there] == [compact(one) for one in (iban, bic)]
    account.iban, account.bic = iban, bic
    if same:
        return
    account.entered_by_id, account.approved_by_id = actor_id, None
    asked = founded(db).approve_bank_accounts
    account.approved_at = None if asked else db.info["clock"]()


def counts(db: Session, account: EntityBankAccount) -> bool:
    """Tell whether money may go to an account."""
    return bool(account.approved_at) or not founded(db).approve_bank_accounts


def approve(db: Session, account: EntityBankAccount, by: Signature) -> None:
    """Agree to what somebody else has entered; raise ``Refused`` if it is one's own."""
    if not founded(db).approve_bank_accounts:
        raise Refused(NOT_ASKED)
    if account.approved_at:
        raise Done(ALREADY)
    if account.entered_by_id == by.actor_id:
        raise Refused(OWN)
    account.approved_by_id, account.approved_at = by.actor_id, by.at
    db.flush()
    if not waiting(account.entity):
        waits_no_more(db, account.entity, by)


def waiting(entity: Entity) -> Waiting:
    """Return the accounts of an entity that nobody has agreed to."""
    return {
        (one.id, compact(one.iban))
        for one in entity.bank_accounts
        if not one.approved_at
    }


def tell_waiting(db: Session, entity: Entity, before: Waiting, by: Signature) -> None:
    """Tell those who may approve of accounts that did not wait before."""
    if not founded(db).approve_bank_accounts or waiting(entity) <= before:
        return
    people = insiders(db, None)
    news = happened(
        events.BANK_ACCOUNT,
        entity,
        by.at,
        by.actor_id,
        actor=name_of_actor(db, by.actor_id, people),
        record=entity.name,
    )
    concerned = [one for one in people if news.event.is_for(one, entity, frozenset())]
    tell(db, news, concerned)


def waits_no_more(db: Session, entity: Entity, by: Signature) -> None:
    """Have those read it who were told that an account waits for them."""
    table: Any = Notification.__table__
    told = update(table).where(
        table.c.collection == "contacts",
        table.c.record_id == entity.id,
        table.c.event == events.BANK_ACCOUNT,
        table.c.read_at.is_(None),
    )
    db.connection().execute(told.values(read_at=by.at))
