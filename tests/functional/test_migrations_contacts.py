"""The customers of the first version become accounts of entities, without loss."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from endi_like.migrations.running import upgrade
from endi_like.models.contacts import Customer, Entity
from endi_like.services.contacts.copies import index
from tests.conftest import own_database
from tests.dumps import RELEASED, restore
from tests.processes import Place, in_session

FIRST = "0.1.0"
LINES = ("line_one", "line_two", "line_three")
BEFORE = """
SELECT entity.id, node.name, kind, contact_name, address, postcode, town, country,
       email, phone, vat_number, language
FROM entity JOIN node ON node.id = entity.id ORDER BY entity.id
"""

TWICE = (
    "UPDATE credit_account SET company_id = 1",
    "UPDATE credit_account SET number = 'C1' WHERE id IN (1, 2, 3)",
    "UPDATE credit_account SET number = 'c 1' WHERE id = 2",
)

BESIDE = ("stored_file", "memo")
FILED = (
    "INSERT INTO stored_file (node_id, company_id, purpose, name, version, description,"
    " media_type, size, sha256, created_at) SELECT entity_id, company_id, 'attachment',"
    " 'a.txt', 1, '', 'text/plain', 1, 'ab', '2026-01-02 03:04:05'"
    " FROM credit_account WHERE id = 3",
    "INSERT INTO memo (node_id, company_id, author_id, at, text, private, pinned,"
    " version) SELECT entity_id, company_id, 1, '2026-01-02 03:04:05', 'Hello',"
    " false, false, 1 FROM credit_account WHERE id = 3",
)


@pytest.fixture(params=["sqlite", "postgresql"])
def released(request, tmp_path):
    """Return a place as the first version has left it."""
    if request.param == "sqlite":
        place = Place(f"sqlite:///{tmp_path}/endi.db", tmp_path)
    else:
        address = request.getfixturevalue("postgres_url")
        place = Place(own_database(address, "first_version"), tmp_path)
    restore(RELEASED / f"{FIRST}-{place.kind}.gz", place)
    return place


def rows(place, query):
    engine = place.engine()
    with engine.connect() as connection:
        found = [dict(row._mapping) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def as_before(entity):
    """Return what the first version knew of an entity, from where it is now."""
    (place,) = entity.addresses
    reached = {one.kind: one.value for one in entity.elements}
    street = [getattr(place, line) for line in LINES]
    return {
        "id": entity.id,
        "name": entity.name,
        "kind": entity.kind,
        "contact_name": place.attention,
        "address": "\n".join(filter(None, street)),
        "postcode": place.postal_code,
        "town": place.city,
        "country": entity.country,
        "email": reached["email"],
        "phone": reached["phone"],
        "vat_number": entity.vat_number,
        "language": entity.language,
    }


def test_the_customers_of_the_first_version_are_entities_with_accounts(released):
    before = rows(released, BEFORE)
    numbers = "SELECT id, entity_id, company_id, number, active FROM credit_account"
    accounts = rows(released, f"{numbers} ORDER BY id")
    assert len(before) > 30
    upgrade(released.database_url)

    def now(db):
        entities = db.scalars(select(Entity).order_by(Entity.id)).all()
        assert [as_before(one) for one in entities] == before
        codes = [one.control_code for one in entities]
        assert codes == [f"E-{n:06}" for n in range(1, len(before) + 1)]
        found = db.scalars(select(Customer).order_by(Customer.id)).all()
        assert [
            {name: getattr(one, name) for name in accounts[0]} for one in found
        ] == [{**one, "active": bool(one["active"])} for one in accounts]

    in_session(released, now)


def test_what_is_copied_is_what_the_services_write(released):
    upgrade(released.database_url)
    copies = ("name", "names_key", "city", "postal_code", "email", "phone", "sort_name")
    query = "SELECT * FROM entity ORDER BY id"
    migrated = rows(released, query)

    def write_again(db):
        for entity in db.scalars(select(Entity)):
            before = {name: getattr(entity, name) for name in copies}
            index(entity)
            assert {name: getattr(entity, name) for name in copies} == before
            for address in entity.addresses:
                address.city = f"{address.city} "
                db.flush()
                address.city = address.city.strip()
            for element in entity.elements:
                element.value = f"{element.value} "
                db.flush()
                element.value = element.value.strip()
        db.flush()

    keys = [
        ("address", "lines_key, city_key, state_key, postal_key"),
        ("contact_element", "search_key"),
        ("credit_account", "number_key, search_key, name, sort_name"),
    ]
    before = [rows(released, f"SELECT {k} FROM {t} ORDER BY id") for t, k in keys]
    in_session(released, write_again)
    after = [rows(released, f"SELECT {k} FROM {t} ORDER BY id") for t, k in keys]
    assert after == before
    names = [(row["sort_name"], row["names_key"]) for row in rows(released, query)]
    assert names == [(row["sort_name"], row["names_key"]) for row in migrated]


def test_a_number_given_twice_in_a_company_is_told_apart(released):
    def double(engine):
        with engine.begin() as connection:
            connection.execute(
                text("UPDATE credit_account SET number = 'C1' WHERE id IN (1, 2, 3)")
            )
            connection.execute(text("UPDATE credit_account SET company_id = 1"))
            connection.execute(
                text("UPDATE credit_account SET number = 'c 1' WHERE id = 2")
            )

    engine = released.engine()
    double(engine)
    engine.dispose()
    upgrade(released.database_url)
    found = rows(released, "SELECT number FROM credit_account WHERE id < 4 ORDER BY id")
    assert [row["number"] for row in found] == ["C1", "c 1 (2)", "C1 (3)"]


def test_files_and_memos_of_a_company_s_customer_are_of_that_account(released):
    engine = released.engine()
    with engine.begin() as connection:
        for statement in FILED:
            connection.execute(text(statement))
    engine.dispose()
    pairs = "FROM {0} AS one JOIN credit_account AS a ON a.entity_id = one.node_id"
    before = [rows(released, f"SELECT count(*) AS n FROM {one}") for one in BESIDE]

    upgrade(released.database_url)

    after = [rows(released, f"SELECT count(*) AS n FROM {one}") for one in BESIDE]
    assert after == before, "nothing is lost"
    for one in BESIDE:
        found = rows(
            released,
            f"SELECT one.account_id, a.id {pairs.format(one)} "
            "AND a.company_id = one.company_id WHERE one.company_id IS NOT NULL",
        )
        assert found, one
        assert all(row["account_id"] == row["id"] for row in found), one
