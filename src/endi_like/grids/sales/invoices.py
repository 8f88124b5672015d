"""The list of invoices, with the credit notes that take them back."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Select, and_, exists, func, literal_column, select
from sqlalchemy.orm import selectin_polymorphic

from endi_like.grids.parts import (
    Choice,
    Column,
    Filter,
    Tick,
    in_full,
)
from endi_like.grids.sales.tasks import TASK, TaskGrid, money_column
from endi_like.i18n import _
from endi_like.models.node import Node
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import State
from endi_like.workflow.payment import CLOSURE, PAYMENT
from endi_like.workflow.validation import VALIDATION

NODE = Node.__table__.c
INVOICE = Invoice.__table__.c
KINDS = {"invoice": _("Invoices"), "cancelinvoice": _("Credit notes")}
"""What is listed, by the ``type_`` of its node."""

CREDIT_NOTE = State(
    "cancelinvoice",
    _("Credit note"),
    "arrow-return-left",
    "mute",
    help=_("It takes back what an invoice asks for."),
)
LATE = State("late", _("Late"), "alarm-fill", "bad", help=_("The due date is past."))
OPEN_PAYMENTS = frozenset({"waiting", "paid"})
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
        return and_(AWAITS_PAYMENT, INVOICE.paid_status.not_in(others))
    settled = INVOICE.paid_status == in_full(name)
    return and_(TASK.validation_status == in_full("valid"), settled)


def kind_condition(name: str) -> ColumnElement[bool]:
    """Match the documents of one kind: there are few credit notes, many invoices.

    Those are found by their own table; of the rest it is said that they are no others.
    """
    if name == "cancelinvoice":
        return TASK.id.in_(select(CancelInvoice.__table__.c.id))
    return is_none_of(CancelInvoice.__table__)


def is_none_of(table: Any) -> ColumnElement[bool]:
    """Match what is not of the kind of a table.

    "Is of this kind" would have SQLite begin with all nodes and sort them, and cost
    PostgreSQL, which counts up to a thousand rows, a look into the node of each.
    """
    return ~exists().where(table.c.id == TASK.id)


class InvoiceGrid(TaskGrid):
    """Every invoice and every credit note the user may view, together."""

    model = Task
    of = Invoice
    kind = NODE.type_
    loading = (selectin_polymorphic(Task, [Invoice, CancelInvoice]),)
    title = _("Invoices")
    own_filters: ClassVar[tuple[Filter, ...]] = (
        Choice("kind", _("Kind"), KINDS, kind_condition),
        Choice(
            "paid_status",
            PAYMENT.label,
            {
                "open": _("Waiting or partly paid"),
                **{state.name: state.label for state in PAYMENT.states.values()},
            },
            paid_condition,
        ),
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
            *self.filters,
            Tick("late", _("Late only"), partial(self.late, today)),
            Tick("in_time", _("Not late yet"), partial(self.in_time, today)),
        )
        self.columns = (
            *self.columns,
            money_column("to_pay", _("To be paid"), AWAITED, sort=TASK.awaited),
        )

    @property
    def status_columns(self) -> tuple[Any, ...]:
        """Return what the states are said of."""
        return (
            TASK.validation_status,
            INVOICE.paid_status,
            INVOICE.closure_status,
            TASK.due_date,
        )

    @property
    def limits(self) -> tuple[ColumnElement[bool], ...]:
        """Leave out the other kinds of documents."""
        kinds = Task.__mapper__.self_and_descendants
        others = [
            is_none_of(kind.local_table)
            for kind in kinds
            if kind.class_ is not Task and kind.polymorphic_identity not in KINDS
        ]
        return (*super().limits, *others)

    @property
    def counted_in(self) -> Any:
        """Leave the node out, and read how invoices are paid, if that is asked."""
        return Task.__table__.outerjoin(Invoice.__table__, INVOICE.id == TASK.id)

    def joined(self, query: Select[Any]) -> Select[Any]:
        """Join what only invoices have: how they are paid."""
        query = super().joined(query)
        return query.outerjoin(Invoice.__table__, INVOICE.id == TASK.id)

    def order(self, params: Any) -> tuple[Any, bool]:
        """Return the order; of rows that await nothing, that of the dates instead.

        By the due date the first page sorts, and leads here.
        """
        if params.get("sort") == "due":
            return TASK.due_date, False
        key, descending = super().order(params)
        alike = any(params.get(n) in names for n, names in AWAITS_NOTHING.items())
        return (TASK.date if alike and key is TASK.awaited else key), descending

    def counted_by(self, params: Any) -> tuple[ColumnElement[Any], ...]:
        """Return the order of the indexes, of late invoices the one of their index."""
        by_due = "1" in (params.get("late"), params.get("in_time"))
        day = TASK.due_date if by_due else TASK.date
        return day.desc(), TASK.id.desc()

    @staticmethod
    def late(today: dt.date) -> ColumnElement[bool]:
        """Match unpaid invoices past their due date."""
        return and_(AWAITS_PAYMENT, TASK.due_date < today)

    @staticmethod
    def in_time(today: dt.date) -> ColumnElement[bool]:
        """Match unpaid invoices whose due date is still to come."""
        return and_(AWAITS_PAYMENT, TASK.due_date >= today)

    @staticmethod
    def states(today: dt.date, validation: str, *of_kind: Any) -> list[State]:
        """Return the states worth saying in a list: the one that matters, and late."""
        paid, closure, due = of_kind
        if validation != "valid":
            kind = [] if paid else [CREDIT_NOTE]
            return [VALIDATION.states[validation], *kind]
        if not paid:
            return [CREDIT_NOTE]
        if closure == "closed":
            return [CLOSURE.states[closure]]
        found = [PAYMENT.states[paid]]
        if paid in OPEN_PAYMENTS and due and due < today:
            found.append(LATE)
        return found


class DueGrid(InvoiceGrid):
    """The same by the day they are to be paid, which stands instead of their own."""

    default_sort = "due"

    def __init__(
        self, scope: ColumnElement[bool], today: dt.date, sight: Sight = WHAT_ALL_SEE
    ) -> None:
        super().__init__(scope, today, sight)
        day = TASK.due_date
        due = Column("due", _("Due date"), (day,), kind="day", sort=day)
        self.columns = tuple(due if one.name == "date" else one for one in self.columns)
