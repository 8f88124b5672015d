"""The files there are: their columns, and of which contact their rows are."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from endi_like.models.contacts import (
    CLASSES,
    KINDS,
    Address,
    ContactElement,
    CreditAccount,
    Employment,
    Entity,
    EntityBankAccount,
    OtherName,
)
from endi_like.models.contacts.reaching import ADDRESS_CLASSES, ELEMENT_KINDS
from endi_like.models.memos import Memo
from endi_like.models.people import User
from endi_like.services.contacts.importing import cells
from endi_like.services.contacts.importing.columns import (
    Column,
    File,
    day,
    days,
    money,
    percent,
    text,
    texts,
    truth,
)

CONTACTS = "contacts"
ACCOUNTS = "credit_accounts"
USERS = "users"
OWNERS = ("contact", "account")

KEY = Column(cells.key, None, needed=True)
OTHER_KEY = Column(cells.key, None)
COUNTRY = Column(cells.country, into="country")
OWNED = {
    "owner": Column(cells.one_of(OWNERS), needed=True),
    "owner_key": KEY,
}


def files(zone: ZoneInfo) -> Mapping[str, File]:
    """Return every file in the order in which they are read, by name.

    Moments without a zone are those of ``zone``.
    """
    read = cells.moment(zone)
    found = (
        contacts(Column(read, None, into="created_at")),
        File(
            "other_names",
            OtherName,
            {
                "contact_key": KEY,
                "other_name": text(OtherName, "name", needed=True),
            },
            owner="contact_key",
        ),
        employees(),
        File(
            USERS,
            User,
            {"contact_key": KEY, "username": text(User, "login", needed=True)},
            owner="contact_key",
        ),
        accounts(),
        addresses(),
        contact_items(),
        File(
            "notes",
            Memo,
            {
                "note_key": OTHER_KEY,
                **OWNED,
                "subject": text(Memo, "subject"),
                "note": Column(cells.lines(), needed=True, into="text"),
                "created": Column(read, None, into="at"),
                "author": text(Memo, "author_name"),
            },
        ),
        File(
            "bank_accounts",
            EntityBankAccount,
            {
                "bank_key": OTHER_KEY,
                "contact_key": KEY,
                "bic": text(EntityBankAccount, "bic"),
                "iban": text(EntityBankAccount, "iban", needed=True),
                "remark": text(EntityBankAccount, "remark"),
            },
            owner="contact_key",
        ),
    )
    return {one.name: one for one in found}


def contacts(moment: Column) -> File:
    """Return the file of the contacts themselves."""
    columns = {
        "contact_key": KEY,
        "kind": Column(cells.one_of(KINDS), needed=True, into="kind"),
        "marker": text(Entity, "stage"),
        "control_code": text(Entity, "control_code"),
        "name": text(Entity, "trading_name"),
        **texts(
            Entity,
            "legal_name",
            "salutation",
            "first_name",
            "middle_name",
            "last_name",
        ),
        "birthdate": day("birth_date"),
        **texts(Entity, "personal_id", "tax_id"),
        "sales_tax_id": text(Entity, "vat_number"),
        "license_number": text(Entity, "licence_number"),
        "sic_code": text(Entity, "sic_code"),
        "country_code": COUNTRY,
        "created": moment,
        "duplicate_of": Column(str, optional=True),
    }
    return File(CONTACTS, Entity, columns)


def employees() -> File:
    """Return the file of who works, or has worked, for the organisation."""
    columns = {
        "contact_key": KEY,
        "employee_number": text(Employment, "number"),
        "start_date": day("start_date"),
        "end_date": day("end_date"),
        "job_title": text(Employment, "job_title"),
        "is_sales": truth("is_sales"),
        "is_manager": truth("is_manager"),
        "manager_key": Column(cells.key, None, into="manager_key"),
        "ssn": text(Employment, "social_security_number"),
    }
    return File(
        "employees", Employment, columns, owner="contact_key", refers="manager_key"
    )


def accounts() -> File:
    """Return the file of the customer and vendor accounts."""
    columns = {
        "account_key": KEY,
        "contact_key": KEY,
        "account_class": Column(cells.one_of(CLASSES), needed=True, into="class_"),
        "account_number": text(CreditAccount, "number"),
        **texts(CreditAccount, "description", "pay_to_name"),
        "currency": Column(cells.currency, into="currency"),
        "credit_limit": money("credit_limit"),
        "discount_percent": percent("discount"),
        "discount_days": days("discount_days"),
        "terms_days": days("terms_days"),
        "tax_included": truth("tax_included"),
        "threshold": money("threshold"),
        "language_code": text(CreditAccount, "language"),
        **texts(CreditAccount, "business_type", "price_group"),
        "start_date": day("start_date"),
        "end_date": day("end_date"),
        "primary_contact_key": Column(cells.key, None, into="primary_contact_key"),
    }
    return File(
        ACCOUNTS,
        CreditAccount,
        columns,
        owner="contact_key",
        refers="primary_contact_key",
    )


def addresses() -> File:
    """Return the file of the addresses."""
    columns = {
        "address_key": OTHER_KEY,
        **OWNED,
        "address_class": Column(
            cells.one_of(ADDRESS_CLASSES), "billing", into="class_"
        ),
        **texts(Address, "line_one", "line_two", "line_three"),
        **texts(Address, "city", "state", "postal_code"),
        "country_code": COUNTRY,
        "created": Column(cells.day, None),
    }
    return File("addresses", Address, columns)


def contact_items() -> File:
    """Return the file of telephones, mailboxes and the like."""
    columns = {
        "item_key": OTHER_KEY,
        **OWNED,
        "kind": Column(cells.one_of(ELEMENT_KINDS), needed=True, into="kind"),
        "label": text(ContactElement, "label"),
        "value": text(ContactElement, "value", needed=True),
        "description": text(ContactElement, "description"),
    }
    return File("contact_items", ContactElement, columns)
