"""All that is kept on an entity, as plain values: for whoever asks what is known.

Others whom the entity names, and where it belongs, are told as far as the reader may
know of them.  Private memos are their authors' own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Executable, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import (
    CreditAccount,
    Entity,
    EntityAlias,
    EntityLink,
    EntityMerge,
)
from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.models.history import FieldChange
from endi_like.models.mail import OutgoingMail
from endi_like.models.memos import Memo
from endi_like.models.people import Company, User
from endi_like.models.sales import Task
from endi_like.services.contacts.sheets import Sheet, sheet
from endi_like.services.contacts.values import (
    ACCOUNT,
    ADDRESS,
    BANK,
    ELEMENT,
    EMPLOYMENT,
    LINK,
    NAME,
    PLAIN,
)

Kept: TypeAlias = dict[str, list[dict[str, Any]]]
"""Rows by their kind, in the order in which they are told."""

ACCOUNT_CALLED: Any = func.trim(
    func.coalesce(Company.code + " " + CreditAccount.number, "")
).label("account")
STATE = ("name", "control_code", "created_at", "updated_at", "anonymised_at")
EMAIL = "email"


def everything(db: Session, entity: Entity, scope: ColumnElement[bool]) -> Kept:
    """Return all that is kept on an entity, and on those that were merged into it.

    ``scope`` are the entities the reader may view.
    """
    seen = sheet(db, entity, scope, None)
    keys = [entity.id, *merged_into(db, entity.id)]
    return {
        **own_rows(seen),
        "memos": rows(db, memos(keys)),
        "files": rows(db, files(keys)),
        "documents": rows(db, documents(keys)),
        "mails": rows(db, mails(keys, addresses_of(entity))),
        "earlier_numbers": rows(db, aliases(keys)),
        "merged": rows(db, merged(keys)),
        "history": rows(db, history(keys)),
    }


def rows(db: Session, query: Executable) -> list[dict[str, Any]]:
    """Return the rows of a query by the names of their columns."""
    return [dict(row._mapping) for row in db.execute(query)]


def own_rows(seen: Sheet) -> Kept:
    """Return what is kept in the entity and its own rows."""
    entity, named = seen.entity, {one.id: one for one in seen.accounts}
    return {
        "contact": [values(entity, (*STATE, *PLAIN, "confidential"))],
        "other_names": [values(one, NAME) for one in entity.other_names],
        "addresses": [
            {**whose(one, named), "class": one.class_, **values(one, ADDRESS)}
            for one in seen.addresses
        ],
        "elements": [
            {**whose(one, named), **values(one, ELEMENT)} for one in seen.elements
        ],
        "accounts": [account(one, seen.known) for one in seen.accounts],
        "bank_accounts": [
            {**values(one, BANK), "approved_at": one.approved_at}
            for one in entity.bank_accounts
        ],
        "employments": [
            {
                **values(one, (*EMPLOYMENT, "social_security_number")),
                "manager": name_of(one.manager, seen.known),
            }
            for one in entity.employments
        ],
        "people": [link(one, "person") for one in seen.people],
        "belongs_to": [link(one, "organisation") for one in seen.places],
        "users": [values(one, ("login", "name", "email")) for one in entity.users],
    }


def values(row: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return some attributes of a row."""
    return {name: getattr(row, name) for name in names}


def whose(row: Any, accounts: Mapping[int, CreditAccount]) -> dict[str, Any]:
    """Return of which account a row is: its company and number."""
    found = accounts.get(row.account_id)
    return {"account": found.called if found else ""}


def account(one: CreditAccount, known: frozenset[int]) -> dict[str, Any]:
    """Return a credit account with its company."""
    return {
        "class": one.class_,
        "company": one.company.name,
        **values(one, ACCOUNT),
        "taxes": ", ".join(tax.label for tax in one.taxes),
        "primary_contact": name_of(one.primary_contact, known),
    }


def name_of(other: Entity | None, known: frozenset[int]) -> str:
    """Return what somebody is called, if the reader may know."""
    return other.name if other and other.id in known else ""


def link(one: EntityLink, name: str) -> dict[str, Any]:
    """Return that somebody belongs somewhere."""
    return {name: getattr(one, name).name, **values(one, LINK)}


def addresses_of(entity: Entity) -> list[str]:
    """Return the mailboxes of an entity, as they are compared."""
    return [one.value.lower() for one in entity.elements if one.kind == EMAIL]


def merged_into(db: Session, entity_id: int) -> list[int]:
    """Return who became part of an entity, and of those again."""
    found: list[int] = []
    into = [entity_id]
    while into:
        query = select(EntityMerge.merged_id).where(
            EntityMerge.kept_id.in_(into), EntityMerge.undone_at.is_(None)
        )
        into = [key for key in db.scalars(query) if key not in (entity_id, *found)]
        found += into
    return found


def memos(keys: Sequence[int]) -> Executable:
    """Return the query of the memos that others than their author may read."""
    who = func.coalesce(User.name, Memo.author_name).label("author")
    facts = (Memo.subject, Memo.text, Memo.changed_at, Memo.removed_at)
    return (
        of_account(select(Memo.at, who, *facts, ACCOUNT_CALLED), Memo)
        .outerjoin(User, User.id == Memo.author_id)
        .where(Memo.node_id.in_(keys), ~Memo.private)
        .order_by(Memo.at, Memo.id)
    )


def of_account(query: Select[Any], kept: Any) -> Select[Any]:
    """Join the accounts of what is kept, so that it can be said of which each is."""
    known = query.outerjoin(CreditAccount, CreditAccount.id == kept.account_id)
    return known.outerjoin(Company, Company.id == CreditAccount.company_id)


def files(keys: Sequence[int]) -> Executable:
    """Return the query of the files, by their names."""
    columns = ("name", "version", "description", "media_type", "size", "sha256")
    query = select(
        *(getattr(StoredFile, name) for name in columns),
        StoredFile.created_at,
        StoredFile.removed_at,
        ACCOUNT_CALLED,
    )
    return (
        of_account(query, StoredFile)
        .where(StoredFile.node_id.in_(keys), StoredFile.purpose == ATTACHMENT)
        .order_by(StoredFile.id)
    )


def of_accounts(keys: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition on the documents of the entities' accounts."""
    mine = select(CreditAccount.id).where(CreditAccount.entity_id.in_(keys))
    return Task.account_id.in_(mine)


def documents(keys: Sequence[int]) -> Executable:
    """Return the query of the documents: number, day, amount, and for which address."""
    columns = ("name", "date", "due_date", "ht", "tva", "ttc", "address")
    return (
        select(
            Task.type_.label("kind"),
            Task.official_number.label("number"),
            *(getattr(Task, name) for name in columns),
            Task.validation_status.label("state"),
        )
        .where(of_accounts(keys))
        .order_by(Task.date, Task.id)
    )


def to_them(keys: Sequence[int], mailboxes: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition on the mails about entities, or sent to their mailboxes."""
    about = OutgoingMail.node_id.in_(keys)
    papers = OutgoingMail.node_id.in_(select(Task.id).where(of_accounts(keys)))
    sent = and_(
        OutgoingMail.node_id.is_(None),
        OutgoingMail.user_id.is_(None),
        func.lower(OutgoingMail.recipient).in_(mailboxes),
    )
    return or_(about, papers, sent)


def mails(keys: Sequence[int], mailboxes: Sequence[str]) -> Executable:
    """Return the query of the mails, without what must be read by nobody else."""
    said = func.replace(OutgoingMail.text, OutgoingMail.hidden, "…").label("text")
    return (
        select(
            OutgoingMail.created_at,
            OutgoingMail.sent_at,
            OutgoingMail.recipient,
            OutgoingMail.recipient_name,
            OutgoingMail.subject,
            said,
            OutgoingMail.state,
        )
        .where(to_them(keys, mailboxes))
        .order_by(OutgoingMail.id)
    )


def aliases(keys: Sequence[int]) -> Executable:
    """Return the query of the codes and numbers of before."""
    query = select(EntityAlias.kind, EntityAlias.value)
    return query.where(EntityAlias.entity_id.in_(keys)).order_by(EntityAlias.id)


def merged(keys: Sequence[int]) -> Executable:
    """Return the query of those that became part of the entity."""
    return (
        select(Entity.name, Entity.control_code, EntityMerge.at)
        .join(EntityMerge, EntityMerge.merged_id == Entity.id)
        .where(EntityMerge.kept_id.in_(keys), EntityMerge.undone_at.is_(None))
        .order_by(EntityMerge.id)
    )


def history(keys: Sequence[int]) -> Executable:
    """Return the query of every change: who, when, what it was and what it became."""
    names = ("what", "row", "field", "before", "after")
    return (
        select(
            FieldChange.at,
            func.coalesce(User.name, "").label("who"),
            *(getattr(FieldChange, name) for name in names),
        )
        .outerjoin(User, User.id == FieldChange.actor_id)
        .where(FieldChange.node_id.in_(keys))
        .order_by(FieldChange.at, FieldChange.id)
    )
