"""Of no estimation more than all of it is invoiced."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from endi_like.models.estimations import Estimation
from endi_like.models.sales import CancelInvoice, Deduction, Invoice, Task
from endi_like.services.filling import invoiced
from endi_like.services.invariants.reading import some_at_once
from endi_like.workflow.signature import is_given_up
from endi_like.workflow.validation import is_valid

INVOICES = selectinload(Estimation.invoices)
READ = (
    INVOICES.selectinload(Invoice.credit_notes).selectinload(CancelInvoice.vat_totals),
    INVOICES.selectinload(Invoice.deductions),
    INVOICES.selectinload(Invoice.progress),
    INVOICES.selectinload(Invoice.vat_totals),
)


def too_much_invoiced(db: Session) -> Iterator[str]:
    """Yield a sentence for each estimation whose invoices are not parts of it.

    Three things hold whatever people do.  What is validated comes to no more than the
    estimation, credit notes taken off; by progress it may until the last invoice, by
    what is taken off at last and what was rounded in every part.  And what an invoice
    deducts is what its invoices and credit notes ask for, so that all together are the
    estimation, to the cent at each rate, where the last was left as it was written.
    Of what was given up nothing is asked for, not even by a draft.
    More does not hold: a last draft may be lowered before it is validated, and a part
    may be taken back afterwards, for goodwill.
    """
    asked = select(Invoice.estimation_id).where(Invoice.estimation_id.is_not(None))
    query = select(Estimation).where(Estimation.id.in_(asked)).options(*READ)
    for several in some_at_once(db, Estimation, query):
        for one in several:
            yield from (f"{one.type_} {one.id}: {said}" for said in objections(one))


def objections(estimation: Estimation) -> Iterator[str]:
    """Yield what is wrong with the invoices of an estimation."""
    valid = [one for one in estimation.living_invoices if is_valid.holds(one)]
    asked = sum((one.due_after_credit for one in valid), Decimal(0))
    is_closed = any(one.deductions for one in valid)
    by_share = not is_closed and any(one.progress for one in valid)
    if estimation.is_beyond(asked, len(valid), by_share=by_share):
        yield "more than all of it is invoiced"
    if is_given_up.holds(estimation) and estimation.counting_invoices:
        yield "it was given up, and is invoiced"
    known = {task.id: task for task in invoiced(estimation) if is_valid.holds(task)}
    for one in valid:
        rows = ((row, known.get(row.source_id or 0)) for row in one.deductions)
        if not all(is_as_asked(row, source) for row, source in rows):
            yield f"what invoice {one.id} deducts is not what was invoiced"


def is_as_asked(row: Deduction, source: Task | None) -> bool:
    """Tell whether a deduction is what its document asks for at that rate."""
    rows = source.vat_totals if source else ()
    asked = [(one.ht, one.tva, one.ttc) for one in rows if one.vat_id == row.vat_id]
    return asked == [(row.ht, row.tva, row.ttc)]
