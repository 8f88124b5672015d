"""Which machines each kind of sales document goes through."""

from endi_like.workflow.core import Lifecycle
from endi_like.workflow.payment import CLOSURE, PAYMENT
from endi_like.workflow.signature import SIGNATURE
from endi_like.workflow.validation import VALIDATION

TASK = Lifecycle(VALIDATION)
INVOICE = Lifecycle(VALIDATION, PAYMENT, CLOSURE)
CANCELINVOICE = Lifecycle(VALIDATION)
ESTIMATION = Lifecycle(VALIDATION, SIGNATURE)
