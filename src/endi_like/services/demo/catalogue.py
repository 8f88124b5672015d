"""The catalogue of the joiners: what they buy, what they do, what they make of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeAlias

from endi_like.models.catalogue import CatalogueItem, Category
from endi_like.models.people import Company
from endi_like.services import catalogue
from endi_like.services.demo.diary import Diary, at
from endi_like.services.demo.options import Options
from endi_like.services.demo.people import People

OWNER = "VENT"
BEGUN = 20
"""After so many days the catalogue is written."""

Product: TypeAlias = tuple[str, str, str, str, str, str]
"""Reference, name, unit, mode, price or supplier's cost, and rate of tax."""

PRODUCTS: Mapping[str, tuple[Product, ...]] = {
    "Bois": (
        ("BOI-CHE", "Plateau de chêne, 27 mm", "m²", "supplier", "62.4", "20"),
        ("BOI-FRE", "Plateau de frêne, 27 mm", "m²", "supplier", "48.9", "20"),
        ("BOI-CHT", "Bardage en châtaignier", "m²", "supplier", "31.75", "20"),
        ("BOI-PIN", "Tasseau de pin, 38 × 25", "m", "supplier", "1.18", "20"),
        ("BOI-DOU", "Chevron de douglas, 63 × 75", "m", "supplier", "4.35", "20"),
        ("BOI-CTP", "Contreplaqué de bouleau, 15 mm", "m²", "supplier", "27.6", "20"),
    ),
    "Quincaillerie": (
        ("QUI-CHA", "Charnière invisible", "pièce", "supplier", "6.2", "20"),
        ("QUI-SER", "Serrure à encastrer", "pièce", "supplier", "38.5", "20"),
        ("QUI-POI", "Poignée en laiton", "pièce", "supplier", "21.9", "20"),
        ("QUI-VIS", "Visserie inox", "forfait", "supplier", "14", "20"),
        (
            "QUI-GLI",
            "Glissières, la paire",
            "pièce",
            "supplier",
            "17.3",
            "20",
        ),
        ("QUI-JOI", "Joint d’étanchéité", "m", "supplier", "0.86", "20"),
    ),
    "Finitions": (
        ("FIN-HUI", "Huile dure, deux couches", "m²", "ht", "9.5", "20"),
        ("FIN-LAS", "Lasure extérieure, deux couches", "m²", "ht", "13.8", "10"),
        ("FIN-VER", "Vernis mat", "m²", "ht", "11.2", "20"),
        ("FIN-PON", "Ponçage au grain 180", "m²", "ht", "7.4", "20"),
    ),
    "Main-d’œuvre": (
        ("MO-ATE", "Travail à l’atelier", "heure", "ht", "48", "20"),
        ("MO-CHA", "Pose sur chantier", "heure", "ht", "52", "10"),
        ("MO-ETU", "Étude et plans", "heure", "ht", "55", "20"),
        ("MO-REL", "Relevé des cotes", "forfait", "ht", "90", "20"),
        ("MO-EVA", "Évacuation des déchets", "forfait", "ht", "120", "10"),
        ("MO-DEP", "Déplacement", "forfait", "ht", "35", "20"),
    ),
    "Boutique": (
        ("BTQ-PLA", "Planche à découper en noyer", "pièce", "ttc", "45", "20"),
        ("BTQ-TAB", "Tabouret d’atelier", "pièce", "ttc", "138", "20"),
        ("BTQ-CAI", "Caisse de rangement", "pièce", "ttc", "59.9", "20"),
        ("BTQ-VIE", "Tréteau, ancien modèle", "pièce", "ttc", "72", "20"),
    ),
}
ARCHIVED = "BTQ-VIE"
RATES = {
    "overhead": Decimal(12),
    "margin": Decimal(20),
    "contribution": Decimal(10),
    "insurance": Decimal("1.5"),
}
"""What the joiners put on what they buy."""

Made: TypeAlias = tuple[str, str, str, str, tuple[tuple[str, str], ...]]
"""Reference, name, unit, rate of tax, and its parts: references and quantities."""

WORKS: tuple[Made, ...] = (
    (
        "OUV-BAR",
        "Bardage posé",
        "m²",
        "10",
        (("BOI-CHT", "1.1"), ("BOI-PIN", "3"), ("QUI-VIS", "0.1"), ("MO-CHA", "0.75")),
    ),
    (
        "OUV-ETA",
        "Étagère en frêne",
        "m",
        "20",
        (("BOI-FRE", "0.35"), ("FIN-HUI", "0.7"), ("MO-ATE", "0.5")),
    ),
    (
        "OUV-TIR",
        "Tiroir sur glissières",
        "pièce",
        "20",
        (("BOI-CTP", "0.6"), ("QUI-GLI", "1"), ("QUI-POI", "1"), ("MO-ATE", "1.25")),
    ),
)
GROUPS: tuple[Made, ...] = (
    (
        "GRP-PRE",
        "Préparation du chantier",
        "",
        "",
        (("MO-REL", "1"), ("MO-ETU", "4"), ("MO-DEP", "2")),
    ),
    (
        "GRP-BIB",
        "Bibliothèque sur mesure",
        "",
        "",
        (("OUV-ETA", "12"), ("OUV-TIR", "4"), ("FIN-PON", "8"), ("MO-CHA", "6")),
    ),
)
EMPTY = {
    "description": "",
    "category_id": None,
    "unit": "",
    "vat_id": None,
    "product": "",
    "cost": Decimal(0),
    "supplier_cost": None,
    "mode": "ht",
    "parts": (),
    **dict.fromkeys(RATES, Decimal(0)),
}


@dataclass
class Shelf:
    """The catalogue of one company while it is written."""

    diary: Diary
    company: Company
    options: Options
    items: dict[str, CatalogueItem] = field(default_factory=dict)

    def fill(self) -> None:
        """Write what is sold, then what is made of it."""
        for label, products in PRODUCTS.items():
            category = Category(company=self.company, label=label)
            self.diary.db.add(category)
            self.diary.db.flush()
            for product in products:
                self.put("product", product[:3], **self.sold(product, category.id))
        for kind, made in (("work", WORKS), ("group", GROUPS)):
            for *said, rate, parts in made:
                vat_id = self.options.rates[rate].id if rate else None
                lines = [self.part(*one) for one in parts]
                self.put(kind, tuple(said), vat_id=vat_id, parts=lines)

    def sold(self, product: Product, category_id: int) -> dict[str, Any]:
        """Return what a product costs, by itself or by what it is bought for."""
        mode, price = product[3], Decimal(product[4])
        bought = mode == catalogue.SUPPLIER
        priced = {"supplier_cost": price, **RATES} if bought else {"cost": price}
        vat_id = self.options.rates[product[5]].id
        return {"mode": mode, "category_id": category_id, "vat_id": vat_id, **priced}

    def part(self, reference: str, quantity: str) -> dict[str, Any]:
        """Return the values of a part that is of the catalogue."""
        said = {name: EMPTY.get(name) for name in catalogue.LINE}
        own = {"part_id": self.items[reference].id, "quantity": Decimal(quantity)}
        return {**said, "cost": None, **own}

    def put(self, kind: str, said: tuple[str, ...], **values: Any) -> None:
        """Put something into the catalogue by the rules of its form."""
        names = dict(zip(("reference", "name", "unit"), said, strict=True))
        item = CatalogueItem(company=self.company, company_id=self.company.id)
        data = {**EMPTY, "kind": kind, **names, **values}
        catalogue.write(self.diary.db, item, data)
        self.diary.db.add(item)
        self.diary.db.flush()
        self.items[names["reference"]] = item

    def archive(self) -> None:
        """Put away what is not sold any more."""
        old = self.items[ARCHIVED]
        self.diary.transitions.run(old, "archive", allowed=lambda _permission: True)


def plan_catalogue(diary: Diary, people: People, options: Options) -> None:
    """Note when the catalogue is written, and what of it is put away."""
    company = next(one for one in people.companies if one.code == OWNER)
    by = people.id(people.author(company))
    shelf = Shelf(diary, company, options)
    day = diary.begin + dt.timedelta(days=BEGUN)
    diary.note(at(day, 9), by, shelf.fill)
    diary.note(at(day + dt.timedelta(days=300), 9), by, shelf.archive)
