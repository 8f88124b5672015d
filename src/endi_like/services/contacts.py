"""Customers: written, found again when entered twice, and what they still owe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from endi_like.models.contacts import CUSTOMER, CreditAccount, Entity
from endi_like.models.people import Company
from endi_like.models.sales import Invoice, Task
from endi_like.text import norm, shadow

ENTITY = (
    "kind",
    "name",
    "contact_name",
    "address",
    "postcode",
    "town",
    "country",
    "email",
    "phone",
    "vat_number",
    "language",
)
LONGEST_KEY = 600
MOST_ALIKE = 200
MOST_SHOWN = 5
LAST = 10


@dataclass(frozen=True)
class Balance:
    """How much there is between a company and its customer."""

    invoices: int
    to_pay: Decimal
    late: Decimal


def new_customer(company: Company) -> CreditAccount:
    """Return an empty customer of a company, not stored yet."""
    return CreditAccount(
        company=company, company_id=company.id, class_=CUSTOMER, entity=Entity()
    )


def values(account: CreditAccount) -> dict[str, Any]:
    """Return what a form on the customer opens with."""
    found = {name: getattr(account.entity, name) for name in ENTITY}
    return {**found, "number": account.number, "active": account.active}


def write(db: Session, account: CreditAccount, data: Mapping[str, Any]) -> None:
    """Write the values of a form; drafts are found by the new name at once."""
    renamed = account.id is not None and account.entity.name != data["name"]
    for name in ENTITY:
        setattr(account.entity, name, data[name])
    account.number = data["number"]
    account.active = data.get("active", True)
    accounts = accounts_beside(db, account) if account.id is not None else []
    for one in (account, *accounts):
        index(one)
    for one in (account, *accounts) if renamed else ():
        rename_drafts(db, one)


def accounts_beside(db: Session, account: CreditAccount) -> Sequence[CreditAccount]:
    """Return the other accounts of the same row of the directory."""
    query = select(CreditAccount).where(
        CreditAccount.entity_id == account.entity_id, CreditAccount.id != account.id
    )
    with db.no_autoflush:  # the form is one change, and one version
        return db.scalars(query.order_by(CreditAccount.id)).all()


def index(account: CreditAccount) -> None:
    """Write what lists sort and search the customer by."""
    one = account.entity
    account.name = one.name
    key = shadow(one.name, account.number, one.town, one.contact_name, one.postcode)
    account.search_key = key[:LONGEST_KEY]


def rename_drafts(db: Session, account: CreditAccount) -> None:
    """Have drafts be found by the customer's new name; what is validated stays.

    The rows are changed behind the backs of those who edit them now: nothing they
    see changes, so that nobody is to be told that somebody was faster.
    """
    drafts = db.execute(
        select(Task.id, Task.name).where(
            Task.account_id == account.id, Task.validation_status != "valid"
        )
    ).all()
    if not drafts:
        return
    table = Task.__table__
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(
            table.c.id == bindparam("task"),
            table.c.validation_status != "valid",  # somebody may validate it now
        )
        .values(search_key=bindparam("key"))
    )
    db.connection().execute(
        statement,
        [{"task": row.id, "key": shadow(row.name, account.name)} for row in drafts],
    )


def alike(
    db: Session,
    company_id: int,
    *,
    name: str,
    vat_number: str,
    but: int | None = None,
) -> list[CreditAccount]:
    """Return the company's customers of the same name or VAT number, ``but`` one."""
    wanted = norm(name)
    likely = [
        CreditAccount.search_key == f" {wanted}",
        CreditAccount.search_key.like(f" {wanted} %"),
    ]
    if vat_number:
        likely.append(Entity.vat_number == vat_number)
    query = (
        select(CreditAccount)
        .join(CreditAccount.entity)
        .where(
            CreditAccount.company_id == company_id,
            CreditAccount.class_ == CUSTOMER,
            CreditAccount.id != (but or 0),
            or_(*likely),
        )
        .options(contains_eager(CreditAccount.entity))
        .order_by(func.length(CreditAccount.name), CreditAccount.id)
        .limit(MOST_ALIKE)
    )
    return [
        one
        for one in db.scalars(query)
        if norm(one.entity.name) == wanted
        or (vat_number and one.entity.vat_number == vat_number)
    ][:MOST_SHOWN]


def balance(
    db: Session, account_id: int, scope: ColumnElement[bool], today: dt.date
) -> Balance:
    """Return what the customer owes, of the invoices the user may see."""
    owed = func.sum(Invoice.awaited)
    query = select(
        func.count(Invoice.id), owed, owed.filter(Invoice.due_date < today)
    ).where(scope, Invoice.account_id == account_id, Invoice.deleted_at.is_(None))
    count, to_pay, late = db.execute(query).one()
    return Balance(count, to_pay or Decimal(0), late or Decimal(0))


def last_invoices(
    db: Session, account_id: int, scope: ColumnElement[bool]
) -> Sequence[Any]:
    """Return the customer's last invoices that the user may see, the latest first."""
    columns = (
        Invoice.id,
        Invoice.official_number,
        Invoice.name,
        Invoice.date,
        Invoice.due_date,
        Invoice.ttc,
        Invoice.awaited,
        Invoice.validation_status,
        Invoice.paid_status,
        Invoice.closure_status,
    )
    mine = (scope, Invoice.account_id == account_id, Invoice.deleted_at.is_(None))
    query = (
        select(*columns).where(*mine).order_by(Invoice.date.desc(), Invoice.id.desc())
    )
    return db.execute(query.limit(LAST)).all()
