"""Customers: written, found again when entered twice, and what they still owe."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, contains_eager

from endi_like.i18n import _
from endi_like.models.contacts import (
    Address,
    ContactElement,
    CreditAccount,
    Customer,
    Entity,
)
from endi_like.models.contacts.reaching import EMAIL, PHONE
from endi_like.models.people import Company
from endi_like.models.sales import Invoice, Task
from endi_like.services.contacts.codes import next_code
from endi_like.services.contacts.copies import (
    first_address,
    first_element,
    first_of,
    index,
)
from endi_like.services.contacts.naming import rename
from endi_like.services.refusals import WrongValues
from endi_like.text import norm, shadow

ENTITY = ("kind", "country", "vat_number", "language")
PLACE = ("attention", "city", "postal_code", "country")
LINES = ("line_one", "line_two", "line_three")
MOST_ALIKE = 200
MOST_SHOWN = 5
LAST = 10
ITSELF = _("No company is a customer of itself: choose another one.")


@dataclass(frozen=True)
class Balance:
    """How much there is between a company and its customer."""

    invoices: int
    to_pay: Decimal
    late: Decimal


def new_customer(db: Session, company: Company) -> Customer:
    """Return an empty customer of a company, not stored yet."""
    entity = Entity(control_code=next_code(db), kind="company", name="")
    return Customer(company=company, company_id=company.id, entity=entity)


def values(account: Customer) -> dict[str, Any]:
    """Return what a form on the customer opens with."""
    entity = account.entity
    place = first_address(entity) or Address(**dict.fromkeys((*PLACE, *LINES), ""))
    return {
        **{name: getattr(entity, name) for name in ("name", *ENTITY)},
        "contact_name": place.attention,
        "address": "\n".join(filter(None, (getattr(place, one) for one in LINES))),
        "postal_code": place.postal_code,
        "city": place.city,
        "email": first_of(entity, EMAIL),
        "phone": first_of(entity, PHONE),
        "number": account.number,
        "active": account.active,
        "internal_company_id": account.internal_company_id,
    }


def write(db: Session, account: Customer, data: Mapping[str, Any]) -> None:
    """Write the values of a form; drafts are found by the new name at once."""
    entity = account.entity
    renamed = account.id is not None and entity.name != data["name"]
    with db.no_autoflush:  # the form is one change, and one version
        for name in ENTITY:
            setattr(entity, name, data[name])
        rename(entity, data["name"])
        write_address(entity, data)
        for kind in (EMAIL, PHONE):
            write_element(entity, kind, data[kind])
        account.number = data["number"]
        account.active = data.get("active", True)
        account.internal_company_id = another(account, data["internal_company_id"])
        index(entity)
    for one in entity.accounts if renamed else ():
        rename_drafts(db, one)


def another(account: Customer, company_id: int | None) -> int | None:
    """Return the company a customer is; raise ``WrongValues`` for its own."""
    if company_id is not None and company_id == account.company_id:
        raise WrongValues(internal_company_id=ITSELF)
    return company_id


def others(
    db: Session, company_id: int | None, present_id: int | None = None
) -> list[Company]:
    """Return which companies of the organisation a customer of a company may be.

    Until it is known whose customer it is, all that are in use.
    """
    query = select(Company).where(or_(Company.active, Company.id == present_id))
    if company_id is not None:
        query = query.where(Company.id != company_id)
    return list(db.scalars(query.order_by(Company.sort_name, Company.id)))


def write_address(entity: Entity, data: Mapping[str, Any]) -> None:
    """Write the one address that the short form asks for."""
    lines = in_three(data["address"])
    place = {
        "attention": data["contact_name"],
        "city": data["city"],
        "postal_code": data["postal_code"],
        "country": data["country"],
        **dict(zip(LINES, lines, strict=True)),
    }
    known = first_address(entity)
    if known is None and any(place[one] for one in place if one != "country"):
        entity.addresses.append(Address(position=0, **place))
    elif known is not None:
        for name, value in place.items():
            setattr(known, name, value)


def in_three(text: str) -> list[str]:
    """Return the lines of an address; what is more than three goes into the third."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    found = [*lines[:2], ", ".join(lines[2:])]
    return (found + [""] * len(LINES))[: len(LINES)]


def write_element(entity: Entity, kind: str, value: str) -> None:
    """Write the one telephone or mailbox that the short form asks for."""
    known = first_element(entity, kind)
    if known is None and value:
        element = ContactElement(kind=kind, value=value, position=len(entity.elements))
        entity.elements.append(element)
    elif known is not None and value:
        known.value = value
    elif known is not None:
        entity.elements.remove(known)


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
) -> list[Customer]:
    """Return the company's customers of the same name or VAT number, ``but`` one."""
    wanted = norm(name)
    likely = [
        Customer.search_key == f" {wanted}",
        Customer.search_key.like(f" {wanted} %"),
    ]
    if vat_number:
        likely.append(Entity.vat_number == vat_number)
    query = (
        select(Customer)
        .join(Customer.entity)
        .where(
            Customer.company_id == company_id,
            Customer.id != (but or 0),
            or_(*likely),
        )
        .options(contains_eager(Customer.entity))
        .order_by(func.length(Customer.name), Customer.id)
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
