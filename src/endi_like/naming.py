"""What a document is called from its first draft: its internal number, its name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from endi_like.i18n import _

MARKS: Mapping[str, str] = {"estimation": "D", "invoice": "F", "cancelinvoice": "A"}
"""How kinds of documents are told apart in a number, in every language."""

NAMES: Mapping[str, Any] = {
    "estimation": _("Estimation ${number}"),
    "invoice": _("Invoice ${number}"),
    "cancelinvoice": _("Credit note ${number}"),
    "deposit": _("Deposit invoice ${number}"),
    "balance": _("Balance invoice ${number}"),
}
"""What kinds of documents are called, and parts of what was estimated."""


def internal_number(company: str, on: date, kind: str, index: int) -> str:
    """Return the internal number of a document: "Company 2012-12 F15"."""
    return f"{company} {on.year:04}-{on.month:02} {MARKS[kind]}{index}"


def without_company(number: str) -> str:
    """Return what of an internal number is the document's own: "2012-12 F15"."""
    return " ".join(number.split(" ")[-2:])


def default_name(kind: str, index: int, part: str = "") -> Any:
    """Return what a document is called that nobody has named: "Invoice 15".

    ``part`` is which part of an estimation it asks for, where it has a name of its own.
    """
    return NAMES.get(part, NAMES[kind]) % {"number": index}
