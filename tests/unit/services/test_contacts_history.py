"""What the history keeps of a contact: who logs in for it, and whose its rows are."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from endi_like.models.contacts import Address, ContactElement
from endi_like.models.history import FieldChange
from endi_like.services.beside import Signature
from endi_like.services.contacts.anonymising import anonymise
from endi_like.services.contacts.as_of import as_of, said
from tests.factories import (
    AUTHOR,
    NOW,
    TODAY,
    make_company,
    make_customer,
    make_entity,
    make_user,
)


def changes(db, entity):
    db.flush()
    wanted = select(FieldChange).where(FieldChange.node_id == entity.id)
    return [
        (one.what, one.field, one.row, one.company_id, one.before, one.after)
        for one in db.scalars(wanted.order_by(FieldChange.id))
    ]


@pytest.fixture
def here(db):
    return make_company(db, code="HERE")


@pytest.fixture
def there(db):
    return make_company(db, code="THERE")


@pytest.fixture
def mine(db, here):
    return make_customer(db, here, name="Verger SARL", number="M1")


@pytest.fixture
def entity(db, mine):
    """Return an entity with an address and a telephone of its own account."""
    entity = mine.entity
    entity.addresses = [Address(line_one="1 rue A", account=mine, country="FR")]
    entity.elements = [ContactElement(kind="phone", value="02 1", account=mine)]
    db.flush()
    return entity


def test_who_logs_in_for_an_entity_is_kept_by_name(db, clock):
    entity = make_entity(db, "Verger SARL")
    ada, bob = (make_user(db, name=name) for name in ("Ada", "Bob"))
    version = entity.version

    for users in ([bob, ada], [bob], []):
        clock.advance(hours=1)
        entity.users = users
        db.flush()

    assert changes(db, entity) == [
        ("entity", "users", "", None, None, "Ada, Bob"),
        ("entity", "users", "", None, "Ada, Bob", "Bob"),
        ("entity", "users", "", None, "Bob", None),
    ]
    assert entity.version == version + 3


def test_whose_a_row_is_now_is_told_to_both_companies_each_its_side(
    db, entity, mine, here, there
):
    theirs = make_customer(db, there, entity, number="T1")
    known = len(changes(db, entity))
    (address,) = entity.addresses
    address.account, address.line_one = theirs, "2 rue B"

    found = changes(db, entity)[known:]

    company, other = here.id, there.id
    assert sorted(found, key=str) == [
        ("address", "account", "1 rue A", company, "HERE M1", None),
        ("address", "account", "2 rue B", other, None, "THERE T1"),
        ("address", "line_one", "2 rue B", other, "1 rue A", "2 rue B"),
    ]


@pytest.mark.parametrize("by_id", [False, True])
def test_a_row_that_becomes_the_entity_s_own_and_another_account_s(
    db, entity, mine, here, by_id
):
    second = make_customer(db, here, entity, number="M2")
    known = len(changes(db, entity))
    (phone,) = entity.elements
    for account in (second, None, mine):
        phone.account = account
        if by_id:
            phone.account_id = account and account.id
        db.flush()

    assert [one[1:] for one in changes(db, entity)[known:]] == [
        ("account", "02 1", here.id, "HERE M1", "HERE M2"),
        ("account", "02 1", here.id, "HERE M2", None),
        ("account", "02 1", here.id, None, "HERE M1"),
    ]


def test_a_row_whose_account_stays_is_not_told(db, entity, mine):
    known = len(changes(db, entity))
    db.expire_all()
    (phone,) = entity.elements
    phone.account, phone.description = mine, "In the morning"

    assert [one[1] for one in changes(db, entity)[known:]] == ["description"]


def test_the_day_before_is_played_back_all_the_same(db, entity, mine, clock):
    before = said(entity.addresses[0])
    clock.advance(days=2)
    entity.addresses[0].account, entity.addresses[0].city = None, "Brest"
    db.flush()

    past = as_of(db, entity, TODAY + dt.timedelta(days=1), "UTC")

    assert past.addresses == [before]


def test_of_whom_is_forgotten_it_is_forgotten_too(db, entity):
    entity.addresses[0].account = None
    entity.users = [make_user(db, name="Ada")]
    db.flush()

    anonymise(db, entity, Signature(AUTHOR, NOW), entity.control_code)

    kept = [one for one in changes(db, entity) if one[1] in ("account", "users")]
    assert len(kept) >= 2
    assert {one[2:3] + one[4:] for one in kept} == {("", None, None)}
