"""How many of the known duplicates of 20 000 contacts are found, and what else is."""

import csv
from itertools import islice

import pytest
from sqlalchemy import insert, text

from endi_like.models.contacts import ContactElement, Entity
from endi_like.models.keys import values_of
from endi_like.models.node import Node
from endi_like.services.contacts.duplicates.finding import find
from endi_like.services.contacts.duplicates.reasons import LIKELY
from endi_like.services.contacts.importing.building import plain
from endi_like.services.contacts.importing.loading import load
from tests.factories import NOW
from tests.golden.contacts.gen_contacts import Gen

COUNT = 20_000
SEED = 20250101
LEAST_FOUND = 0.60
MOST_FALSE = 0.10
AT_ONCE = 5000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contacts")
    Gen(COUNT, SEED, str(folder)).run()
    return folder


def lines(folder, name):
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def entity(line):
    own = plain(
        Entity,
        id=int(line["contact_key"]),
        type_="entity",
        kind=line["kind"],
        name=line["name"],
        control_code=line["control_code"],
        legal_name=line["legal_name"],
        first_name=line["first_name"],
        last_name=line["last_name"],
        trading_name=line["name"] if line["kind"] == "company" else "",
        tax_id=line["tax_id"],
        vat_number=line["sales_tax_id"],
        country=line["country_code"],
        filed_under=line["name"],
        created_at=NOW,
        updated_at=NOW,
        version=1,
    )
    own.__dict__.update(values_of(Entity, own.__dict__))
    return own


def element(line, owners):
    is_own = line["owner"] == "contact"
    key = line["owner_key"] if is_own else owners[line["owner_key"]]
    values = {"kind": line["kind"], "value": line["value"], "label": line["label"]}
    own = {"entity_id": int(key), "description": "", "position": 0, **values}
    return {**own, **values_of(ContactElement, values)}


def put(db, table, rows):
    rows = iter(rows)
    while some := list(islice(rows, AT_ONCE)):
        db.execute(insert(table), some)


@pytest.fixture
def known(db, folder):
    contacts = list(lines(folder, "contacts"))
    entities = [entity(line) for line in contacts]
    values = [one.__dict__ for one in entities]
    load(db.connection(), Entity, Node, values)
    load(db.connection(), Entity, Entity, values)
    accounts = lines(folder, "credit_accounts")
    owners = {one["account_key"]: one["contact_key"] for one in accounts}
    items = lines(folder, "contact_items")
    put(db, ContactElement.__table__, (element(line, owners) for line in items))
    db.execute(text("ANALYZE"))  # as databases do by themselves after a while
    return {
        int(line["contact_key"]): int(line["duplicate_of"])
        for line in contacts
        if line["duplicate_of"]
    }


def test_most_of_what_can_be_told_is_found_and_little_else(db, known):
    found = {key for key, one in find(db).items() if one.score >= LIKELY}

    true = {(first, later) for later, first in known.items()}
    right = {(a, b) for a, b in found if known.get(a, a) == known.get(b, b)}
    assert len(found & true) / len(true) >= LEAST_FOUND
    assert 1 - len(right) / len(found) <= MOST_FALSE
