"""What the lists of all sales documents have in common."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, select

from endi_like.grids.core import Grid
from endi_like.grids.parts import (
    Bound,
    Column,
    Filter,
    Linked,
    Reference,
    Search,
    Tick,
    status_choice,
)
from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.node import Node
from endi_like.models.people import Company
from endi_like.models.projects import Business
from endi_like.models.sales import Task
from endi_like.naming import without_company
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import State
from endi_like.workflow.validation import VALIDATION

TASK = Task.__table__.c
BUSINESS = Business.__table__.c
IN_THE_BIN = select(Node.id).where(Node.deleted_at.is_not(None))


class TaskGrid(Grid):
    """The documents of one kind that the user may view; ``own_filters`` are its own."""

    default_sort = "-date"
    printed = True
    bulk = (
        VALIDATION.actions["validate"],
        VALIDATION.actions["submit"],
    )
    own_filters: ClassVar[tuple[Filter, ...]] = ()

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        kind = self.model
        self.filters = (
            Search("q", _("Number, subject or customer"), TASK.search_key),
            Bound("from", _("From"), TASK.date, "day", least=True),
            Bound("to", _("To"), TASK.date, "day", least=False),
            Reference("company", _("Company"), kind.company_id, "companies"),
            Reference("customer", _("Customer"), TASK.account_id, "customers"),
            Reference("project", _("Project"), TASK.project_id, "projects"),
            Linked(
                "type",
                _("Business type"),
                BUSINESS.business_type_id,
                "business-types",
                own=BUSINESS.id,
                id=TASK.business_id,
            ),
            status_choice(VALIDATION, kind),
            *self.own_filters,
            Bound("min", _("Total from"), TASK.ttc, "money", least=True),
            Bound("max", _("Total to"), TASK.ttc, "money", least=False),
            Tick("bin", _("In the bin"), lambda: TASK.id.in_(IN_THE_BIN)),
        )
        self.columns = (
            Column(
                "number",
                _("Number"),
                (TASK.official_number,),
                sort=TASK.number_key,
                link=True,
                under=TASK.internal_number,
                under_label=_("Internal number"),
                brief=without_company,
            ),
            Column("date", _("Date"), (TASK.date,), kind="day", sort=TASK.date),
            Column("company", _("Company"), (Company.name,), wide=True),
            Column(
                "customer",
                _("Customer"),
                (CreditAccount.name,),
                sort=CreditAccount.sort_name,
                under=kind.name,
                under_label=_("Subject"),
            ),
            Column(
                "status",
                _("Status"),
                self.status_columns,
                show=partial(self.states, today),
                kind="states",
            ),
            money_column("ht", _("Excl. VAT"), TASK.ht, wide=True),
            money_column("ttc", _("Incl. VAT"), TASK.ttc, wide=True),
        )

    @property
    def status_columns(self) -> tuple[Any, ...]:
        """Return what the states are said of."""
        return (TASK.validation_status,)

    @staticmethod
    def states(_today: dt.date, validation: str, *_of_kind: Any) -> list[State]:
        """Return the states worth saying in a list, on a day.

        A method of the grid would have grid and columns hold one another.
        """
        return [VALIDATION.states[validation]]

    @property
    def counted_in(self) -> Any:
        """Leave the node out: what lists ask of it is in the table of the task too."""
        return Task.__table__.join(self.model.__table__)

    @property
    def key(self) -> Any:
        """Return the id in the table of the date, as their index has both."""
        return TASK.id

    @property
    def turn(self) -> tuple[Any, ...]:
        """Return the order of the dates: it is that of the numbers too."""
        return TASK.date, TASK.id

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join company and customer."""
        kind = self.model
        return (
            query.select_from(kind)
            .join(Company, kind.company_id == Company.id)
            .join(CreditAccount, TASK.account_id == CreditAccount.id)
        )

    def counted_by(self, params: Any) -> tuple[ColumnElement[Any], ...]:
        """Return the order of the indexes."""
        return TASK.date.desc(), TASK.id.desc()

    def matching(self, params: Any, query: Select[Any]) -> Select[Any]:
        """Leave out the bin, unless it is what is asked for."""
        query = super().matching(params, query)
        if params.get("bin") == "1":
            return query
        return query.where(TASK.deleted_at.is_(None))


def money_column(
    name: str, label: str, expression: Any, *, sort: Any = None, wide: bool = False
) -> Column:
    """Return a column of amounts, added up below, sorted by what is indexed."""
    return Column(
        name,
        label,
        (expression,),
        kind="money",
        sort=expression if sort is None else sort,
        wide=wide,
        total=True,
    )
