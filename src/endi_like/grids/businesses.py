"""The list of businesses: what of each is invoiced and paid."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
)

from endi_like.grids.held import HELD, NOTHING, HoldingGrid, listed
from endi_like.grids.parts import (
    Column,
    Linked,
    Reference,
    Search,
    Tick,
    in_full,
    status_choice,
)
from endi_like.grids.projects import PROJECT
from endi_like.i18n import _
from endi_like.models.contacts import CreditAccount
from endi_like.models.estimations import Estimation
from endi_like.models.node import Node
from endi_like.models.options import BusinessType
from endi_like.models.parts import Deduction
from endi_like.models.people import Company
from endi_like.models.projects import Business, Project
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.models.types import Money
from endi_like.services.businesses import GOOD, INVOICED, Figures, health
from endi_like.services.rights.sight import WHAT_ALL_SEE, Sight
from endi_like.workflow.core import State
from endi_like.workflow.projects import DEAL

BUSINESS = Business.__table__.c
TYPE = BusinessType.__table__.c
KIND = Node.__table__.alias("kind")
NOTE = CancelInvoice.__table__.alias("note")
OFFER = Estimation.__table__.alias("offer")
SIGNED = OFFER.c.signed_status

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
    found = health(Figures(agreed=to_invoice, late=late))
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


def sums_of_business(today: dt.date) -> dict[str, Any]:
    """Return what ``services.businesses.figures`` says, for lists to read."""
    offered = in_full("aborted") != SIGNED
    signed = in_full("signed") == SIGNED
    invoiced = KIND.c.type_.in_([in_full(one) for one in INVOICED])
    agreed = summed(HELD.c.ttc, OFFER, signed)
    total = summed(HELD.c.ttc, KIND, invoiced)
    asked = total + granted()
    left = case((agreed > asked, agreed - asked), else_=NOTHING)
    return {
        "estimated": summed(HELD.c.ttc, OFFER, offered),
        "agreed": agreed,
        "invoiced": total,
        "to_invoice": type_coerce(left, Money),
        "to_pay": summed(HELD.c.awaited, KIND, invoiced),
        "late": summed(
            HELD.c.awaited, KIND, and_(invoiced, HELD.c.due_date < literal(today, Date))
        ),
    }


def granted() -> Any:
    """Return what credit notes took back for good of what still asks for something."""
    credited = Task.__table__.alias()
    left = (
        select(left_of(credited))
        .where(credited.c.id == NOTE.c.invoice_id)
        .correlate(NOTE)
        .scalar_subquery()
    )
    in_part = type_coerce(left, Money) != NOTHING
    return -summed(HELD.c.ttc, NOTE, and_(in_part, lasts()))


def lasts() -> ColumnElement[bool]:
    """Return the condition that nothing asks again for what a credit note took back.

    It is what ``Estimation.granted`` says: no invoice deducts it, once one of them
    deducts something or they ask for all of it.
    """
    source, sibling = Invoice.__table__.alias(), Invoice.__table__.alias()
    task, row = Task.__table__.alias(), Deduction.__table__.alias()
    made_of = select(source.c.estimation_id).where(source.c.id == NOTE.c.invoice_id)
    estimation = made_of.correlate(NOTE).scalar_subquery()
    valid = task.c.validation_status == in_full("valid")
    siblings = (sibling.c.estimation_id == estimation, valid, left_of(task) != NOTHING)
    deducting: Select[Any] = (
        select(literal_column("1"))
        .join_from(row, sibling, sibling.c.id == row.c.task_id)
        .join(task, task.c.id == sibling.c.id)
        .where(*siblings)
    )
    is_deducted = deducting.where(row.c.source_id == NOTE.c.id).correlate(NOTE).exists()
    asked = (
        select(func.sum(task.c.due, type_=Money))
        .join_from(sibling, task, task.c.id == sibling.c.id)
        .where(*siblings)
    )
    whole = select(task.c.due).where(task.c.id == estimation)
    asks, agreed = (one.correlate(NOTE).scalar_subquery() for one in (asked, whole))
    is_all = case((agreed < NOTHING, asks <= agreed), else_=asks >= agreed)
    is_asked = or_(deducting.correlate(NOTE).exists(), is_all)
    return or_(estimation.is_(None), and_(is_asked, ~is_deducted))


def left_of(task: Any) -> Any:
    """Return what an invoice asks for after its credit notes."""
    note, credit = CancelInvoice.__table__.alias(), Task.__table__.alias()
    taken = (
        select(func.coalesce(func.sum(credit.c.due), NOTHING, type_=Money))
        .join_from(note, credit, credit.c.id == note.c.id)
        .where(
            note.c.invoice_id == task.c.id,
            credit.c.validation_status == in_full("valid"),
        )
        .correlate(task)
        .scalar_subquery()
    )
    return task.c.due + taken


def summed(amount: Any, table: Any, condition: ColumnElement[bool]) -> Any:
    """Return the sum of an amount of the documents of a business that count.

    ``table`` says what they are: its id is that of the document.
    """
    counting = (
        HELD.c.business_id == BUSINESS.id,
        HELD.c.deleted_at.is_(None),
        HELD.c.validation_status == in_full("valid"),
    )
    return (
        select(func.coalesce(func.sum(amount), NOTHING, type_=Money))
        .join_from(HELD, table, table.c.id == HELD.c.id)
        .where(*counting, condition)
        .correlate(Business.__table__)
        .scalar_subquery()
    )
