"""Of no line more than all of it is invoiced by progress."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.estimations import Estimation
from endi_like.models.parts import LineProgress
from endi_like.models.sales import Invoice
from endi_like.services.progress import HUNDRED, done, flat


def too_much_progress(db: Session) -> Iterator[str]:
    """Yield a sentence for each estimation whose invoices ask too much of a line."""
    by_progress = select(LineProgress.task_id)
    asked = select(Invoice.estimation_id).where(Invoice.id.in_(by_progress))
    query = select(Estimation).where(Estimation.id.in_(asked)).order_by(Estimation.id)
    for estimation in db.scalars(query.execution_options(populate_existing=True)):
        if any(one > HUNDRED for one in flat(done(db, estimation))):
            yield f"{estimation.type_} {estimation.id}: more than a line is invoiced"
