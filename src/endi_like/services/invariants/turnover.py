"""The turnover of a day is what its validated invoices and credit notes come to."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.models.turnover import DayTurnover

TASK, DAY = Task.__table__.c, DayTurnover.__table__.c
KINDS = (Invoice.__table__, CancelInvoice.__table__)


def wrong_turnovers(db: Session) -> Iterator[str]:
    """Yield a sentence for each day of a company of which something else is kept."""
    day = ("company_id", "date")
    none, kept = (DAY.ht * 0).label("ht"), (-DAY.ht).label("left")
    days = select(*(DAY[name] for name in day), none, kept)
    counted = (
        select(*(TASK[name] for name in day), TASK.ht, TASK.ht)
        .join(kind, kind.c.id == TASK.id)
        .where(TASK.validation_status == "valid")
        for kind in KINDS
    )
    rows = union_all(days, *counted).subquery()
    both = rows.c.company_id, rows.c.date
    query = (
        select(*both, func.sum(rows.c.ht, type_=DAY.ht.type).label("ht"))
        .group_by(*both)
        .having(func.sum(rows.c.left) != 0)
        .order_by(*both)
    )
    for row in db.execute(query):
        said = f"company {row.company_id}, {row.date}"
        yield f"{said}: {row.ht} is not what is kept of it"
