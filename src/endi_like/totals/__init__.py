"""The arithmetic of a sales document: from its lines to what the customer owes.

The one implementation: the page, the PDF, the list, the accounting and the totals
that follow while somebody types all read a :class:`Totals`.

Before tax ("ht") mode: lines stay unrounded, tax is rounded once per rate and the
amount before tax once.  Tax included ("ttc") mode: the unit price before tax follows
the tax doctrine, the tax is what is left, and a missing cent goes to the first rate.
What is settled elsewhere is deducted from the breakdown per rate, in whole cents.
"""

from endi_like.totals.compute import compute, percent_discount
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
    "RateTotal",
    "Totals",
    "VatRate",
    "compute",
    "ht_of_ttc",
    "no_vat",
    "percent_discount",
    "tva_of_ht",
    "tva_of_ttc",
    "unit_ht",
]
