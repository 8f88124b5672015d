"""The list of invoices."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, select

from endi_like.grids.core import Grid
from endi_like.grids.parts import (
    Bound,
    Choice,
    Column,
    Filter,
    Reference,
    Search,
    Tick,
    in_full,
    status_choice,
)
from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.node import Node
from endi_like.models.people import Company
from endi_like.models.sales import Invoice, Task
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import State
from endi_like.workflow.payment import CLOSURE, PAYMENT
from endi_like.workflow.validation import VALIDATION

TASK = Task.__table__.c
LATE = State("late", _("Late"), "alarm-fill", "bad", help=_("The due date is past."))
OPEN_PAYMENTS = frozenset({"waiting", "paid"})
IN_THE_BIN = select(Node.id).where(Node.deleted_at.is_not(None))
# In full, as the partial indexes have it; of nothing the cell is left empty.
NOTHING = literal_column("0", TASK.awaited.type)
AWAITS_PAYMENT: ColumnElement[bool] = TASK.awaited != NOTHING
AWAITED = func.nullif(TASK.awaited, NOTHING, type_=TASK.awaited.type)
# What is filtered for these awaits nothing: all cells of the column are empty.
AWAITS_NOTHING = {
    "validation_status": VALIDATION.states.keys() - {"valid"},
    "paid_status": PAYMENT.states.keys() - OPEN_PAYMENTS,
}


def paid_condition(name: str) -> ColumnElement[bool]:
    """Match invoices in a state of payment, or in either of the open ones."""
    if name == "open":
        return AWAITS_PAYMENT
    if name in OPEN_PAYMENTS:
        # Not "is this one": PostgreSQL would take it that few of those that await
        # payment are waiting for it, and sort them all.
        others = [in_full(one) for one in OPEN_PAYMENTS if one != name]
        return and_(AWAITS_PAYMENT, Invoice.paid_status.not_in(others))
    settled = Invoice.paid_status == in_full(name)
    return and_(Invoice.validation_status == in_full("valid"), settled)


class InvoiceGrid(Grid):
    """Every invoice the user may view."""

    model = Invoice
    title = _("Invoices")
    default_sort = "-date"
    bulk = (
        VALIDATION.actions["validate"],
        VALIDATION.actions["submit"],
    )
    filters: tuple[Filter, ...] = (
        Search("q", _("Number, subject or customer"), TASK.search_key),
        Bound("from", _("From"), TASK.date, "day", least=True),
        Bound("to", _("To"), TASK.date, "day", least=False),
        Reference("company", _("Company"), Invoice.company_id, "companies"),
        Reference("customer", _("Customer"), TASK.account_id, "customers"),
        status_choice(VALIDATION, Invoice),
        Choice(
            "paid_status",
            PAYMENT.label,
            {
                "open": _("Waiting or partly paid"),
                **{state.name: state.label for state in PAYMENT.states.values()},
            },
            paid_condition,
        ),
        Bound("min", _("Total from"), TASK.ttc, "money", least=True),
        Bound("max", _("Total to"), TASK.ttc, "money", least=False),
    )
    views = (
        (_("All"), {}),
        (_("To validate"), {"validation_status": "wait"}),
        (_("To be paid"), {"paid_status": "open"}),
        (_("Late"), {"late": "1"}),
        (_("Drafts"), {"validation_status": "draft"}),
    )

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        self.filters = (
            *type(self).filters,
            Tick("late", _("Late only"), self.late),
            Tick("bin", _("In the bin"), lambda: TASK.id.in_(IN_THE_BIN)),
        )
        self.columns = (
            Column(
                "number",
                _("Number"),
                (TASK.official_number,),
                sort=TASK.number_key,
                link=True,
            ),
            Column("date", _("Date"), (TASK.date,), kind="day", sort=TASK.date),
            Column("company", _("Company"), (Company.name,), wide=True),
            Column(
                "customer",
                _("Customer"),
                (CreditAccount.name,),
                sort=CreditAccount.sort_name,
                under=Invoice.name,
                under_label=_("Subject"),
            ),
            Column(
                "status",
                _("Status"),
                (
                    TASK.validation_status,
                    Invoice.paid_status,
                    Invoice.closure_status,
                    TASK.due_date,
                ),
                show=self.states,
                kind="states",
            ),
            money_column("ht", _("Excl. VAT"), TASK.ht, wide=True),
            money_column("ttc", _("Incl. VAT"), TASK.ttc, wide=True),
            money_column("to_pay", _("To be paid"), AWAITED, sort=TASK.awaited),
        )

    @property
    def counted_in(self) -> Any:
        """Leave the node out: what lists ask of it is in the table of the task too."""
        return Task.__table__.join(Invoice.__table__)

    @property
    def key(self) -> Any:
        """Return the id in the table of the date, as their index has both."""
        return TASK.id

    def order(self, params: Any) -> tuple[Any, bool]:
        """Return the order; of rows that await nothing, that of the dates instead."""
        key, descending = super().order(params)
        alike = any(params.get(n) in names for n, names in AWAITS_NOTHING.items())
        return (TASK.date if alike and key is TASK.awaited else key), descending

    @property
    def turn(self) -> tuple[Any, ...]:
        """Return the order of the dates: it is that of the numbers too."""
        return TASK.date, TASK.id

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join company and customer."""
        return (
            query.select_from(Invoice)
            .join(Company, Invoice.company_id == Company.id)
            .join(CreditAccount, TASK.account_id == CreditAccount.id)
        )

    def counted_by(self, params: Any) -> tuple[ColumnElement[Any], ...]:
        """Return the order of the indexes, of late invoices the one of their index."""
        day = TASK.due_date if params.get("late") == "1" else TASK.date
        return day.desc(), TASK.id.desc()

    def matching(self, params: Any, query: Select[Any]) -> Select[Any]:
        """Leave out the bin, unless it is what is asked for."""
        query = super().matching(params, query)
        if params.get("bin") == "1":
            return query
        return query.where(TASK.deleted_at.is_(None))

    def late(self) -> ColumnElement[bool]:
        """Match unpaid invoices past their due date."""
        return and_(AWAITS_PAYMENT, TASK.due_date < self.today)

    def states(
        self, validation: str, paid: str, closure: str, due: dt.date | None
    ) -> list[State]:
        """Return the states worth saying in a list: the one that matters, and late."""
        if validation != "valid":
            return [VALIDATION.states[validation]]
        if closure == "closed":
            return [CLOSURE.states[closure]]
        found = [PAYMENT.states[paid]]
        if paid in OPEN_PAYMENTS and due and due < self.today:
            found.append(LATE)
        return found


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
