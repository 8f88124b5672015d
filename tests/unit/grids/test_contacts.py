"""The search of the directory finds what it says, and nobody else's."""

from __future__ import annotations

import datetime as dt

import pytest

from endi_like.grids import searched
from endi_like.grids.contacts import ContactGrid
from endi_like.models.contacts import (
    Address,
    ContactElement,
    Employment,
    Entity,
    EntityAlias,
    EntityUser,
    OtherName,
)
from endi_like.models.memos import Memo
from endi_like.services.contacts.copies import index
from endi_like.services.rights.sight import EVERYTHING
from tests.factories import (
    NOW,
    TODAY,
    make_company,
    make_customer,
    make_entity,
    make_user,
)

OPEN = ~Entity.confidential

FOUND = """
                                        | 100% Åsa Jürgen Zinc
name=mar                                | Jürgen
name=jürgen mul                         | Jürgen
name=MULLER jurgen                      | Jürgen
name=uller                              | -
name=zinc                               | Zinc
name=old                                | Zinc
name=100%                               | 100%
name=%                                  | -
name=_asa                               | Åsa
name=sa                                 | -
control_code=c-7                        | Zinc
control_code=-7                         | -
control_code=C-%                        | -
control_code=gone                       | Zinc
account_number=v771                     | Zinc
account_number=V 77                     | Zinc
account_number=771                      | -
account_number=before 1                 | Zinc
email=O@ZINC                            | Zinc
email=zinc_                             | -
email=c-d                               | Åsa
email=1                                 | 100%
phone=42 68                             | Jürgen
phone=(0)1 42-68                        | -
phone=3314268                           | Jürgen
phone=42                                | -
contact=ÉDI                             | Zinc
contact=shop.example                    | Jürgen
contact=o@zinc                          | -
notes=rabatt                            | Åsa
notes=batt f                            | Åsa
notes=Vertrag                           | Zinc
notes=ert                               | Zinc
notes=private                           | -
notes=removed                           | -
address=republ                          | Jürgen Zinc
address=de la rep                       | Jürgen
address=publ                            | -
address=12 suite                        | -
city=francisco                          | Zinc
city=fran                               | Zinc
city=cisco                              | -
state=bayern                            | Åsa
postal_code=79 1                        | Åsa
postal_code=91                          | -
country=Denmark                         | Åsa 100%
country=dk                              | Åsa 100%
country=Dänemark                        | Åsa 100%
country=Atlantis                        | -
city=kobenhavn&country=DK               | Åsa
city=kobenhavn&country=FR               | -
city=san&address=rue de la              | -
city=san&address=republic way           | Zinc
class=Vendor                            | 100% Zinc
class=vendor                            | Zinc
class=Customer                          | Jürgen Zinc
class=customer                          | Jürgen Zinc
class=Lead                              | Åsa
class=lead                              | -
class=robot                             | 100%
class=Robot                             | -
class=employee                          | Åsa
class=user                              | Åsa
only_users=1                            | Åsa
only_users=True                         | Åsa
only_users=0                            | 100% Åsa Jürgen Zinc
active_from=2026-01-01                  | 100% Åsa Zinc
active_to=2019-12-31                    | 100% Åsa Zinc
active_to=2020-06-01                    | 100% Åsa Jürgen Zinc
active_from=2025-06-01&active_to=2025-07-01 | 100% Åsa Zinc
active_from=nonsense                    | 100% Åsa Jürgen Zinc
name=mar&city=rennes                    | Jürgen
name=mar&city=san                       | -
"""


def split(table):
    return [
        tuple(part.strip() for part in line.split("|"))
        for line in table.splitlines()
        if line.strip()
    ]


def params(text):
    return dict(part.split("=", 1) for part in text.split("&") if part)


def at(**columns):
    return Address(**{"position": 1} | columns)


def reached(kind, value, **columns):
    return ContactElement(kind=kind, value=value, position=5, **columns)


def noted(entity, text, subject="", **columns):
    return Memo(node_id=entity.id, at=NOW, subject=subject, text=text, **columns)


@pytest.fixture
def directory(db):
    """Return four entities by name, each found by something else."""
    own = make_company(db)
    berlin = {"line_one": "", "city": "", "postal_code": "", "country": "DE"}
    zinc = make_entity(db, "Zinc", control_code="C-71", email="info@zinc.example")
    jurgen = make_entity(
        db,
        kind="person",
        first_name="Jürgen",
        middle_name="Mark",
        phone="+33 (1) 42 68 00",
        place={
            "line_one": "rue de la République 12",
            "line_two": "Suite 5",
            "city": "Rennes",
        },
    )
    asa = make_entity(
        db,
        "Åsa",
        stage="Lead",
        email="c-d@asa.example",
        place={"state": "Bayern", "postal_code": "791 00", "city": "X"},
    )
    wool = make_entity(
        db,
        kind="robot",
        name="100%",
        stage="Vendor",
        email="1@wool.example",
        country="DK",
        place=berlin,
    )
    jurgen.trading_name, jurgen.last_name = "", "Müller"
    zinc.other_names.append(OtherName(name="Old & Cold", kind="former"))
    zinc.addresses.append(at(line_one="Republic Way 1", city="San Francisco"))
    zinc.elements.append(reached("other", "Édi-77"))
    jurgen.elements.append(reached("web", "https://shop.example"))
    asa.addresses.append(at(city="København", country="DK"))
    asa.employments.append(Employment(start_date=TODAY))
    days = {"start_date": dt.date(2020, 1, 1), "end_date": dt.date(2025, 5, 1)}
    make_customer(db, own, jurgen)
    jurgen.accounts[0].start_date = days["start_date"]
    jurgen.accounts[0].end_date = days["end_date"]
    make_customer(db, own, zinc, class_="vendor", number="V 77 1")
    make_customer(db, own, zinc, number="K 1")
    for kind, value in (("control_code", "GONE-1"), ("account_number", "before1")):
        db.add(
            EntityAlias(entity_id=zinc.id, kind=kind, value=value, key=value.casefold())
        )
    user = make_user(db)
    db.add(EntityUser(user_id=user.id, entity_id=asa.id))
    db.add_all(
        [
            noted(asa, "Möchte Rabatt für den Herbst."),
            noted(zinc, "Nothing", subject="Vertrag"),
            noted(zinc, "private", private=True, author_id=user.id),
            noted(zinc, "removed", removed_at=NOW),
        ]
    )
    for entity in (zinc, jurgen, asa, wool):
        index(entity)
    db.flush()
    return {"Zinc": zinc, "Jürgen": jurgen, "Åsa": asa, "100%": wool}


def names(db, grid, asked):
    return [row.values[0].split()[0] for row in grid.run(db, asked).rows]


@pytest.mark.parametrize(("asked", "found"), split(FOUND), ids=lambda one: one or "all")
def test_each_field_finds_what_it_says(db, directory, asked, found):
    grid = ContactGrid(OPEN, TODAY, EVERYTHING)
    wanted = [] if found == "-" else found.split()

    page = grid.run(db, params(asked))

    assert sorted(row.values[0].split()[0] for row in page.rows) == sorted(wanted)
    assert page.count == len(wanted)


@pytest.mark.parametrize("few", [0, 1000], ids=["in the order", "led"])
@pytest.mark.parametrize("looked_at", [0, 40], ids=["not near", "near"])
def test_every_way_finds_the_same(db, directory, monkeypatch, few, looked_at):
    for far in ("FAR", "FAR_IN_ROW", "FAR_IN_TEXTS"):
        monkeypatch.setattr(searched, far, few)
    monkeypatch.setattr(searched, "LOOKED_AT", looked_at)
    monkeypatch.setattr(searched, "LOOKED_BESIDE", looked_at)
    for asked, found in split(FOUND):
        wanted = [] if found == "-" else found.split()
        grid = ContactGrid(OPEN, TODAY, EVERYTHING)
        assert sorted(names(db, grid, params(asked))) == sorted(wanted), asked
