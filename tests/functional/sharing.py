"""A contact of whom two companies know something, for the tests of who sees what."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from endi_like.models.contacts import (
    Address,
    ContactElement,
    CreditAccount,
    Entity,
    EntityBankAccount,
    EntityLink,
    OtherName,
)
from endi_like.models.people import Company
from tests.factories import make_customer, make_entity, make_memo, make_user


class Shared(NamedTuple):
    """The contact, and its account with either company."""

    entity: Entity
    mine: CreditAccount
    theirs: CreditAccount


def shared_contact(db: Session, here: Company, there: Company, *, iban: str) -> Shared:
    """Return a contact with rows of its own and of two companies' accounts."""
    mine = make_customer(db, here, name="Scierie Le Gall", number="MINE-1")
    entity = mine.entity
    theirs = make_customer(db, there, entity, number="THEIRS-1")
    entity.addresses = [
        Address(line_one="Own Street", country="FR", position=0),
        Address(line_one="Mine Street", country="FR", position=1, account=mine),
        Address(line_one="Theirs Street", country="FR", position=2, account=theirs),
    ]
    entity.elements = [
        ContactElement(kind="phone", value="+33 1 OWN", position=0),
        ContactElement(kind="email", value="theirs@x.example", account=theirs),
    ]
    entity.other_names = [OtherName(kind="short", name="SLG")]
    entity.bank_accounts = [EntityBankAccount(iban=iban)]
    person = make_entity(db, name="Nolwenn Behind", kind="person")
    entity.people = [EntityLink(person=person, function="Boss")]
    db.flush()
    author = make_user(db, name="Ada")
    make_memo(db, entity, author, subject="Own subject", text="Own memo")
    for account, text in ((mine, "Mine memo"), (theirs, "Theirs memo")):
        columns = {"company_id": account.company_id, "account_id": account.id}
        make_memo(db, entity, author, text=text, **columns)
    return Shared(entity, mine, theirs)
