"""The list of credit notes."""

from __future__ import annotations

from endi_like.grids.sales.tasks import TaskGrid
from endi_like.i18n import _
from endi_like.models.sales import CancelInvoice


class CancelInvoiceGrid(TaskGrid):
    """Every credit note the user may view."""

    model = CancelInvoice
    title = _("Credit notes")
    views = (
        (_("All"), {}),
        (_("To validate"), {"validation_status": "wait"}),
        (_("Drafts"), {"validation_status": "draft"}),
    )
