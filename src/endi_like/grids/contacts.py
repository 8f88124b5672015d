"""The lists of the directory: entities, their accounts, and customers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select

from endi_like.grids.held import HoldingGrid
from endi_like.grids.page import Row
from endi_like.grids.parts import Column, Reference, Search, Tick
from endi_like.grids.searched import SearchedGrid
from endi_like.i18n import _
from endi_like.models.contacts import (
    CUSTOMER,
    VENDOR,
    CreditAccount,
    Customer,
    Employment,
    Entity,
    EntityUser,
)
from endi_like.models.people import Company
from endi_like.services.contacts.search.sources import ACCOUNTS, ENTITY, Source, part
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import State

CLASSES: Mapping[str, State] = {
    CUSTOMER: State(CUSTOMER, _("Customer"), "cash-coin", "good"),
    VENDOR: State(VENDOR, _("Vendor"), "truck", "info"),
    "employee": State("employee", _("Employee"), "person-vcard", "part"),
    "user": State("user", _("User"), "person-check", "part"),
    "household": State("household", _("Household"), "house-heart"),
    "robot": State("robot", _("Robot"), "robot"),
}
"""What an entity is by the facts, as the list shows it."""

LISTED = CreditAccount.__table__.alias("listed")


def classes(
    customer: bool, vendor: bool, employee: bool, user: bool, kind: str, stage: str
) -> list[State]:
    """Return what an entity is, and what it is marked as besides."""
    facts = {CUSTOMER: customer, VENDOR: vendor, "employee": employee, "user": user}
    found = [CLASSES[name] for name, true in facts.items() if true]
    if kind in CLASSES:
        found.append(CLASSES[kind])
    if stage and stage.lower() not in {state.name for state in found}:
        found.append(State(stage, stage, "tag"))
    return found


class ContactGrid(SearchedGrid):
    """Every entity the user may view."""

    model = Entity
    title = _("Contacts")
    default_sort = "name"

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Read the entities, with what all nodes have."""
        return query.select_from(Entity)

    @property
    def key(self) -> Any:
        """Return the id, as the table of entities alone knows it."""
        return ENTITY.c.id

    def theirs(self, source: Source, *conditions: ColumnElement[bool]) -> Any:
        """Return the condition that an entity has a row of a source one may see."""
        seen = source.seen(self.sight, source.table)
        return exists().where(source.owner == ENTITY.c.id, *seen, *conditions)

    @cached_property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        """Return the columns: what an entity is depends on the accounts one may see."""
        kinds = ACCOUNTS.table.c["class"]
        seen = ACCOUNTS.seen(self.sight, ACCOUNTS.table)
        number = select(func.count()).where(ACCOUNTS.owner == ENTITY.c.id, *seen)
        facts = (
            self.theirs(ACCOUNTS, kinds == CUSTOMER),
            self.theirs(ACCOUNTS, kinds == VENDOR),
            self.theirs(part(Employment, "employed")),
            self.theirs(part(EntityUser, "login")),
        )
        return (
            Column("name", _("Name"), (Entity.name,), sort=Entity.sort_name, link=True),
            Column(
                "control_code",
                _("Control code"),
                (Entity.control_code,),
                sort=Entity.code_key,
                wide=True,
            ),
            Column(
                "classes",
                _("Class"),
                (*facts, Entity.kind, Entity.stage),
                show=classes,
                kind="states",
            ),
            Column("city", _("City"), (Entity.city,), sort=Entity.sort_city),
            Column("phone", _("Phone"), (Entity.phone,)),
            Column("email", _("E-mail"), (Entity.email,), wide=True),
            Column(
                "accounts",
                _("Accounts"),
                (number.scalar_subquery(),),
                kind="count",
                wide=True,
            ),
            Column(
                "created",
                _("Created"),
                (Entity.created_at,),
                show=lambda at: at.date(),
                kind="day",
                sort=Entity.created_at,
                wide=True,
            ),
        )


class AccountGrid(SearchedGrid):
    """Every account of the entities the search finds, that the user may view."""

    model = CreditAccount
    title = _("Accounts")
    default_sort = "name"
    rows = LISTED

    columns = (
        Column("number", _("Number"), (LISTED.c.number,), sort=LISTED.c.number_key),
        Column(
            "class",
            _("Class"),
            (LISTED.c["class"],),
            show=lambda name: [CLASSES[name]],
            kind="states",
        ),
        Column("name", _("Name"), (LISTED.c.name,), sort=LISTED.c.sort_name, link=True),
        Column("company", _("Company"), (Company.name,), wide=True),
        Column("city", _("City"), (ENTITY.c.city,), sort=ENTITY.c.sort_city),
        Column("currency", _("Currency"), (LISTED.c.currency,), wide=True),
        Column("start", _("From"), (LISTED.c.start_date,), kind="day", wide=True),
        Column("end", _("Until"), (LISTED.c.end_date,), kind="day", wide=True),
    )

    @property
    def key(self) -> Any:
        """Return the id of the account."""
        return LISTED.c.id

    @cached_property
    def selected(self) -> list[Any]:
        """Return what a row needs; it is opened by its entity."""
        needs = [need for column in self.columns for need in column.needs]
        return [LISTED.c.id, literal_column("0"), *needs, ENTITY.c.id.label("entity")]

    def _row(self, row: Any) -> Row:
        return super()._row(row)._replace(record=row.entity)

    def listed(self, lead: Any = None) -> Any:
        """Return the tables: accounts and their entities."""
        return super().listed(lead).join(LISTED, LISTED.c.entity_id == ENTITY.c.id)

    def conditions(
        self, params: Mapping[str, str], lead: str
    ) -> list[ColumnElement[bool]]:
        """Leave the accounts one may see; what is asked of accounts, they meet."""
        found = [*super().conditions(params, lead), *self.sight.accounts(LISTED)]
        for one in self.criteria(params):
            found += one.of_account(LISTED.c.id, self.sight)
        return found

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join entity and company."""
        return (
            query.select_from(LISTED)
            .join(ENTITY, LISTED.c.entity_id == ENTITY.c.id)
            .join(Company, LISTED.c.company_id == Company.id)
        )


class CustomerGrid(HoldingGrid):
    """Every customer the user may view."""

    model = Customer
    title = _("Customers")
    kept_in, owner = "account_id", CreditAccount.__table__.c.id
    default_sort = "name"
    views = (
        (_("All"), {}),
        (_("To be paid"), {"unpaid": "1"}),
        (_("Late"), {"late": "1"}),
    )
    columns = (
        Column("name", _("Name"), (Customer.name,), sort=Customer.sort_name, link=True),
        Column("number", _("Number"), (Customer.number,), wide=True),
        Column(
            "company", _("Company"), (Company.name,), sort=Company.sort_name, wide=True
        ),
        Column("postal_code", _("Postcode"), (Entity.postal_code,), wide=True),
        Column("city", _("City"), (Entity.city,), sort=Entity.sort_city),
        Column("email", _("E-mail"), (Entity.email,), wide=True),
        Column("phone", _("Phone"), (Entity.phone,)),
    )

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        self.filters = (
            Search("q", _("Name, number or city"), Customer.search_key),
            Reference("company", _("Company"), Customer.company_id, "companies"),
            *self.by_documents(),
            Tick("inactive", _("No longer used"), lambda: Customer.active.is_(False)),
        )

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join entity and company."""
        return (
            query.select_from(Customer)
            .join(Entity, Customer.entity_id == Entity.id)
            .join(Company, Customer.company_id == Company.id)
        )
