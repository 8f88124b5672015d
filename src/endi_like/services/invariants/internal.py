"""Both sides of what one company of the organisation hands over to another agree."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from endi_like.models.node import Node
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import Task
from endi_like.services.internal import COPIED

HANDED_OVER = ("invoice", "cancelinvoice")
TASK, RECEIVED = Task.__table__.c, SupplierInvoice.__table__.c


def wrong_sides(db: Session) -> Iterator[str]:
    """Yield a sentence for each internal document whose other side is not as it is."""
    fixed = and_(
        TASK.validation_status == "valid",
        TASK.internal_company_id.is_not(None),
        Node.type_.in_(HANDED_OVER),
    )
    tasks = select(Node.id, Node.type_).join(Task.__table__, TASK.id == Node.id)
    sides = func.count(RECEIVED.id)
    lacking = (
        tasks.add_columns(sides)
        .outerjoin(SupplierInvoice.__table__, RECEIVED.source_id == TASK.id)
        .where(fixed)
        .group_by(Node.id, Node.type_)
        .having(sides != 1)
        .order_by(Node.id)
    )
    for task_id, kind, found in db.execute(lacking):
        yield f"{kind} {task_id}: the other company has {found} of it, not one"
    differs = or_(
        RECEIVED.company_id.is_distinct_from(TASK.internal_company_id),
        RECEIVED.issuer_id != TASK.company_id,
        RECEIVED.number.is_distinct_from(TASK.official_number),
        *(RECEIVED[name].is_distinct_from(TASK[name]) for name in COPIED),
    )
    strange = (
        select(RECEIVED.id)
        .join(Task.__table__, TASK.id == RECEIVED.source_id)
        .join(Node.__table__, Node.id == TASK.id)
        .where(or_(differs, ~fixed))
        .order_by(RECEIVED.id)
    )
    for received_id in db.scalars(strange):
        yield f"supplier_invoice {received_id}: it is not what was handed over"
