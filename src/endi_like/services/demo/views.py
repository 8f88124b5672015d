"""Saved views of the people of the demonstration: their own, and a shared one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from endi_like.models.saved_views import SavedView
from endi_like.services.demo.people import People

VIEWS = (
    ("manager", "invoices", "Impayés de plus de 1 000 €", "late=1&min=1000", ""),
    (
        "manager",
        "invoices",
        "À encaisser",
        "paid_status=open&sort=-to_pay",
        "accountant",
    ),
    (
        "manager",
        "estimations",
        "Signés, à facturer",
        "signed_status=signed&invoiced=open",
        "member",
    ),
    ("accountant", "invoices", "Avoirs", "kind=cancelinvoice", ""),
    ("member", "estimations", "En attente d’une réponse", "signed_status=open", ""),
)
"""Whose, of which list, its name, what it asks, the group it is shared with."""


def make_views(db: Session, people: People) -> None:
    """Keep some views of lists."""
    for login, collection, name, query, role in VIEWS:
        db.add(
            SavedView(
                owner_id=people.id(login),
                collection=collection,
                name=name,
                query=query,
                role=role or None,
            )
        )
