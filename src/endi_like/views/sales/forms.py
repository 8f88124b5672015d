"""Each kind of sales document has its form: what is new, and what is changed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import colander
from pyramid.view import view_config

from endi_like.forms.sales import (
    CancelInvoiceSchema,
    EstimationSchema,
    InvoiceSchema,
)
from endi_like.i18n import _
from endi_like.models.estimations import Estimation
from endi_like.models.sales import CancelInvoice, Invoice
from endi_like.permissions import Permission
from endi_like.resources.core import Collection
from endi_like.resources.sales import (
    CancelInvoiceResource,
    EstimationResource,
    InvoiceResource,
    TaskResource,
)
from endi_like.views.forms import form_view
from endi_like.views.sales.form import TEMPLATES, AddTask, EditTask, counted

INVOICE = f"{TEMPLATES}invoice_form.jinja2"
ESTIMATION = f"{TEMPLATES}estimation_form.jinja2"
CREDIT_NOTE = f"{TEMPLATES}cancelinvoice_form.jinja2"
VALID_FOR = dt.timedelta(days=30)
SCHEMAS = {
    Invoice: InvoiceSchema,
    Estimation: EstimationSchema,
    CancelInvoice: CancelInvoiceSchema,
}
"""What is entered of each kind of document."""

TOTALS = {"name": "totals", "request_method": "POST", "renderer": "json"}


@form_view(
    context=Collection,
    holds=Invoice,
    name="add",
    permission=Permission.ADD,
    renderer=INVOICE,
)
class AddInvoice(AddTask):
    """Write a new invoice."""

    schema = InvoiceSchema
    title = _("New invoice")


@form_view(
    context=InvoiceResource, name="edit", permission=Permission.EDIT, renderer=INVOICE
)
class EditInvoice(EditTask):
    """Change an invoice that is not locked."""

    schema = InvoiceSchema
    title = _("Edit the invoice")


@form_view(
    context=Collection,
    holds=Estimation,
    name="add",
    permission=Permission.ADD,
    renderer=ESTIMATION,
)
class AddEstimation(AddTask):
    """Write a new estimation."""

    schema = EstimationSchema
    title = _("New estimation")

    def appstruct(self) -> dict[str, Any]:
        """Open with a month of validity, paid in one go."""
        found = super().appstruct()
        return {
            **found,
            "valid_until": found["date"] + VALID_FOR,
            "deposit": colander.null,
            "equal_parts": 1,
            "payment_display": "all",
        }


@form_view(
    context=EstimationResource,
    name="edit",
    permission=Permission.EDIT,
    renderer=ESTIMATION,
)
class EditEstimation(EditTask):
    """Change an estimation that is not locked."""

    schema = EstimationSchema
    title = _("Edit the estimation")


@form_view(
    context=CancelInvoiceResource,
    name="edit",
    permission=Permission.EDIT,
    renderer=CREDIT_NOTE,
)
class EditCancelInvoice(EditTask):
    """Change a credit note that is not locked; its invoice stays what it is."""

    schema = CancelInvoiceSchema
    title = _("Edit the credit note")


@view_config(context=Collection, holds=Invoice, permission=Permission.ADD, **TOTALS)
@view_config(context=Collection, holds=Estimation, permission=Permission.ADD, **TOTALS)
@view_config(context=TaskResource, permission=Permission.EDIT, **TOTALS)
def totals(context: Any, request: Any) -> Any:
    """Return the totals of a document while it is typed."""
    kind = context.item_class if isinstance(context, Collection) else context
    return counted(context, request, SCHEMAS[kind.model])
