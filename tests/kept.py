"""A person of whom everything that can be kept is kept, for the tests of forgetting."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from endi_like.db import Base
from endi_like.models.contacts import (
    Address,
    ContactElement,
    Employment,
    Entity,
    EntityAlias,
    EntityBankAccount,
    EntityLink,
    OtherName,
)
from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.models.memos import Memo
from endi_like.services.contacts.copies import index
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_entity,
    make_invoice,
    make_mail,
    make_memo,
    make_notification,
    make_user,
    stored,
)

PERSONAL = "Zuniqa"
"""What stands in every value that is personal, and nowhere else."""

BIRTH = dt.date(1971, 2, 3)
SHA = "ab" * 32


@dataclass
class Known:
    """The person, and what there is of them."""

    entity: Entity
    account: Any
    issued: Any
    draft: Any
    employer: Entity
    user: Any


def somebody(db: Session) -> Known:
    """Make a person with rows of every kind, a past, papers, memos, files and mails."""
    company = make_company(db, name="Atelier du Vent")
    entity = make_entity(
        db,
        f"{PERSONAL} Old",
        kind="person",
        email=f"{PERSONAL}@example.org",
        phone="+33 2 99 11 22 33",
        place={"line_one": f"1 rue {PERSONAL}", "city": f"{PERSONAL}ville"},
    )
    account = make_customer(db, company, entity, number="C-17")
    account.description = f"Garden of {PERSONAL}"
    account.pay_to_name = PERSONAL
    for name in ("salutation", "first_name", "middle_name", "last_name", "stage"):
        setattr(entity, name, f"{PERSONAL} {name}")
    for name in ("personal_id", "tax_id", "vat_number", "licence_number"):
        setattr(entity, name, f"{PERSONAL}{name}")
    entity.birth_date = BIRTH
    entity.other_names = [OtherName(kind="former", name=f"{PERSONAL} Other")]
    entity.bank_accounts = [EntityBankAccount(iban=f"{PERSONAL}7", remark=PERSONAL)]
    entity.addresses.append(
        Address(account=account, line_one=f"2 {PERSONAL}", country="FR", position=1)
    )
    entity.elements.append(
        ContactElement(
            kind="web", value=f"{PERSONAL}.example", account=account, position=2
        )
    )
    entity.employments = [
        Employment(job_title="Gardener", number="7", social_security_number=PERSONAL)
    ]
    user = make_user(db, name="Somebody Else")
    entity.users = [user]
    index(entity)
    db.flush()
    employer = make_entity(db, "Verger SARL")
    employer.people = [EntityLink(person=entity, function="Director")]
    db.flush()
    employer.people[0].function = "Head"
    account.credit_limit += 500
    entity.addresses[0].line_two = f"next to {PERSONAL}"
    db.flush()
    issued = make_invoice(db, account, status="valid", address=f"{PERSONAL}\nat home")
    draft = make_invoice(db, account, name="Hedge", address=f"{PERSONAL}\nat work")
    draft.address = f"{PERSONAL}\nelsewhere"
    leave_traces(db, entity, account, issued, user)
    return Known(entity, account, issued, draft, employer, user)


def leave_traces(
    db: Session, entity: Any, account: Any, issued: Any, user: Any
) -> None:
    """Write memos, mails and notifications, and name a file and an earlier code."""
    said = {"text": f"Call {PERSONAL}", "subject": PERSONAL}
    make_memo(db, entity, user, **said)
    make_memo(db, account, user, text=f"Secret of {PERSONAL}", private=True)
    for state in ("sent", "waiting"):
        make_mail(
            db,
            node_id=issued.id,
            state=state,
            recipient=f"{PERSONAL}@example.org",
            recipient_name=PERSONAL,
            subject=f"Your invoice, {PERSONAL}",
            text=f"Dear {PERSONAL}",
        )
    make_notification(db, user, issued, text=f'"{PERSONAL} is waiting"')
    stored(
        db, EntityAlias(entity_id=entity.id, kind="control_code", value="X", key="x")
    )
    stored(
        db,
        StoredFile(
            node_id=entity.id,
            purpose=ATTACHMENT,
            name=f"{PERSONAL}.txt",
            media_type="text/plain",
            size=1,
            sha256=SHA,
            created_at=NOW,
        ),
    )


def found_in(db: Session, word: str = PERSONAL) -> set[str]:
    """Return the columns of the whole database in which a word still stands."""
    db.flush()
    return {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if db.execute(
            holding(table.name, column.name), {"like": f"%{word.lower()}%"}
        ).first()
    }


def holding(table: str, column: str) -> Any:
    """Return the query of the rows that hold a word in a column, in any case."""
    return text(
        f'SELECT 1 FROM "{table}" '  # only names of ours
        f'WHERE lower(CAST("{column}" AS TEXT)) LIKE :like LIMIT 1'
    )


def memos_of(db: Session, entity: Entity) -> list[Memo]:
    """Return the memos as they are stored."""
    db.expire_all()
    return list(db.query(Memo).filter_by(node_id=entity.id).order_by(Memo.id))
