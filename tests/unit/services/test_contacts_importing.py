"""Contacts from CSV files: what is stored is what the services would have written."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from endi_like.models.contacts import (
    Address,
    ContactElement,
    Customer,
    Employment,
    Entity,
    EntityBankAccount,
    OtherName,
    Vendor,
)
from endi_like.models.keys import keys_of
from endi_like.models.memos import Memo
from endi_like.models.people import User
from endi_like.services.contacts.copies import index
from tests.factories import NOW, make_company
from tests.importing import COLUMNS, bring, contact, files

EVERY_KIND = (
    Entity,
    Customer,
    Vendor,
    Address,
    ContactElement,
    OtherName,
    Employment,
    EntityBankAccount,
    User,
    Memo,
)

WHOLE = {
    "contacts": [
        contact(
            1,
            kind="company",
            control_code="C-1",
            name="Élan",
            legal_name="Élan & Fils SARL",
            marker="Hot Lead",
            sales_tax_id="FR123456789",
            country_code="BE",
            created="2020-02-03",
        ),
        contact(2, name="Müller, Jürgen", first_name="Jürgen", last_name="Müller"),
        contact(3, kind="robot", name="Nightly Job 3", last_name="Job 3"),
    ],
    "other_names": [(1, "Ancien Élan"), (1, "É")],
    "employees": [
        (2, "E-2", "2020-01-01", "2021-12-31", "Baker", "t", "f", "", "123"),
        (2, "E-2b", "2022-01-01", "", "Chief", "f", "t", 3, ""),
    ],
    "users": [(2, "JMüller"), (2, "jmüller.adm")],
    "credit_accounts": [
        (
            *(7, 1, "customer", "75 0001 A", "Shop", "Pay me", "EUR", "1000.50", "2.5"),
            *(8, 30, "t", 25, "fr", "Wholesale", "B", "2020-01-01", "", 2),
        ),
        (
            *(8, 1, "vendor", "75 0001 A", "", "", "", "", "", "", "", "", "", ""),
            *("", "", "", "", ""),
        ),
    ],
    "addresses": [
        (1, "account", 7, "Shipping", "Dock 1", "", "", "Gand", "", "9000", "BE", ""),
        (
            *(2, "contact", 1, "Billing", "1 rue d'Éon", "Bât. 2", "", "Liège", "WLG"),
            *("4000", "BE", "2020-02-03"),
        ),
    ],
    "contact_items": [
        (1, "account", 7, "email", "Email", "shop@elan.example", ""),
        (2, "contact", 1, "phone", "Fax", "+32 (4) 123-4567", "office"),
        (3, "contact", 1, "email", "Email", "Info@Elan.example", ""),
    ],
    "notes": [
        (1, "contact", 1, "Été", "Fermé\nen août", "2021-07-01T08:30:00", "bob"),
        (2, "account", 7, "", "Ring twice", "", ""),
    ],
    "bank_accounts": [(1, 1, "GKGPBEBB", "BE68 5390 0754 7034", "main")],
}


@pytest.fixture
def whole(db, tmp_path):
    return bring(db, files(tmp_path, **WHOLE))


def entity(db, code):
    return db.scalars(select(Entity).where(Entity.control_code == code)).one()


def test_everything_goes_in(db, whole):
    assert whole.refused == []
    found = {
        kind: db.scalar(select(func.count()).select_from(kind)) for kind in EVERY_KIND
    }
    assert found[Entity] == 3
    assert found[Customer] == found[Vendor] == 1
    assert found[Address] == found[OtherName] == found[Employment] == found[Memo] == 2
    assert found[ContactElement] == 3
    assert found[EntityBankAccount] == 1


def test_an_entity_has_what_the_file_says(db, whole):
    found = entity(db, "C-1")
    assert (found.name, found.trading_name) == ("Élan", "Élan")
    assert found.legal_name == "Élan & Fils SARL"
    assert (found.stage, found.country, found.language) == ("Hot Lead", "BE", "fr")
    assert found.vat_number == "FR123456789"
    assert (found.city, found.postal_code) == ("Liège", "4000")
    assert (found.email, found.phone) == ("Info@Elan.example", "+32 (4) 123-4567")
    # midnight in Paris
    assert found.created_at == datetime(2020, 2, 2, 23, tzinfo=UTC)
    assert (found.version, found.updated_at) == (1, NOW)
    assert found.company_id is None


def test_a_name_that_is_derived_is_not_kept_twice(db, whole):
    assert entity(db, "C-2").trading_name == ""
    assert entity(db, "C-2").name == "Jürgen Müller"
    # of a robot only one name was known: it is another than the given one
    assert entity(db, "C-3").trading_name == "Nightly Job 3"


@pytest.mark.parametrize(
    ("columns", "name", "attribute"),
    [
        ({"kind": "company", "name": "Élan"}, "Élan", "legal_name"),
        ({"kind": "person", "name": "Zoé"}, "Zoé", "last_name"),
        ({"kind": "household", "legal_name": "Les Roy"}, "Les Roy", "legal_name"),
    ],
)
def test_one_name_is_enough(db, tmp_path, columns, name, attribute):
    bring(db, files(tmp_path, contacts=[contact(1, **columns)]))
    found = entity(db, "C-1")
    assert (found.name, getattr(found, attribute)) == (name, name)
    assert found.trading_name == ""


def test_accounts_have_their_conditions(db, whole):
    found = db.scalars(select(Customer)).one()
    assert found.company.code == "OWN"
    assert found.entity == entity(db, "C-1")
    assert found.primary_contact == entity(db, "C-2")
    assert (found.number, found.number_key) == ("75 0001 A", "750001a")
    assert found.credit_limit == Decimal("1000.5")
    assert (found.discount, found.discount_days) == (Decimal("2.5"), 8)
    assert (found.terms_days, found.tax_included) == (30, True)
    assert found.start_date == date(2020, 1, 1)
    assert [one.city for one in found.addresses] == ["Gand"]


def test_accounts_belong_to_the_company_asked_for(db, tmp_path):
    company = make_company(db, code="ELAN")
    bring(db, files(tmp_path, **WHOLE), company="ELAN")
    assert db.scalars(select(Customer)).one().company == company
    memos = db.scalars(select(Memo).order_by(Memo.id)).all()
    assert [one.company_id for one in memos] == [None, company.id]


def test_who_logs_in_waits_to_be_let_in(db, whole):
    found = entity(db, "C-2").users
    assert [one.login for one in found] == ["jmüller", "jmüller.adm"]
    assert {(one.name, one.active) for one in found} == {("Jürgen Müller", False)}
    assert {one.password_hash for one in found} == {""}


def test_notes_become_memos(db, whole):
    note, of_account = db.scalars(select(Memo).order_by(Memo.id))
    assert (note.subject, note.text) == ("Été", "Fermé\nen août")
    assert note.author_name == "bob"
    assert note.at == datetime(2021, 7, 1, 6, 30, tzinfo=UTC)
    assert of_account.account_id == db.scalars(select(Customer)).one().id
    assert of_account.at == NOW


def test_managers_are_found(db, whole):
    found = entity(db, "C-2").employments
    assert [one.manager for one in found] == [None, entity(db, "C-3")]


def test_what_is_stored_is_what_the_services_write(db, whole):
    for one in db.scalars(select(Entity)):
        index(one)
    db.flush()
    assert {one.version for one in db.scalars(select(Entity))} == {1}
    assert not db.dirty


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_keys_are_those_that_are_kept(db, whole, kind):
    rows = db.scalars(select(kind)).all()
    assert rows
    for row in rows:
        for key, make, names in keys_of(kind.__mapper__):
            values = (getattr(row, name) or "" for name in names)
            assert getattr(row, key) == make(*values), key


def test_the_order_of_rows_does_not_matter(db, tmp_path):
    turned = {name: rows[::-1] for name, rows in WHOLE.items()}
    assert bring(db, files(tmp_path, **turned)).refused == []
    assert db.scalars(select(Customer)).one().primary_contact == entity(db, "C-2")


def test_whoever_has_no_code_gets_the_next(db, tmp_path):
    rows = [contact(1, control_code=""), contact(2, control_code="")]
    bring(db, files(tmp_path, contacts=rows))
    found = db.scalars(select(Entity.control_code).order_by(Entity.id)).all()
    assert [code[:2] for code in found] == ["E-", "E-"]
    assert len(set(found)) == 2


def test_columns_are_those_the_seed_documents(tmp_path):
    assert set(COLUMNS) == set(WHOLE)
    with (files(tmp_path, **WHOLE) / "contacts.csv").open(encoding="utf-8") as found:
        assert next(csv.reader(found)) == COLUMNS["contacts"].split()
