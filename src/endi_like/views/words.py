"""How fields, rows and values that the history keeps are called."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from endi_like.i18n import _

FIELDS = {
    "account_id": _("Customer"),
    "active": _("In use"),
    "address": _("Address"),
    "amount": _("Amount"),
    "bank_id": _("Bank account"),
    "contact_name": _("Contact"),
    "cost": _("Unit price"),
    "country": _("Country"),
    "date": _("Date"),
    "deleted_at": _("In the bin since"),
    "description": _("Description"),
    "display_units": _("Show the units"),
    "due_date": _("Due date"),
    "email": _("E-mail"),
    "expenses_ht": _("Flat expenses"),
    "expenses_vat_id": _("VAT of the flat expenses"),
    "kind": _("Kind"),
    "label": _("Label"),
    "language": _("Language"),
    "mentions": _("Mentions"),
    "mode": _("Prices"),
    "mode_id": _("Payment mode"),
    "name": _("Name"),
    "notes": _("Notes"),
    "number": _("Number"),
    "payment_conditions_id": _("Payment conditions"),
    "phone": _("Phone"),
    "position": _("Position"),
    "postcode": _("Postcode"),
    "product": _("Product"),
    "quantity": _("Quantity"),
    "reference": _("Reference"),
    "title": _("Title"),
    "town": _("Town"),
    "unit": _("Unit"),
    "vat_id": _("VAT"),
    "vat_number": _("VAT number"),
    "workplace": _("Place of work"),
}
"""How the fields that history keeps are called."""

KINDS: dict[str, Callable[[str], Any]] = {
    "amount": Decimal,
    "cost": Decimal,
    "date": date.fromisoformat,
    "due_date": date.fromisoformat,
    "expenses_ht": Decimal,
    "quantity": Decimal,
}
"""How the values of some fields are read, to be written for the reader."""

CAPTION = re.compile(r"(\d{4}-\d\d-\d\d) (-?\d+(?:\.\d+)?)(?: (.+))?")
"""How a payment is kept: its day, its amount and its mode."""

ROWS = {
    "discount_line": _("Discount"),
    "line_group": _("Group of lines"),
    "payment": _("Payment"),
    "post_tax_line": _("Line after tax"),
}
"""How rows that come and go are called; any other is a line."""

YES_OR_NO = {"True": _("yes"), "False": _("no")}
VALUES = {
    "active": YES_OR_NO,
    "display_units": YES_OR_NO,
    "kind": {"company": _("company"), "person": _("person")},
    "mode": {"ht": _("before tax"), "ttc": _("with tax")},
}
"""What the values of some of them mean."""
