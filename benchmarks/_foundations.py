"""What all documents of a made-up installation point at: people, customers, options."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from benchmarks._rows import (
    COMPANIES,
    CUSTOMERS,
    DAYS,
    NOW,
    RATES,
    customer,
)
from endi_like.text import shadow, sort_key

TOWN, POSTCODE = "Saint-Brieuc", "22000"

PEOPLE = {
    "admin": (1, {"admin"}),
    "manager": (2, {"manager"}),
    "member": (3, set()),
    "auditor": (4, {"auditor"}),
    "other": (5, set()),
}


def foundations() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the rows everything else points at."""
    long_ago = NOW - dt.timedelta(days=DAYS + 100)
    yield (
        "organisation",
        [
            {
                **dict.fromkeys(("address", "postcode", "town", "vat_number"), ""),
                **dict.fromkeys(("registration", "iban", "bic"), ""),
                "id": 1,
                "name": "Coopérative Horizon",
                "country": "FR",
                "currency": "EUR",
                "time_zone": "Europe/Paris",
                "invoice_number_template": "{YYYY}-{SEQYEAR:0>4}",
                "version": 1,
            }
        ],
    )
    yield "user", [person(login, long_ago) for login in PEOPLE]
    yield "company", [company(number) for number in range(1, COMPANIES + 1)]
    yield (
        "membership",
        [
            {
                "user_id": PEOPLE[login][0],
                "company_id": company_id,
                "rights": frozenset(),
                "ceiling": None,
            }
            for login, company_id in (("member", 1), ("other", 2))
        ],
    )
    yield from options()
    accounts = range(1, COMPANIES * CUSTOMERS + 1)
    yield "node", [entity_node(number, long_ago) for number in accounts]
    yield "entity", [entity(number, long_ago) for number in accounts]
    yield "address", [address(number) for number in accounts]
    yield "credit_account", [account(number) for number in accounts]


def person(login: str, long_ago: dt.datetime) -> dict[str, Any]:
    """Return the row of a user."""
    user_id, roles = PEOPLE[login]
    return {
        "id": user_id,
        "login": login,
        "sort_login": sort_key(login),
        "name": login.capitalize(),
        "sort_name": sort_key(login.capitalize()),
        "email": "",
        "password_hash": "",
        "roles": frozenset(roles),
        "language": "fr",
        "active": True,
        "password_changed_at": long_ago,
        "created_at": long_ago,
        "version": 1,
    }


def company(number: int) -> dict[str, Any]:
    """Return the row of an enseigne."""
    return {
        **dict.fromkeys(("contact_name", "address", "postcode", "town"), ""),
        **dict.fromkeys(("phone", "email", "vat_number", "iban", "bic"), ""),
        "id": number,
        "name": f"Enseigne Menuiserie {number}",
        "code": f"E{number}",
        "country": "FR",
        "active": True,
        "version": 1,
    }


def options() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield what documents choose from."""
    common = {"active": True, "version": 1}
    yield (
        "vat_rate",
        [{**rate, **common, "position": rate["id"], "mention": ""} for rate in RATES],
    )
    one = {"id": 1, "position": 1, "default": True, **common}
    yield (
        "payment_conditions",
        [{**one, "label": "30 jours", "days": 30, "end_of_month": False}],
    )
    yield "payment_mode", [{**one, "label": "Virement"}]
    yield "work_unit", [{**one, "label": "h"}]
    yield "mention", [{**one, "label": "Retard", "text": "Tout retard coûte 40 €."}]


def entity_node(number: int, long_ago: dt.datetime) -> dict[str, Any]:
    """Return the node of a customer."""
    return {
        "id": number,
        "type_": "entity",
        "name": customer(number),
        "company_id": None,
        "parent_id": None,
        "created_at": long_ago,
        "updated_at": long_ago,
        "created_by_id": 1,
        "updated_by_id": 1,
        "deleted_at": None,
        "version": 1,
    }


def entity(number: int, long_ago: dt.datetime) -> dict[str, Any]:
    """Return the entry of a customer in the directory."""
    return {
        "id": number,
        "created_at": long_ago,
        "deleted_at": None,
        "kind": "company",
        "control_code": f"E-{number}",
        "code_key": f"e-{number}",
        "trading_name": customer(number),
        "sort_name": sort_key(customer(number)),
        "country": "FR",
        "language": "fr",
        "city": TOWN,
        "sort_city": sort_key(TOWN),
        "postal_code": POSTCODE,
    }


def address(number: int) -> dict[str, Any]:
    """Return where bills of a customer go."""
    return {
        "id": number,
        "entity_id": number,
        "line_one": "3 place Saint-Michel",
        "city": TOWN,
        "postal_code": POSTCODE,
        "country": "FR",
    }


def account(number: int) -> dict[str, Any]:
    """Return a customer of its company."""
    name = customer(number)
    return {
        "id": number,
        "entity_id": number,
        "company_id": (number - 1) // CUSTOMERS + 1,
        "class": "customer",
        "number": f"C{number}",
        "name": name,
        "sort_name": sort_key(name),
        "search_key": shadow(name, TOWN),
        "active": True,
    }
