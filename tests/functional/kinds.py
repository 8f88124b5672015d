"""The kinds of records that have memos and files: tests ask each of them."""

from __future__ import annotations

from typing import Any

from endi_like.services.rights.tables import name_of

KEPT_TOGETHER = {
    "invoices": "invoice",
    "customers": "customer",
    "projects": "project",
    "businesses": "business",
    "catalogue": "item",
}
"""The fixture of a record of each kind, by the name of its collection."""


def address_of(node: Any) -> str:
    """Return the address of a record."""
    return f"/{name_of(node)}/{node.id}/"
