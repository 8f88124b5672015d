"""The customers: companies and persons, near and abroad."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sqlalchemy.orm import Session

from endi_like.models.contacts import (
    Address,
    ContactElement,
    Customer,
    Entity,
)
from endi_like.models.people import Company
from endi_like.services.contacts.codes import next_code
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.naming import rename
from endi_like.text import norm

PLACES = {
    "fr": (
        ("35000", "Rennes", "FR"),
        ("22300", "Lannion", "FR"),
        ("56000", "Vannes", "FR"),
        ("29200", "Brest", "FR"),
        ("44000", "Nantes", "FR"),
        ("35400", "Saint-Malo", "FR"),
        ("61500", "Sées", "FR"),
    ),
    "en": (("BN1 1AA", "Brighton", "GB"), ("D02 X285", "Dublin", "IE")),
    "de": (("50667", "Köln", "DE"), ("8001", "Zürich", "CH")),
    "nl": (("3511 AB", "Utrecht", "NL"), ("9000", "Gent", "BE")),
}
STREETS = {
    "fr": ("rue de l’Église", "allée des Châtaigniers", "place Saint-Étienne"),
    "en": ("Harbour Road", "St Brendan’s Terrace"),
    "de": ("Gänsemarkt", "Straße der Einheit"),
    "nl": ("Oudegracht", "Sint-Jansvest"),
}

COMPANIES = (
    ("Mairie de Plouër-sur-Rance", "Mme Hervé, service des achats", "fr"),
    ("Boulangerie Aux Épis d’Or", "Loïc Pérès", "fr"),
    ("Théâtre de l’Œil Écoute", "Maïwenn Cœurdacier", "fr"),
    ("Garage Élan & Fils", "", "fr"),
    ("Cinéma L’Étoile", "Jean-Noël Baüer", "fr"),
    ("Brasserie Dégât des Eaux", "", "fr"),
    ("École Diwan", "Tifenn Le Dû", "fr"),
    ("Compagnie des Îles de l’Estuaire", "", "fr"),
    ("Pépinières Noël", "Ségolène Noël", "fr"),
    ("Ferme de la Haute-Épine", "GAEC", "fr"),
    ("Cabinet d’architecture Nuñez-Lacroix", "Inès Nuñez", "fr"),
    ("Librairie À la Ligne", "", "fr"),
    (
        "Syndicat mixte pour l’aménagement, la préservation et la valorisation des "
        "rives de la Vilaine maritime et de ses affluents",
        "M. le président",
        "fr",
    ),
    ("Biocoop Les 7 Épis", "service comptabilité", "fr"),
    ("Association Française des Traducteurs Littéraires de l’Ouest", "", "fr"),
    ("Hôtel du Môle", "Aurélie Quéméneur", "fr"),
    ("O’Sullivan & Daughters Ltd", "Siobhán O’Sullivan", "en"),
    ("Seagull Books <Publishing>", "Ann & Bob", "en"),
    ("Brighton Fringe Collective", "Zoë Smythe", "en"),
    ("Großküchen Schäfer GmbH & Co. KG", "Jürgen Schäfer", "de"),
    ("Übersetzungsbüro Weiß", "Änne Weiß", "de"),
    ("Kölner Bühnen e. V.", "", "de"),
    ("Van der Meer Tuinen B.V.", "Joost van der Meer", "nl"),
    ("Uitgeverij ’t Gulden Boek", "Fenna de Vríes", "nl"),
)
PERSONS = (
    ("Mme Marie-Thérèse de La Villéon-Kergariou", "fr"),
    ("Hervé Guézennec", "fr"),
    ("Agnès Lhôtelier", "fr"),
    ("Mohamed Aït-Ahmed", "fr"),
    ("Łukasz Wójcik", "fr"),
    ("Nguyễn Thị Hương", "fr"),
    ("Père Ignace Dieudonné", "fr"),
    ("Yann Ar Bihan", "fr"),
    ("Clémence Rœsch", "fr"),
    ("M. et Mme Dupont-d’Isigny", "fr"),
    ("Rosalía Peña", "fr"),
    ("François-Xavier Müller", "fr"),
    ("Deirdre Ní Mhaoláin", "en"),
    ("Sir Nigel Ashton-Hughes", "en"),
    ("Käthe Öztürk", "de"),
    ("Jörg Grünwald", "de"),
    ("Anneke IJsbrandt", "nl"),
)
SHARED = 3
"""So many customers buy from a second company too."""


def make_customers(
    db: Session, random: Random, companies: Sequence[Company]
) -> dict[Company, list[Customer]]:
    """Store the directory, and return the customers of each company."""
    entities = [
        entity(random, name, language, kind="company", contact=contact)
        for name, contact, language in COMPANIES
    ]
    entities += [
        entity(random, name, language, kind="person") for name, language in PERSONS
    ]
    random.shuffle(entities)
    found: dict[Company, list[Customer]] = {company: [] for company in companies}
    for number, one in enumerate(entities):
        one.control_code = next_code(db)
        found[companies[number % len(companies)]].append(account(one, number))
    for number, one in enumerate(entities[:SHARED]):
        found[companies[(number + 1) % len(companies)]].append(account(one, number))
    for company, accounts in found.items():
        for each in accounts:
            each.company = company
        db.add_all(accounts)
    for one in entities:
        index(one)
    db.flush()
    return found


def entity(
    random: Random, name: str, language: str, *, kind: str, contact: str = ""
) -> Entity:
    """Return a row of the directory, with an address somewhere in that language."""
    postal_code, city, country = random.choice(PLACES[language])
    street = f"{random.randint(1, 98)} {random.choice(STREETS[language])}"
    host = norm(name).split()[-1]
    phone = f"+00 2 {random.randint(10, 99)} {random.randint(10, 99)} 00 00"
    place = Address(
        attention=contact,
        line_one=street,
        postal_code=postal_code,
        city=city,
        country=country,
        position=0,
    )
    elements = (("email", f"{host}@customer.example"), ("phone", phone))
    found = Entity(
        kind=kind,
        name="",
        country=country,
        language=language,
        addresses=[place],
        elements=[
            ContactElement(kind=kind, value=value, position=at)
            for at, (kind, value) in enumerate(elements)
        ],
    )
    rename(found, name)
    return found


def account(one: Entity, number: int) -> Customer:
    """Return an entity as the customer of a company, which is still to be said."""
    return Customer(entity=one, number=f"C{number + 1:04}")
