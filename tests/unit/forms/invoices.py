"""A form of an invoice with something to choose from."""

from datetime import date
from decimal import Decimal

from endi_like.forms.core import Form, make_form
from endi_like.forms.fields import Search
from endi_like.forms.sales import InvoiceSchema

CUSTOMERS = {7: "Café du Port", 8: "Moulin"}
BINDINGS = {
    "customers": Search("/customers", CUSTOMERS.get, lambda: ((7, "Café du Port"),)),
    "vat_rates": (
        (1, "20 %", Decimal(20)),
        (2, "5,5 %", Decimal("5.5")),
        (3, "exempt", Decimal(-1)),
    ),
    "conditions": ((1, "30 days"),),
    "mentions": ((1, "Retention of title"), (2, "Reverse charge")),
    "units": ("hour", "day"),
    "companies": (),
}


def invoice_form(locale: str = "fr", **bindings) -> Form:
    """Return an empty form."""
    schema = InvoiceSchema().bind(**{**BINDINGS, "locale": locale, **bindings})
    return make_form(schema, locale=locale, hidden={"csrf_token": "t", "version": "3"})


def line(**values) -> dict:
    """Return the values of a line."""
    usual = {
        "id": None,
        "description": "Tiles",
        "cost": Decimal("320.5"),
        "quantity": Decimal(2),
        "unit": "day",
        "vat_id": 1,
        "product": "",
    }
    return {**usual, **values}


def invoice(**values) -> dict:
    """Return the values of an invoice with two groups and one of everything."""
    usual = {
        "account_id": 8,
        "project_id": None,
        "phase_id": None,
        "date": date(2026, 11, 20),
        "name": "Roof & <gutters>",
        "workplace": "Eupen",
        "address": "1 rue du Moulin\n4700 Eupen",
        "mode": "ht",
        "display_units": True,
        "groups": [
            {
                "id": 1,
                "title": "Roof",
                "description": "North side",
                "lines": [line(id=11), line(description="two\nlines", product="P100")],
            },
            {"id": 2, "title": "", "description": "", "lines": [line(vat_id=2)]},
        ],
        "discounts": [
            {
                "id": 5,
                "description": "School rate",
                "amount": Decimal(10),
                "percent": None,
                "vat_id": 1,
            }
        ],
        "expenses_ht": Decimal(12),
        "expenses_vat_id": 1,
        "post_tax_lines": [{"id": 6, "label": "Deposit", "amount": Decimal(-100)}],
        "payment_conditions_id": 1,
        "due_date": date(2026, 12, 20),
        "mentions": [2],
        "notes": "Thank you",
    }
    return {**usual, **values}
