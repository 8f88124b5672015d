"""Entities as a form opens with them: plain values, every part with its id.

Of others an entity may name, a user need not know all: ``known`` are the ids of those
they do.
"""

from __future__ import annotations

from typing import Any

from endi_like.models.contacts import Address, ContactElement, CreditAccount, Entity
from endi_like.services.parts import read

PLAIN = (
    "kind",
    "salutation",
    "first_name",
    "middle_name",
    "last_name",
    "legal_name",
    "trading_name",
    "country",
    "language",
    "stage",
    "birth_date",
    "personal_id",
    "tax_id",
    "vat_number",
    "licence_number",
    "sic_code",
)
NAME = ("kind", "name")
ADDRESS = (
    "attention",
    "line_one",
    "line_two",
    "line_three",
    "city",
    "state",
    "postal_code",
    "country",
    "active_from",
    "active_to",
)
ELEMENT = ("kind", "label", "value", "description")
ACCOUNT = (
    "number",
    "description",
    "start_date",
    "end_date",
    "terms_days",
    "credit_limit",
    "active",
    "pay_to_name",
    "currency",
    "language",
    "threshold",
    "discount",
    "discount_days",
    "business_type",
    "price_group",
    "tax_included",
)
EMPLOYMENT = (
    "start_date",
    "end_date",
    "job_title",
    "number",
    "is_sales",
    "is_manager",
)
LINK = ("function", "start_date", "end_date")
BANK = ("iban", "bic", "remark")


def values(entity: Entity, known: frozenset[int]) -> dict[str, Any]:
    """Return what a form on the entity opens with."""
    return {
        **{name: getattr(entity, name) for name in PLAIN},
        "control_code": entity.control_code,
        "confidential": entity.confidential,
        "other_names": [read(one, NAME) for one in entity.other_names],
        "addresses": [
            {**read(one, ADDRESS), "class": one.class_, "account": owner_of(one)}
            for one in entity.addresses
        ],
        "elements": [
            {**read(one, ELEMENT), "account": owner_of(one)} for one in entity.elements
        ],
        "accounts": [account_values(one, known) for one in entity.accounts],
        "bank_accounts": [read(one, BANK) for one in entity.bank_accounts],
        "people": [
            {**read(one, LINK), "person_id": one.person_id}
            for one in entity.people
            if one.person_id in known
        ],
        "employments": [
            {**read(one, EMPLOYMENT), "manager_id": seen(one.manager_id, known)}
            for one in entity.employments
        ],
        "users": [{"user_id": one.id} for one in entity.users],
    }


def owner_of(row: Address | ContactElement) -> str:
    """Return the key of the account whose row it is; none for the entity's own."""
    return str(row.account_id) if row.account_id else ""


def account_values(account: CreditAccount, known: frozenset[int]) -> dict[str, Any]:
    """Return what a form says of an account."""
    return {
        **read(account, ACCOUNT),
        "key": str(account.id),
        "class": account.class_,
        "company_id": account.company_id,
        "primary_contact_id": seen(account.primary_contact_id, known),
        "taxes": [one.id for one in account.taxes],
    }


def seen(key: int | None, known: frozenset[int]) -> int | None:
    """Return whom a part names, if the user may know."""
    return key if key in known else None
