"""The migrations make exactly what the models describe, on both databases."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from endi_like.db import Base, make_engine
from endi_like.migrations import head, is_current, upgrade
from endi_like.migrations.running import (
    BrokenReferences,
    check_references,
    configuration,
    is_described,
    migrating_engine,
)
from endi_like.models.searching import PREFIX
from endi_like.models.triggers import rules
from tests.conftest import own_database

TRIGGERS = {
    "sqlite": "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname, tgrelid::regclass::text, pg_get_functiondef(tgfoid)"
    " FROM pg_trigger WHERE NOT tgisinternal",
}
INDEXES = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE name LIKE 'search_%'",
    "postgresql": "SELECT indexname, indexdef FROM pg_indexes"
    " WHERE indexname LIKE 'search_%'",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def new_url(request, tmp_path):
    """Return a function that gives the address of an empty database."""

    def new_url(purpose):
        if request.param == "sqlite":
            return f"sqlite:///{tmp_path}/{purpose}.sqlite"
        return own_database(request.getfixturevalue("postgres_url"), purpose)

    return new_url


@pytest.fixture
def url(new_url):
    return new_url("migrated")


def triggers(engine):
    with engine.connect() as connection:
        found = connection.execute(text(TRIGGERS[engine.dialect.name]))
        return sorted(tuple(row) for row in found)


def indexes(engine):
    with engine.connect() as connection:
        found = connection.execute(text(INDEXES[engine.dialect.name]))
        return sorted(tuple(row) for row in found)


def checks(engine):
    found = inspect(engine)
    return {
        (table, check["name"], check["sqltext"])
        for table in Base.metadata.tables
        for check in found.get_check_constraints(table)
    }


def test_the_migrations_make_the_tables_of_the_models(url):
    upgrade(url)
    engine = make_engine(url)
    with engine.connect() as connection:
        compared = {"compare_type": True, "include_object": is_described}
        context = MigrationContext.configure(connection, opts=compared)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_migrations_make_the_checks_and_triggers_of_the_models(new_url):
    migrated, made = new_url("migrated"), new_url("made")
    upgrade(migrated)
    one, other = make_engine(migrated), make_engine(made)
    Base.metadata.create_all(other)
    refusing = [one for one in triggers(one) if not one[0].startswith(PREFIX)]
    assert len(refusing) == len(list(rules()))
    assert triggers(one) == triggers(other)
    assert checks(one) == checks(other)
    assert indexes(one) == indexes(other) != []
    one.dispose()
    other.dispose()


def test_a_database_is_current_once_it_is_migrated_and_migrating_again_is_harmless(
    url,
):
    engine = make_engine(url)
    assert not is_current(engine)
    upgrade(url)
    assert is_current(engine)
    upgrade(url)
    assert is_current(engine)
    engine.dispose()


def test_what_goes_wrong_in_a_migration_leaves_nothing_behind(url, monkeypatch):
    def fail(_connection):
        raise BrokenReferences("on purpose")

    monkeypatch.setattr("endi_like.migrations.running.check_references", fail)
    with pytest.raises(BrokenReferences):
        upgrade(url)
    engine = make_engine(url)
    assert inspect(engine).get_table_names() == []
    engine.dispose()


def test_a_broken_reference_is_found(tmp_path):
    engine = migrating_engine(f"sqlite:///{tmp_path}/broken.sqlite")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE whole (id INTEGER PRIMARY KEY)"))
        connection.execute(text("CREATE TABLE part (whole_id REFERENCES whole(id))"))
        check_references(connection)
        connection.execute(text("INSERT INTO part VALUES (7)"))
        with pytest.raises(BrokenReferences, match="table part, row 1"):
            check_references(connection)
    engine.dispose()


def test_the_last_step_is_known_without_alembic():
    assert ScriptDirectory.from_config(configuration()).get_heads() == [head()]
