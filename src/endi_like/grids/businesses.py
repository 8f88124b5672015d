"""The list of businesses: what of each is invoiced and paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    select,
)

from endi_like.grids.deals import BUSINESS, sums_of_business
from endi_like.grids.held import HELD, HoldingGrid, listed
from endi_like.grids.parts import (
    Column,
    Linked,
    Reference,
    Search,
    Tick,
    status_choice,
)
from endi_like.grids.projects import PROJECT
from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.options import BusinessType
from endi_like.models.people import Company
from endi_like.models.projects import Business, Project
from endi_like.services.businesses import GOOD, Figures, health
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import State
from endi_like.workflow.projects import DEAL

TYPE = BusinessType.__table__.c

AMOUNTS = (
    ("estimated", _("Estimated")),
    ("invoiced", _("Invoiced")),
    ("to_invoice", _("To be invoiced")),
    ("to_pay", _("To be paid")),
)
"""The columns of amounts, by what ``sums_of_business`` calls them."""


class BusinessGrid(HoldingGrid):
    """Every business the user may view."""

    model = Business
    title = _("Businesses")
    kept_in, owner = "business_id", BUSINESS.id
    default_sort = "name"
    views = (
        (_("Open"), {"business_status": "open"}),
        (_("All"), {}),
        (_("Late"), {"late": "1"}),
        (_("Closed"), {"business_status": "closed"}),
    )

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        sums = sums_of_business(today)
        self.filters = (
            Search("q", _("Name"), BUSINESS.search_key),
            Reference("company", _("Company"), BUSINESS.company_id, "companies"),
            Reference("project", _("Project"), BUSINESS.project_id, "projects"),
            Reference(
                "type", _("Business type"), BUSINESS.business_type_id, "business-types"
            ),
            Linked(
                "customer",
                _("Customer"),
                HELD.c.account_id,
                "customers",
                own=HELD.c.business_id,
                id=BUSINESS.id,
            ),
            status_choice(DEAL, Business),
            *self.by_documents(),
            Tick("bin", _("In the bin"), lambda: BUSINESS.deleted_at.is_not(None)),
        )
        self.columns = (
            Column(
                "name",
                _("Name"),
                (Business.name,),
                sort=BUSINESS.sort_name,
                link=True,
                under=TYPE.label,
                under_label=_("Business type"),
            ),
            Column("company", _("Company"), (Company.name,), wide=True),
            Column("customer", _("Customer"), (customers_of_business(),)),
            Column("project", _("Project"), (PROJECT.code,), wide=True),
            Column(
                "status",
                _("State"),
                (
                    BUSINESS.business_status,
                    sums["to_invoice"],
                    sums["late"],
                ),
                show=states,
                kind="states",
            ),
            *(money(name, label, sums[name]) for name, label in AMOUNTS),
        )

    @property
    def counted_in(self) -> Any:
        """Leave the node out: what is filtered by is in the table of businesses."""
        return Business.__table__

    @property
    def key(self) -> Any:
        """Return the id in the table of the names, as their index has both."""
        return BUSINESS.id

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join the company, the project and the type."""
        return (
            query.select_from(Business)
            .join(Company, Company.id == BUSINESS.company_id)
            .outerjoin(Project.__table__, PROJECT.id == BUSINESS.project_id)
            .outerjoin(BusinessType.__table__, TYPE.id == BUSINESS.business_type_id)
        )

    def counted_by(self, params: Any) -> tuple[ColumnElement[Any], ...]:
        """Return the order of the index of the names."""
        return BUSINESS.sort_name, BUSINESS.id

    def matching(self, params: Any, query: Select[Any]) -> Select[Any]:
        """Leave out the bin, unless it is what is asked for."""
        query = super().matching(params, query)
        there = BUSINESS.deleted_at.is_(None)
        return query if params.get("bin") == "1" else query.where(there)


def states(status: str, to_invoice: Decimal, late: Decimal) -> list[State]:
    """Return the states of a business: whether it is closed, and how well it goes."""
    found = health(Figures(to_invoice=to_invoice, late=late))
    return [DEAL.states[status], *([] if found is GOOD else [found])]


def money(name: str, label: str, expression: Any) -> Column:
    """Return a column of amounts, added up below."""
    return Column(name, label, (expression,), kind="money", wide=True, total=True)


def customers_of_business() -> Any:
    """Return the names of those the documents of a business are for."""
    named = (
        select(CreditAccount.__table__.c.name)
        .distinct()
        .join_from(
            HELD,
            CreditAccount.__table__,
            CreditAccount.__table__.c.id == HELD.c.account_id,
        )
        .where(HELD.c.business_id == BUSINESS.id, HELD.c.deleted_at.is_(None))
        .order_by(CreditAccount.__table__.c.name)
    )
    return listed(named.correlate(Business.__table__))
