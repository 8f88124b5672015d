"""What users may enter about sales documents.

Names are those of the models' attributes.  A draft needs little, a customer and a
subject; whether a document is complete is asked when it moves on (``Task.lacking``).
"""

from endi_like.forms.sales.documents import CancelInvoiceSchema, InvoiceSchema
from endi_like.forms.sales.duplicates import DuplicateSchema
from endi_like.forms.sales.estimations import EstimationSchema
from endi_like.forms.sales.parts import MOST_LINES
from endi_like.forms.sales.payments import PaymentSchema
from endi_like.forms.sales.progress import ProgressSchema

__all__ = [
    "MOST_LINES",
    "CancelInvoiceSchema",
    "DuplicateSchema",
    "EstimationSchema",
    "InvoiceSchema",
    "PaymentSchema",
    "ProgressSchema",
]
