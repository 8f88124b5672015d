"""More of the directory: vendors, a household, who works where, a program, a client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from sqlalchemy.orm import Session

from endi_like.models.contacts import (
    Address,
    ContactElement,
    Customer,
    Employment,
    Entity,
    EntityBankAccount,
    EntityLink,
    OtherName,
    Vendor,
)
from endi_like.services import memos
from endi_like.services.beside import Place, Signature
from endi_like.services.contacts.codes import next_code
from endi_like.services.contacts.copies import index
from endi_like.services.demo.people import People
from endi_like.services.memos import Content

Rows: TypeAlias = Mapping[str, Any]

FIRST = dt.date(2019, 4, 1)
AGAIN = dt.date(2024, 9, 2)

ENTITIES: Mapping[str, Rows] = {
    "paper": {
        "kind": "company",
        "legal_name": "Papeteries de l’Ouest SARL",
        "trading_name": "Papeterie Ouest",
        "vat_number": "FR40303265045",
        "tax_id": "303265045",
    },
    "timber": {
        "kind": "company",
        "legal_name": "Scierie Le Gall",
        "stage": "Sub-contractor",
    },
    "buyer": {
        "kind": "person",
        "salutation": "Mme",
        "first_name": "Nolwenn",
        "last_name": "Le Gall",
        "birth_date": dt.date(1979, 3, 14),
    },
    "carpenter": {
        "kind": "person",
        "first_name": "Ewen",
        "middle_name": "Gildas",
        "last_name": "Kerbrat",
        "birth_date": dt.date(1985, 11, 30),
    },
    "household": {"kind": "household", "legal_name": "Kerbrat-Morvan"},
    "wife": {"kind": "person", "first_name": "Azenor", "last_name": "Morvan"},
    "bank_robot": {"kind": "robot", "last_name": "Relevés bancaires EBICS"},
    "prospect": {
        "kind": "company",
        "legal_name": "王 & Söhne שלום GmbH",
        "country": "DE",
        "language": "de",
        "stage": "Hot lead",
    },
    "client": {
        "kind": "person",
        "first_name": "Maël",
        "last_name": "Quéré",
        "confidential": True,
    },
    "client_household": {
        "kind": "household",
        "legal_name": "Quéré",
        "confidential": True,
    },
}
PLACES: Mapping[str, tuple[Rows, ...]] = {
    "paper": (
        {"line_one": "ZA du Grand Launay", "postal_code": "35510"},
        {
            "class_": "shipping",
            "line_one": "Quai 3, entrepôt B",
            "line_two": "Rue des Charrons",
            "active_from": dt.date(2025, 1, 1),
        },
    ),
    "timber": (
        {"line_one": "Le Bois-Basset", "postal_code": "35380", "city": "Paimpont"},
        {
            "class_": "physical",
            "line_one": "Ancienne scierie",
            "city": "Plélan-le-Grand",
            "active_to": dt.date(2023, 6, 30),
        },
    ),
    "household": ({"line_one": "3 venelle du Lavoir", "city": "Lannion"},),
    "client": ({"line_one": "c/o Le Relais", "city": "Saint-Malo"},),
}
ELEMENTS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "paper": (
        ("phone", "Standard", "+33 2 99 00 10 20"),
        ("email", "Factures", "factures@papeterie-ouest.example"),
        ("web", "", "https://papeterie-ouest.example"),
    ),
    "timber": (
        ("phone", "Atelier", "02.99.00.30.40"),
        ("email", "", "scierie-le-gall(chez)poste.example"),
    ),
    "buyer": (("phone", "Mobile", "+33 6 00 00 11 22"),),
    "client": (("phone", "", "06 00 00 99 99"),),
}
LINKS: tuple[tuple[str, str, str], ...] = (
    ("timber", "buyer", "Gérante"),
    ("timber", "carpenter", "Contact facturation"),
    ("household", "carpenter", ""),
    ("household", "wife", ""),
    ("client_household", "client", ""),
)
BANKS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "paper": (("FR7630006000011234567890189", "AGRIFRPP"),),
    "timber": (("FR7630006000011234567890188", ""),),
}


def make_directory(db: Session, people: People, now: dt.datetime) -> None:
    """Store those whom nobody writes invoices to, and what is known of them."""
    with db.no_autoflush:  # each is entered at once
        found = {
            name: made(db, row, PLACES.get(name, ()), ELEMENTS.get(name, ()))
            for name, row in ENTITIES.items()
        }
        for whole, part, function in LINKS:
            found[whole].people.append(
                EntityLink(person=found[part], function=function)
            )
        for name, rows in BANKS.items():
            found[name].bank_accounts = [
                EntityBankAccount(iban=iban, bic=bic) for iban, bic in rows
            ]
        found["timber"].other_names = [
            OtherName(kind="former", name="Scierie Mécanique de Brocéliande"),
            OtherName(kind="short", name="SLG"),
        ]
        employ(found["carpenter"], found["buyer"])
        give_accounts(found, people)
        found["buyer"].users = [people.users["other"]]
        for entity in found.values():
            index(entity)
    db.flush()
    write_notes(db, found, people, now)


def made(
    db: Session,
    row: Rows,
    places: tuple[Rows, ...],
    elements: tuple[tuple[str, str, str], ...],
) -> Entity:
    """Return an entity with its addresses and telephones, added to the session."""
    usual = {"country": "FR", "city": "Rennes", "class_": "billing"}
    entity = Entity(
        **{"name": "", "country": "FR", "language": "fr", **row},
        control_code=next_code(db),
        addresses=[
            Address(position=at, **{**usual, **one}) for at, one in enumerate(places)
        ],
        elements=[
            ContactElement(position=at, kind=kind, label=label, value=value)
            for at, (kind, label, value) in enumerate(elements)
        ],
    )
    db.add(entity)
    return entity


def employ(person: Entity, manager: Entity) -> None:
    """Have somebody be employed, leave, and come back."""
    person.employments = [
        Employment(
            number="S-017",
            job_title="Charpentier",
            start_date=FIRST,
            end_date=dt.date(2022, 12, 31),
        ),
        Employment(
            number="S-042",
            job_title="Chef d’atelier",
            start_date=AGAIN,
            is_manager=True,
            manager=manager,
        ),
    ]


def give_accounts(found: Mapping[str, Entity], people: People) -> None:
    """Have some be vendors, one of them a customer too."""
    wind, words, _garden = people.companies
    paper, timber = found["paper"], found["timber"]
    paper.accounts = [
        Vendor(
            company=wind,
            number="F 0001",
            terms_days=30,
            discount=Decimal(2),
            discount_days=10,
            currency="EUR",
        ),
        Vendor(company=words, number="F 0001", terms_days=45, currency="EUR"),
        Customer(company=words, number="C9001", credit_limit=Decimal(5000)),
    ]
    account = Vendor(
        company=wind,
        number="F 0002",
        start_date=FIRST,
        primary_contact=found["buyer"],
        business_type="Bois",
    )
    timber.accounts = [account]
    timber.addresses.append(
        Address(
            account=account,
            position=2,
            attention="Comptabilité",
            line_one="BP 12",
            postal_code="35380",
            city="Paimpont",
            country="FR",
        )
    )


def write_notes(
    db: Session, found: Mapping[str, Entity], people: People, now: dt.datetime
) -> None:
    """Write memos beside some of them, on one account and on the whole."""
    by = Signature(people.id("manager"), now)
    timber, prospect = found["timber"], found["prospect"]
    (account,) = timber.accounts
    whole = Content(
        "Livre le mardi seulement, prévenir la veille.", "Livraisons", pinned=True
    )
    memos.write(db, Place(timber.id, None), by, whole)
    place = Place(timber.id, account.company_id, account_id=account.id)
    memos.write(db, place, by, Content("2 % dès 3 000 €, vu avec Nolwenn.", "Remise"))
    offer = Content("Demande une offre pour 400 chaises.", "Salon de Köln")
    memos.write(db, Place(prospect.id, None), by, offer)
    social = Signature(people.id("social_worker"), now)
    first = Content("Premier rendez-vous pris.", "Accueil")
    memos.write(db, Place(found["client"].id, None), social, first)
