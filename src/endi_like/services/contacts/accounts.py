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
    staying = {one.company_id for one in entity.accounts if one.id in kept}
    left = {one.company_id for one in gone} - staying
    used = {
        *db.scalars(select(Task.account_id).where(Task.account_id.in_(ids))),
        *db.scalars(select(Memo.account_id).where(Memo.account_id.in_(ids))),
    }
    files = select(StoredFile.company_id).where(
        StoredFile.node_id == entity.id, StoredFile.company_id.in_(left)
    )
    filed = set(db.scalars(files))
    for one in gone:
        if one.id in used or one.company_id in filed:
            name = one.number or one.company.name
            sentence = _(
                "Documents, memos or files are kept of the account “${name}”: give it "
                "an end instead of removing it.",
                mapping={"name": name},
            )
            raise WrongValues(accounts=sentence)
