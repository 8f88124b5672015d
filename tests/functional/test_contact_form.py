"""Contacts: entered and changed whole, on one page."""

import pytest
from sqlalchemy import select

from endi_like.models.contacts import Entity
from tests.factories import make_company, make_user
from tests.functional.pages import document_form, save


@pytest.fixture
def company(db):
    return make_company(db, name="Atelier du Vent")


@pytest.fixture
def manager(db, company, login):
    return login(make_user(db, roles=["manager"], name="Benoît", language="en"))


def only(db):
    return db.scalars(select(Entity)).one()


def test_a_name_is_all_that_is_asked(manager, db):
    page = manager.get("/contacts/add")

    assert document_form(page).fields["country"][0].value == "France"
    answer = save(page, legal_name="Élan & Fils")

    entity = only(db)
    assert answer.location == f"http://localhost/contacts/{entity.id}/"
    assert (entity.name, entity.kind, entity.country) == (
        "Élan & Fils",
        "company",
        "FR",
    )
    assert entity.control_code == "E-000001"
    assert (entity.addresses, entity.elements, entity.accounts) == ([], [], [])


def test_smoke(manager, db):
    save(
        manager.get("/contacts/add"),
        legal_name="Élan & Fils",
        value_0="+33 1 22",
        value_1="a@b",
    ).follow()
    entity = only(db)

    save(manager.get(f"/contacts/{entity.id}/edit"), legal_name="X")
    manager.get(f"/contacts/{entity.id}/")
