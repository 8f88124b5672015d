"""The lists of sales documents."""

from endi_like.grids.sales.credits import CancelInvoiceGrid
from endi_like.grids.sales.estimations import EstimationGrid
from endi_like.grids.sales.invoices import InvoiceGrid

GRIDS = (InvoiceGrid, EstimationGrid, CancelInvoiceGrid)

__all__ = ["GRIDS", "CancelInvoiceGrid", "EstimationGrid", "InvoiceGrid"]
