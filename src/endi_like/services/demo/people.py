"""The organisation, its three companies, and those who log in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from endi_like.models.people import Company, Membership, User
from endi_like.services.demonstration import ACCOUNTS, PASSWORD
from endi_like.services.organisation import founded
from endi_like.services.passwords import hash_password

TIME_ZONE = "Europe/Paris"

WITHOUT_PASSWORD = ("solene", "Solène Ó Briain")

ORGANISATION: Mapping[str, str] = {
    "name": "Coopérative Horizon",
    "address": "12 rue des Lilas",
    "postcode": "35000",
    "town": "Rennes",
    "country": "FR",
    "vat_number": "FR 00 123456789",
    "registration": "SCOP SA à capital variable — RCS Rennes 123 456 789",
    "iban": "FR7630006000011234567890189",
    "bic": "AGRIFRPP",
    "time_zone": TIME_ZONE,
}

COMPANIES: tuple[Mapping[str, str], ...] = (
    {
        "name": "Atelier du Vent Salé",
        "code": "VENT",
        "contact_name": "Élodie Tanguy",
        "address": "Hangar 4, quai des Terre-Neuvas",
        "postcode": "35400",
        "town": "Saint-Malo",
        "phone": "02 99 00 00 01",
        "email": "bonjour@vent-sale.example",
    },
    {
        "name": "Les Mots Justes",
        "code": "MOTS",
        "contact_name": "Gwenaëlle Le Goff",
        "address": "7 rue de la Parcheminerie",
        "postcode": "35000",
        "town": "Rennes",
        "phone": "02 99 00 00 02",
        "email": "contact@mots-justes.example",
    },
    {
        "name": (
            "Jardins d’Aubépine — création, entretien et taille douce en pays de "
            "Brocéliande et alentours"
        ),
        "code": "JARDIN",
        "contact_name": "Solène Ó Briain",
        "address": "Lieu-dit La Ville-ès-Nouvelles",
        "postcode": "35380",
        "town": "Paimpont",
        "phone": "02 99 00 00 03",
        "email": "solene@aubepine.example",
    },
)

MEMBERS: tuple[tuple[str, int, tuple[str, ...], str | None], ...] = (
    ("member", 0, (), None),
    ("selfvalidator", 0, ("self_validate",), "1000"),
    ("other", 1, (), None),
    (WITHOUT_PASSWORD[0], 2, ("record_payment",), None),
)
"""Who works in which company, with what rights there and up to which ceiling."""


@dataclass(frozen=True)
class People:
    """Everybody, by login; and the companies in the order of ``COMPANIES``."""

    users: Mapping[str, User]
    companies: tuple[Company, ...]

    def id(self, login: str) -> int:
        """Return the id of a user."""
        return self.users[login].id

    def author(self, company: Company) -> str:
        """Return the login of the one who writes the invoices of a company."""
        place = self.companies.index(company)
        return next(login for login, number, *_rest in MEMBERS if number == place)


def make_organisation(db: Session) -> None:
    """Say who runs the demonstration."""
    own = founded(db)
    for name, value in ORGANISATION.items():
        setattr(own, name, value)


def make_people(db: Session, now: dt.datetime) -> People:
    """Store companies, users and memberships."""
    companies = tuple(Company(country="FR", **columns) for columns in COMPANIES)
    once_for_all = hash_password(PASSWORD)
    users = {
        login: new_user(login, name, role, now, password_hash=once_for_all)
        for login, name, role in ACCOUNTS
    }
    login, name = WITHOUT_PASSWORD
    users[login] = new_user(login, name, "", now)
    db.add_all([*companies, *users.values()])
    for login, place, rights, ceiling in MEMBERS:
        db.add(
            Membership(
                user=users[login],
                company=companies[place],
                rights=frozenset(rights),
                ceiling=Decimal(ceiling) if ceiling else None,
            )
        )
    db.flush()
    return People(users, companies)


def new_user(
    login: str, name: str, role: str, now: dt.datetime, **columns: Any
) -> User:
    """Return a user who has been there since ``now``."""
    return User(
        login=login,
        name=name,
        email=f"{login}@horizon.example",
        roles=frozenset([role] if role else []),
        created_at=now,
        password_changed_at=now,
        **columns,
    )
