"""The search of the directory in a browser: its page, its files, its JSON."""

from __future__ import annotations

import pytest

from endi_like.models.contacts import ContactElement
from tests.factories import (
    make_company,
    make_customer,
    make_entity,
    make_member,
    make_user,
)


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles=["manager"], language="en"))


@pytest.fixture
def known(db):
    """Return three entities: two in Paris, one in Berlin with a vendor account."""
    return [
        make_entity(db, "Marble & Fils", email="info@marble.example"),
        make_entity(db, "Étoile Marine", phone="+33 1 42 68 00 00"),
        make_customer(
            db,
            name="Zinc GmbH",
            class_="vendor",
            number="V 77 1",
            place={"city": "Berlin", "country": "DE", "state": ""},
        ).entity,
    ]


def rows(page):
    return [row.select_one("th").text.strip() for row in page.html.select("tbody tr")]


def test_page(manager, known):
    page = manager.get("/contacts/?name=mar")
    print(page.html.select_one("main").text)
    print(manager.get("/contacts/?city=berl&fmt=json").json)
    print(manager.get("/contacts/accounts?city=berl&fmt=json").json)
    print(manager.get("/contacts/export.vcf").text)
    print(manager.get("/contacts/export.csv").text)
    print(manager.get("/contacts/accounts.csv").text)
    print(manager.get("/contacts/accounts").html.select_one("main").text)
    assert 0
