"""Credit accounts: whose numbers are taken, and which have to stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount, Entity
from endi_like.models.files import StoredFile
from endi_like.models.memos import Memo
from endi_like.models.sales import Task
from endi_like.services.refusals import WrongValues

Key: TypeAlias = tuple[int, str, str]
"""What no two accounts share: company, class, number as it is compared."""

FIXED = _(
    "Class and company of an account cannot be changed: end it, and add another one."
)


def taken_numbers(
    db: Session, keys: Sequence[Key], but: Iterable[int] = ()
) -> frozenset[Key]:
    """Return which numbers an account has already, other than those of the ids."""
    if not keys:
        return frozenset()
    found = db.execute(
        select(CreditAccount.company_id, CreditAccount.class_, CreditAccount.number_key)
        .where(CreditAccount.number_key.in_({number for *_rest, number in keys}))
        .where(CreditAccount.id.not_in(list(but)))
    )
    return frozenset(keys) & {(one, two, three) for one, two, three in found}


def check_same(entity: Entity, wanted: Iterable[Mapping[str, Any]]) -> None:
    """Raise ``WrongValues`` when a stored account is to change class or company."""
    stored = {one.id: one for one in entity.accounts}
    for one in wanted:
        account = stored.get(one["id"])
        given = one["class"], one["company_id"]
        if account and (account.class_, account.company_id) != given:
            raise WrongValues(accounts=FIXED)


def check_unused(db: Session, entity: Entity, kept: set[int | None]) -> None:
    """Raise ``WrongValues`` when an account would go that something hangs on."""
    gone = [one for one in entity.accounts if one.id not in kept]
    if not gone:
        return
    ids = [one.id for one in gone]
    naming = (Task.account_id, Memo.account_id, StoredFile.account_id)
    used = {
        key for one in naming for key in db.scalars(select(one).where(one.in_(ids)))
    }
    for one in gone:
        if one.id in used:
            name = one.number or one.company.name
            sentence = _(
                "Documents, memos or files are kept of the account “${name}”: give it "
                "an end instead of removing it.",
                mapping={"name": name},
            )
            raise WrongValues(accounts=sentence)
