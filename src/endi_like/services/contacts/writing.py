"""Entities: written whole from the values of a form.

Of others an entity may name, a user need not know all: ``known`` are the ids of those
they do.  The rest is not theirs to change, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import (
    KINDS_OF_ACCOUNTS,
    Address,
    ContactElement,
    CreditAccount,
    Employment,
    Entity,
    EntityBankAccount,
    EntityLink,
    OtherName,
)
from endi_like.models.options import VatRate
from endi_like.models.people import Company, User
from endi_like.services.contacts import approving
from endi_like.services.contacts.accounts import check_same, check_unused
from endi_like.services.contacts.codes import next_code
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.customers import rename_drafts
from endi_like.services.contacts.values import (
    ACCOUNT,
    ADDRESS,
    ELEMENT,
    EMPLOYMENT,
    LINK,
    NAME,
    PLAIN,
)
from endi_like.services.parts import merge, put_plain
from endi_like.workflow.errors import Refused


def write(
    db: Session,
    entity: Entity,
    data: Mapping[str, Any],
    *,
    actor_id: int | None,
    known: frozenset[int] = frozenset(),
) -> None:
    """Write the values of a form; the whole is one change, and one version.

    A part keeps its row when its id is one of the entity's own; what is not among the
    values goes.  Raises ``WrongValues`` for what cannot be so.
    """
    name = entity.name
    with db.no_autoflush:
        check_same(entity, data["accounts"])
        check_unused(db, entity, {one["id"] for one in data["accounts"]})
        put_plain(PLAIN)(entity, data)
        entity.confidential = data.get("confidential", entity.confidential or False)
        code = data["control_code"] or entity.control_code
        entity.control_code = code or next_code(db)
        Writing(db, entity, data, actor_id, known).parts()
        index(entity)
    for account in entity.accounts if entity.id and entity.name != name else ():
        rename_drafts(db, account)


@dataclass
class Writing:
    """The parts of one entity, as they are being written."""

    db: Session
    entity: Entity
    data: Mapping[str, Any]
    actor_id: int | None
    known: frozenset[int]

    def parts(self) -> None:
        """Write every part; accounts first, as addresses are of them."""
        entity, data = self.entity, self.data
        self.read_all()
        entity.other_names = merge(
            entity.other_names, data["other_names"], OtherName, put_plain(NAME)
        )
        entity.accounts = [self.account(one) for one in data["accounts"]]
        entity.addresses = merge(
            entity.addresses, data["addresses"], Address, self.put_address
        )
        entity.elements = merge(
            entity.elements, data["elements"], ContactElement, self.put_element
        )
        entity.bank_accounts = merge(
            entity.bank_accounts,
            data["bank_accounts"],
            EntityBankAccount,
            self.put_bank_account,
        )
        if "employments" in data:
            entity.employments = merge(
                entity.employments, data["employments"], Employment, self.put_employment
            )
        if "people" in data:
            self.people(data["people"])
        if "users" in data:
            entity.users = self.found(User, [one["user_id"] for one in data["users"]])

    def people(self, wanted: Sequence[Mapping[str, Any]]) -> None:
        """Write who belongs there; whom the user may not know of still does."""
        entity = self.entity
        shown = [one for one in entity.people if one.person_id in self.known]
        unseen = [one for one in entity.people if one.person_id not in self.known]
        links = merge(shown, wanted, EntityLink, self.put_link)
        entity.people = [*unseen, *links]

    def read_all(self) -> None:
        """Read what the values point at: a statement for each kind."""
        data = self.data
        persons = [
            *(one["person_id"] for one in data.get("people", ())),
            *(one["manager_id"] for one in data.get("employments", ())),
            *(one["primary_contact_id"] for one in data["accounts"]),
        ]
        self.persons = {one.id: one for one in self.found(Entity, persons)}
        self.check_open()
        companies = [one["company_id"] for one in data["accounts"]]
        self.companies = {one.id: one for one in self.found(Company, companies)}
        taxes = [key for one in data["accounts"] for key in one["taxes"]]
        self.taxes = self.found(VatRate, taxes)
        self.accounts: dict[str, CreditAccount] = {}
        self.stored = {one.id: one for one in self.entity.accounts}

    def check_open(self) -> None:
        """Raise ``Refused`` when an open entity would name a confidential one."""
        hidden = [one for one in self.persons.values() if one.confidential]
        if hidden and not self.entity.confidential:
            sentence = _(
                "“${name}” is known to the social service alone: only a contact that "
                "is confidential too may name them.",
                mapping={"name": hidden[0].name},
            )
            raise Refused(sentence)

    def found(self, model: Any, keys: Sequence[int | None]) -> list[Any]:
        """Return the rows of some ids, in the order of their ids."""
        wanted = {key for key in keys if key is not None}
        if not wanted:
            return []
        query = select(model).where(model.id.in_(wanted)).order_by(model.id)
        return list(self.db.scalars(query))

    def account(self, data: Mapping[str, Any]) -> CreditAccount:
        """Return an account with its values; class and company are for good."""
        account = self.stored.get(data["id"])
        if account is None:
            company = self.companies[data["company_id"]]
            account = KINDS_OF_ACCOUNTS[data["class"]](
                company=company, company_id=company.id
            )
        put_plain(ACCOUNT)(account, data)
        self.aim(account, "primary_contact", data["primary_contact_id"])
        account.taxes = [one for one in self.taxes if one.id in data["taxes"]]
        self.accounts[data["key"]] = account
        return account

    def aim(self, part: Any, name: str, key: int | None) -> None:
        """Have a part name somebody; whom the user may not know of stays."""
        present = getattr(part, f"{name}_id")
        if key is None and present is not None and present not in self.known:
            return
        if key != present:
            setattr(part, name, self.persons.get(key) if key else None)

    def put_owned(self, row: Address | ContactElement, key: str) -> None:
        """Say whose a row is."""
        row.account = self.accounts.get(key)
        row.account_id = row.account.id if row.account else None

    def put_address(self, address: Address, data: Mapping[str, Any]) -> None:
        """Write an address."""
        put_plain(ADDRESS)(address, data)
        address.class_ = data["class"]
        self.put_owned(address, data["account"])

    def put_element(self, element: ContactElement, data: Mapping[str, Any]) -> None:
        """Write a telephone, a mailbox or a site."""
        put_plain(ELEMENT)(element, data)
        self.put_owned(element, data["account"])

    def put_employment(self, employment: Employment, data: Mapping[str, Any]) -> None:
        """Write an employment."""
        put_plain(EMPLOYMENT)(employment, data)
        self.aim(employment, "manager", data["manager_id"])

    def put_link(self, link: EntityLink, data: Mapping[str, Any]) -> None:
        """Write that somebody belongs here."""
        put_plain(LINK)(link, data)
        self.aim(link, "person", data["person_id"])

    def put_bank_account(
        self, account: EntityBankAccount, data: Mapping[str, Any]
    ) -> None:
        """Write an account at a bank; another number is nobody's approved one."""
        approving.enter(self.db, account, data["iban"], data["bic"], self.actor_id)
        account.remark = data["remark"]
