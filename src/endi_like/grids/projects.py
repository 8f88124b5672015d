"""The list of projects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from endi_like.grids.held import HELD, HoldingGrid, listed
from endi_like.grids.parts import (
    Column,
    Linked,
    Reference,
    Search,
    Tick,
    status_choice,
)
from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.people import Company
from endi_like.models.projects import Business, Project, ProjectCustomer
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.projects import ARCHIVING

PROJECT = Project.__table__.c
BUSINESS = Business.__table__.c


class ProjectGrid(HoldingGrid):
    """Every project the user may view."""

    model = Project
    title = _("Projects")
    kept_in, owner = "project_id", PROJECT.id
    default_sort = "code"
    bulk = (ARCHIVING.actions["archive"], ARCHIVING.actions["unarchive"])
    views = (
        (_("Open"), {"archive_status": "open"}),
        (_("All"), {}),
        (_("Archived"), {"archive_status": "archived"}),
    )

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        self.filters = (
            Search("q", _("Code or name"), PROJECT.search_key),
            Reference("company", _("Company"), PROJECT.company_id, "companies"),
            Linked(
                "customer",
                _("Customer"),
                ProjectCustomer.account_id,
                "customers",
                own=ProjectCustomer.project_id,
                id=PROJECT.id,
            ),
            Linked(
                "type",
                _("Business type"),
                BUSINESS.business_type_id,
                "business-types",
                own=BUSINESS.project_id,
                id=PROJECT.id,
                there=BUSINESS.deleted_at.is_(None),
            ),
            status_choice(ARCHIVING, Project),
            *self.by_documents(),
            Tick("bin", _("In the bin"), lambda: PROJECT.deleted_at.is_not(None)),
        )
        self.columns = (
            Column("code", _("Code"), (PROJECT.code,), sort=PROJECT.sort_code),
            Column(
                "name", _("Name"), (Project.name,), sort=PROJECT.sort_name, link=True
            ),
            Column("company", _("Company"), (Company.name,), wide=True),
            Column("customers", _("Customers"), (customers_of_project(),), wide=True),
            Column(
                "documents", _("Documents"), (documents_of_project(),), kind="count"
            ),
            Column(
                "status",
                _("State"),
                (PROJECT.archive_status,),
                show=lambda name: [ARCHIVING.states[name]],
                kind="states",
            ),
        )

    @property
    def counted_in(self) -> Any:
        """Leave the node out: what is filtered by is in the table of projects."""
        return Project.__table__

    @property
    def key(self) -> Any:
        """Return the id in the table of the codes, as their index has both."""
        return PROJECT.id

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join the company."""
        company = Company.id == PROJECT.company_id
        return query.select_from(Project).join(Company, company)

    def counted_by(self, params: Any) -> tuple[ColumnElement[Any], ...]:
        """Return the order of the index of the codes."""
        return PROJECT.sort_code, PROJECT.id

    def matching(self, params: Any, query: Select[Any]) -> Select[Any]:
        """Leave out the bin, unless it is what is asked for."""
        query = super().matching(params, query)
        there = PROJECT.deleted_at.is_(None)
        return query if params.get("bin") == "1" else query.where(there)


def customers_of_project() -> Any:
    """Return the names of the customers of a project, in their order."""
    named = (
        select(CreditAccount.__table__.c.name)
        .join_from(
            ProjectCustomer.__table__,
            CreditAccount.__table__,
            CreditAccount.__table__.c.id == ProjectCustomer.account_id,
        )
        .where(ProjectCustomer.project_id == PROJECT.id)
        .order_by(CreditAccount.__table__.c.sort_name)
    )
    return listed(named.correlate(Project.__table__))


def documents_of_project() -> Any:
    """Return how many documents a project holds."""
    there = HELD.c.project_id == PROJECT.id, HELD.c.deleted_at.is_(None)
    counted = select(func.count()).select_from(HELD).where(*there)
    return counted.correlate(Project.__table__).scalar_subquery()
