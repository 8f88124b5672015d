"""One document of the demonstration, as somebody would fill in the form."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random
from typing import Any, TypeAlias, TypeVar

from sqlalchemy.orm import Session

from endi_like.models.contacts import CreditAccount
from endi_like.models.estimations import DISPLAYS
from endi_like.models.sales import Task
from endi_like.money import to_cents
from endi_like.services import documents
from endi_like.services.demo.catalog import (
    DEPOSITS,
    DISCOUNTS,
    GROUPS,
    ITEMS,
    PARTS,
    SUBJECTS,
    Item,
    language_of,
)
from endi_like.services.demo.options import Options

Terms: TypeAlias = tuple[str, int]
"""The deposit in percent; how many equal parts follow, 0 where they are agreed."""

Document = TypeVar("Document", bound=Task)


def form_values(
    random: Random, account: CreditAccount, options: Options, day: dt.date
) -> dict[str, Any]:
    """Return what somebody types into the form of an invoice for that customer."""
    language = language_of(account.entity.language)
    code = account.company.code
    person = account.entity.kind == "person"
    return {
        "account_id": account.id,
        "date": day,
        "name": random.choice(SUBJECTS[code][language]),
        "mode": "ttc" if person and random.random() < 0.5 else "ht",
        "payment_conditions_id": random.choice(options.conditions).id,
        "due_date": None,
        "address": "",
        "workplace": account.entity.city if random.random() < 0.3 else "",
        "display_units": random.random() < 0.8,
        "groups": groups(random, ITEMS[code][language], GROUPS[language], options),
        "discounts": discounts(random, DISCOUNTS[language]),
        **expenses(random, options),
        "post_tax_lines": post_tax(random, DEPOSITS[language]),
        "mentions": [options.mentions[0].id, *extra_mentions(code, options)],
        "notes": "",
    }


def offer_values(
    random: Random,
    account: CreditAccount,
    options: Options,
    day: dt.date,
    terms: Terms,
) -> dict[str, Any]:
    """Return what somebody types into the form of an estimation.

    Parts that are agreed one by one are typed in once their sum is known.
    """
    data = form_values(random, account, options, day)
    del data["due_date"]
    holds = random.choice((None, 30, 60))
    return {
        **data,
        "post_tax_lines": [],
        "valid_until": day + dt.timedelta(days=holds) if holds else None,
        "deposit": Decimal(terms[0]),
        "equal_parts": terms[1] or 1,
        "instalments": [],
        "payment_display": random.choice(("all", "all", *DISPLAYS)),
    }


def agreed_parts(
    random: Random, due: Decimal, language: str, day: dt.date
) -> list[dict[str, Any]]:
    """Return one or two parts of an amount with their dates, before the balance."""
    labels = PARTS[language][: random.randint(1, 2)]
    return [
        {
            "id": None,
            "label": label,
            "amount": to_cents(due * Decimal("0.2")),
            "date": day + dt.timedelta(days=45 * place),
        }
        for place, label in enumerate(labels, 1)
    ]


def write(db: Session, document: Document, data: dict[str, Any]) -> Document:
    """Store a draft with those values."""
    db.add(document)
    documents.write(db, document, data)
    db.flush()
    return document


def groups(
    random: Random, items: tuple[Item, ...], titles: tuple[str, ...], options: Options
) -> list[dict[str, Any]]:
    """Return one group without a title, or several with."""
    several = random.random() < 0.4
    found = []
    for title in titles[: random.randint(2, 3)] if several else ("",):
        picked = random.sample(items, random.randint(1, min(4, len(items))))
        lines = [line(random, item, options) for item in picked]
        found.append({"id": None, "title": title, "description": "", "lines": lines})
    return found


def line(random: Random, item: Item, options: Options) -> dict[str, Any]:
    """Return a line of the catalog, in one of its quantities."""
    description, unit, cost, rate, quantities = item
    return {
        "id": None,
        "description": description,
        "cost": Decimal(cost),
        "quantity": Decimal(random.choice(quantities)),
        "unit": unit,
        "vat_id": options.rates[rate].id,
        "product": "",
    }


def discounts(random: Random, description: str) -> list[dict[str, Any]]:
    """Return a discount now and then, in percent: it is taken at every rate."""
    if random.random() > 0.15:
        return []
    percent = Decimal(random.choice(("5", "10", "2.5")))
    one = {"id": None, "description": description, "percent": percent}
    return [{**one, "amount": None, "vat_id": None}]


def expenses(random: Random, options: Options) -> dict[str, Any]:
    """Return the flat expenses of some invoices."""
    if random.random() > 0.2:
        return {"expenses_ht": Decimal(0), "expenses_vat_id": None}
    amount = Decimal(random.choice(("12.5", "35", "48.9")))
    return {"expenses_ht": amount, "expenses_vat_id": options.rates["20"].id}


def post_tax(random: Random, label: str) -> list[dict[str, Any]]:
    """Return the deposit that some customers paid before."""
    if random.random() > 0.1:
        return []
    return [{"id": None, "label": label, "amount": Decimal(-random.randint(2, 5))}]


def extra_mentions(code: str, options: Options) -> list[int]:
    """Return the mention that belongs to a trade."""
    extra = {"VENT": options.mentions[1], "JARDIN": options.mentions[2]}
    return [extra[code].id] if code in extra else []
