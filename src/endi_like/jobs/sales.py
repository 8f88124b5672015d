"""Work that follows from moves of sales documents."""

from __future__ import annotations

from endi_like.jobs.core import Work, job
from endi_like.models.sales import Invoice
from endi_like.services.printouts import official


@job("print_invoice")
def print_invoice(work: Work, invoice_id: int) -> None:
    """Store the official PDF of a validated invoice, unless somebody was faster."""
    invoice = work.db.get_one(Invoice, invoice_id)
    official(work.db, work.vault, invoice, work.clock())
