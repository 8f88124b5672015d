"""What ``services.invoiced`` says of estimations, for lists to show and filter by."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    func,
    literal_column,
    or_,
    select,
)

from endi_like.grids.deals import left_of
from endi_like.grids.held import NOTHING
from endi_like.models.estimations import Estimation
from endi_like.models.parts import Deduction
from endi_like.models.sales import Invoice, Task
from endi_like.models.types import Money

TASK = Task.__table__.c
MADE = Invoice.__table__.alias("made")
ASKED = Task.__table__.alias("asked")


def of_its_invoices(value: Any) -> Select[Any]:
    """Select a value of the invoices of an estimation that ask for something."""
    return (
        select(value)
        .join_from(MADE, ASKED, ASKED.c.id == MADE.c.id)
        .where(
            MADE.c.estimation_id == Estimation.id,
            ASKED.c.deleted_at.is_(None),
            left_of(ASKED) != NOTHING,
        )
        .correlate(Estimation.__table__, Task.__table__)
    )


def asked() -> Any:
    """Return what they ask for together, nothing where there are none."""
    return of_its_invoices(func.sum(ASKED.c.due, type_=Money)).scalar_subquery()


def is_closed() -> ColumnElement[bool]:
    """Return the condition that one of them deducts the others."""
    rows = of_its_invoices(literal_column("1"))
    return rows.join(Deduction.__table__, Deduction.task_id == MADE.c.id).exists()


def condition(name: str) -> ColumnElement[bool]:
    """Match estimations of which nothing, a part, all or not all is invoiced."""
    some = of_its_invoices(literal_column("1")).exists()
    if name == "none":
        return ~some
    due, sums = TASK.due, asked()
    is_more = case((due < NOTHING, sums < due), else_=sums > due)
    whole = or_(sums == due, and_(is_more, is_closed()))
    if name == "whole":
        return and_(some, whole)
    return and_(some, ~whole) if name == "in_part" else or_(~some, ~whole)
