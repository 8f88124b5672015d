"""The arithmetic of a sales document: from its lines to what the customer owes.

The one implementation: the page, the PDF, the list, the accounting and the totals
that follow while somebody types all read a :class:`Totals`.

Before tax ("ht") mode: lines stay unrounded, tax is rounded once per rate and the
amount before tax once.  Tax included ("ttc") mode: the unit price before tax follows
the tax doctrine, the tax is what is left, and a missing cent goes to the first rate.
What is settled elsewhere is deducted from the breakdown per rate, in whole cents.
"""

from endi_like.totals.catalogue import Rates, in_mode, per_unit, price_of_cost
from endi_like.totals.compute import compute, percent_discount
from endi_like.totals.credit import credit_lines, credit_note
from endi_like.totals.document import (
    Amounts,
    Deduction,
    Discount,
    Document,
    Expenses,
    Line,
    Mode,
    RateTotal,
    Totals,
)
from endi_like.totals.generation import balance, part
from endi_like.totals.progress import of_groups, progress_invoice, remaining
from endi_like.totals.refusal import Place, TooMuch
from endi_like.totals.schedule import (
    Schedule,
    deposit,
    equal_schedule,
    manual_schedule,
)
from endi_like.totals.vat import (
    VatRate,
    ht_of_ttc,
    no_vat,
    tva_of_ht,
    tva_of_ttc,
    unit_ht,
)

__all__ = [
    "Amounts",
    "Deduction",
    "Discount",
    "Document",
    "Expenses",
    "Line",
    "Mode",
    "Place",
    "RateTotal",
    "Rates",
    "Schedule",
    "TooMuch",
    "Totals",
    "VatRate",
    "balance",
    "compute",
    "credit_lines",
    "credit_note",
    "deposit",
    "equal_schedule",
    "ht_of_ttc",
    "in_mode",
    "manual_schedule",
    "no_vat",
    "of_groups",
    "part",
    "per_unit",
    "percent_discount",
    "price_of_cost",
    "progress_invoice",
    "remaining",
    "tva_of_ht",
    "tva_of_ttc",
    "unit_ht",
]
