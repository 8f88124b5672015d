"""What is to be known about the demonstration by those who do not load it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.people import User

PASSWORD = "demo"  # noqa: S105 - everybody may know it: see ``LOGINS``

ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("admin", "Anaïs Kermarrec", "admin"),
    ("manager", "Benoît Lefèvre", "manager"),
    ("accountant", "Çelik Aydın", "accountant"),
    ("auditor", "Dorothea Müller", "auditor"),
    ("social_worker", "Hélène Strömberg", "social_worker"),
    ("member", "Élodie Tanguy", ""),
    ("selfvalidator", "Farid Benhaddou", ""),
    ("other", "Gwenaëlle Le Goff", ""),
)
LOGINS = tuple(login for login, _name, _role in ACCOUNTS)
"""Accounts that everybody knows: an installation in production refuses them."""


def is_empty(db: Session) -> bool:
    """Tell whether nobody uses the database yet."""
    return db.scalars(select(User.id).limit(1)).first() is None
