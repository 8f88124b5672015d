"""How fields, rows and values that the history keeps are called."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from endi_like.i18n import _

FIELDS = {
    "account": _("Account"),
    "account_id": _("Customer"),
    "active": _("In use"),
    "active_from": _("Valid from"),
    "active_to": _("Valid to"),
    "address": _("Address"),
    "amount": _("Amount"),
    "anonymised_at": _("Anonymised"),
    "approved_by_id": _("Approved by"),
    "attention": _("For the attention of"),
    "bank_id": _("Bank account"),
    "bic": _("BIC"),
    "birth_date": _("Birth date"),
    "business_id": _("Business"),
    "business_type": _("Type of business"),
    "city": _("City"),
    "class_": _("Class"),
    "code": _("Code"),
    "company_id": _("Company"),
    "confidential": _("Confidential"),
    "contact_name": _("Contact"),
    "control_code": _("Control code"),
    "cost": _("Unit price"),
    "country": _("Country"),
    "credit_limit": _("Credit limit"),
    "currency": _("Currency"),
    "customers": _("Customers"),
    "date": _("Date"),
    "definition": _("What it is about"),
    "deleted_at": _("In the bin since"),
    "deposit": _("Deposit in per cent"),
    "description": _("Description"),
    "discount": _("Discount in per cent"),
    "discount_days": _("Days for the discount"),
    "display_units": _("Show the units"),
    "due_date": _("Due date"),
    "email": _("E-mail"),
    "end_date": _("End"),
    "equal_parts": _("Number of equal instalments"),
    "estimation_id": _("Estimation"),
    "expenses_ht": _("Flat expenses"),
    "expenses_vat_id": _("VAT of the flat expenses"),
    "first_name": _("First name"),
    "function": _("Function"),
    "iban": _("IBAN or number"),
    "is_manager": _("Manages others"),
    "is_sales": _("Works in sales"),
    "job_title": _("Job title"),
    "kind": _("Kind"),
    "label": _("Label"),
    "language": _("Language"),
    "last_name": _("Last name"),
    "legal_name": _("Legal name"),
    "licence_number": _("Licence number"),
    "line_one": _("Street, first line"),
    "line_three": _("Third line"),
    "line_two": _("Second line"),
    "manager_id": _("Manager"),
    "mentions": _("Mentions"),
    "middle_name": _("Middle name"),
    "mode": _("Prices"),
    "mode_id": _("Payment mode"),
    "name": _("Name"),
    "notes": _("Notes"),
    "number": _("Number"),
    "pay_to_name": _("Pay to the name of"),
    "payment_conditions_id": _("Payment conditions"),
    "payment_display": _("What of the schedule is printed"),
    "person_id": _("Person"),
    "personal_id": _("Personal number"),
    "phase_id": _("Phase"),
    "phone": _("Phone"),
    "position": _("Position"),
    "postal_code": _("Postcode"),
    "postcode": _("Postcode"),
    "price_group": _("Price group"),
    "primary_contact_id": _("Contact person"),
    "product": _("Product"),
    "project_id": _("Project"),
    "quantity": _("Quantity"),
    "reference": _("Reference"),
    "remark": _("Remark"),
    "salutation": _("Salutation"),
    "sic_code": _("Code of its trade"),
    "social_security_number": _("Social security number"),
    "stage": _("Stage"),
    "start_date": _("Start"),
    "state": _("State or province"),
    "tax_id": _("Tax number"),
    "tax_included": _("Prices include tax"),
    "taxes": _("Taxes that apply"),
    "terms_days": _("Days to pay"),
    "threshold": _("Smallest payment worth making"),
    "title": _("Title"),
    "town": _("Town"),
    "trading_name": _("Trading name"),
    "unit": _("Unit"),
    "users": _("Users"),
    "valid_until": _("Valid until"),
    "value": _("Number or address"),
    "vat_id": _("VAT"),
    "vat_number": _("VAT number"),
    "workplace": _("Place of work"),
}
"""How the fields that history keeps are called, also those of an earlier version."""

KINDS: dict[str, Callable[[str], Any]] = {
    "active_from": date.fromisoformat,
    "active_to": date.fromisoformat,
    "amount": Decimal,
    "birth_date": date.fromisoformat,
    "cost": Decimal,
    "credit_limit": Decimal,
    "date": date.fromisoformat,
    "due_date": date.fromisoformat,
    "end_date": date.fromisoformat,
    "expenses_ht": Decimal,
    "quantity": Decimal,
    "start_date": date.fromisoformat,
    "threshold": Decimal,
    "deposit": Decimal,
    "valid_until": date.fromisoformat,
}
"""How the values of some fields are read, to be written for the reader."""

CAPTION = re.compile(r"(\d{4}-\d\d-\d\d) (-?\d+(?:\.\d+)?)(?: (.+))?")
"""How a payment is kept: its day, its amount and its mode."""

ROWS = {
    "address": _("Address"),
    "contact_element": _("Telephone or e-mail"),
    "credit_account": _("Account"),
    "discount_line": _("Discount"),
    "employment": _("Employment"),
    "entity_bank_account": _("Bank account"),
    "entity_link": _("Person"),
    "entity_merge": _("Merged contact"),
    "line_group": _("Group of lines"),
    "other_name": _("Name"),
    "payment": _("Payment"),
    "payment_deadline": _("Deadline"),
    "phase": _("Phase"),
    "post_tax_line": _("Line after tax"),
}
"""How rows that come and go are called; any other is a line."""

ACCOUNTS = {
    "customer": _("Customer of ${company}"),
    "vendor": _("Vendor of ${company}"),
}


def account_named(account: Any) -> Any:
    """Return what people call an account: whose customer it is, and its number."""
    called = ACCOUNTS[account.class_] % {"company": account.company.code}
    if not account.number:
        return called
    said = {"account": called, "number": account.number}
    return _("${account}, ${number}", mapping=said)


YES_OR_NO = {"True": _("yes"), "False": _("no")}
VALUES = {
    "active": YES_OR_NO,
    "class_": {
        "billing": _("billing"),
        "customer": _("customer"),
        "mailing": _("mailing"),
        "physical": _("physical"),
        "sales": _("sales"),
        "shipping": _("shipping"),
        "vendor": _("vendor"),
    },
    "confidential": YES_OR_NO,
    "display_units": YES_OR_NO,
    "is_manager": YES_OR_NO,
    "is_sales": YES_OR_NO,
    "kind": {
        "company": _("company"),
        "email": _("e-mail"),
        "former": _("former name"),
        "household": _("household"),
        "other": _("other"),
        "person": _("person"),
        "phone": _("telephone"),
        "robot": _("program"),
        "short": _("short name"),
        "trading": _("trading name"),
        "web": _("web site"),
    },
    "mode": {"ht": _("before tax"), "ttc": _("with tax")},
    "tax_included": YES_OR_NO,
}
"""What the values of some of them mean."""

TOLD = {
    "account": _("Account"),
    "after": _("After"),
    "at": _("When"),
    "author": _("Written by"),
    "before": _("Before"),
    "class": _("Class"),
    "company": _("Company"),
    "created_at": _("Entered on"),
    "field": _("Field"),
    "ht": _("Total before tax"),
    "login": _("Login"),
    "manager": _("Manager"),
    "media_type": _("Kind of file"),
    "organisation": _("Where"),
    "person": _("Person"),
    "primary_contact": _("Contact person"),
    "recipient": _("Recipient"),
    "recipient_name": _("Name of the recipient"),
    "removed_at": _("Removed on"),
    "row": _("Row"),
    "sent_at": _("Sent on"),
    "sha256": _("sha256"),
    "size": _("Size in bytes"),
    "state": _("State"),
    "subject": _("Subject"),
    "text": _("Text"),
    "ttc": _("Total with tax"),
    "tva": _("Tax"),
    "updated_at": _("Last changed on"),
    "changed_at": _("Changed on"),
    "approved_at": _("Approved on"),
    "version": _("Version"),
    "what": _("What"),
    "who": _("By whom"),
}
"""How what is told of a person is called, beside the fields that history keeps."""
