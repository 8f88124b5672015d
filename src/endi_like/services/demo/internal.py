"""Two invoices from one company of the organisation to another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any, NamedTuple

from endi_like.models.contacts import Customer
from endi_like.models.people import Company
from endi_like.models.sales import Invoice
from endi_like.services.contacts import customers
from endi_like.services.demo.fates import InvoiceStory
from endi_like.services.demo.stories import World
from endi_like.services.demo.writing import form_values, write
from endi_like.services.internal import other_side

SEED = 8
UNTAXED = "-1"


class Plan(NamedTuple):
    """Whose it is and for whom, how many days ago, and what it is about."""

    issuer: int
    recipient: int
    ago: int
    subject: str
    line: str
    cost: str
    acknowledged: bool


PLANS = (
    Plan(1, 0, 40, "Traduction du catalogue", "Traduction, prix interne", "420", True),
    Plan(0, 2, 12, "Abri de jardin", "Montage d’un abri de jardin", "610", False),
)


@dataclass
class InternalStory(InvoiceStory):
    """One invoice within the organisation; what is done costs no tax."""

    plan: Plan

    def write(self) -> Invoice:
        """Store the draft, of one line without tax."""
        data = form_values(self.random, self.account, self.options, self.day)
        line = {
            "id": None,
            "description": self.plan.line,
            "cost": Decimal(self.plan.cost),
            "quantity": Decimal(1),
            "unit": "forfait",
            "vat_id": self.options.rates[UNTAXED].id,
            "product": "",
        }
        group = {"id": None, "title": "", "description": "", "lines": [line]}
        plain = {
            "name": self.plan.subject,
            "mode": "ht",
            "groups": [group],
            "discounts": [],
            "post_tax_lines": [],
            "expenses_ht": Decimal(0),
            "expenses_vat_id": None,
        }
        return write(
            self.diary.db, Invoice(company=self.account.company), {**data, **plain}
        )

    def validated(self) -> None:
        """Note when the other company says that it has looked at it."""
        super().validated()
        if self.plan.acknowledged:
            recipient = self.account.internal_company
            assert recipient is not None
            self.next(2, 10, self.people.author(recipient), self.acknowledge)

    def acknowledge(self) -> None:
        """Acknowledge the other side of it."""
        received = other_side(self.diary.db, self.task)
        assert received is not None
        self.diary.transitions.run(
            received, "acknowledge", allowed=lambda _permission: True
        )


def plan_internal(world: World) -> None:
    """Note when each is begun; its chances are its own, and change nothing else."""
    own = World(world.diary, Random(SEED), world.people, world.options)
    companies = world.people.companies
    for plan in PLANS:
        issuer, recipient = companies[plan.issuer], companies[plan.recipient]
        account = account_of(world, issuer, recipient)
        day = world.diary.end.date() - dt.timedelta(days=plan.ago)
        story = InternalStory(own, account, day, "unpaid", plan)
        story.note(0, 8, story.author, story.begin)


def account_of(world: World, company: Company, other: Company) -> Customer:
    """Return the customer that another company is, as its form is filled in."""
    db = world.diary.db
    account = customers.new_customer(db, company)
    data: dict[str, Any] = {
        "kind": "company",
        "name": other.name,
        "country": other.country,
        "vat_number": "",
        "language": "fr",
        "contact_name": other.contact_name,
        "address": other.address,
        "postal_code": other.postcode,
        "city": other.town,
        "email": other.email,
        "phone": other.phone,
        "number": "",
        "internal_company_id": other.id,
    }
    customers.write(db, account, data)
    db.add(account)
    db.flush()
    return account
