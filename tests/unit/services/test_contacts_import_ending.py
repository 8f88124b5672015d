"""What is put off while contacts are imported is done at the end, and only then."""

from __future__ import annotations

import gc

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from endi_like.grids.contacts import ContactGrid
from endi_like.models.contacts import Entity
from endi_like.models.jobs import Job
from endi_like.models.searching import BY_PARTS, BY_WORDS, PREFIX
from endi_like.services.contacts.codes import next_code
from endi_like.services.contacts.duplicates.asking import JOB, MOST_BY_NAME
from endi_like.services.contacts.importing import importer
from endi_like.services.contacts.importing.ending import INDEXING, MANY
from endi_like.services.contacts.importing.importer import STORING
from endi_like.services.rights.sight import EVERYTHING
from tests.factories import TODAY, make_entity
from tests.importing import bring, contact, files

OF_SQLITE = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
on_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
COUNTED = {
    "sqlite": "SELECT DISTINCT tbl FROM sqlite_stat1",
    "postgresql": "SELECT DISTINCT tablename FROM pg_stats",
}


def schema(db):
    return set(map(tuple, db.execute(text(OF_SQLITE))))


def found(db, **asked):
    grid = ContactGrid(~Entity.confidential, TODAY, EVERYTHING)
    return {row.values[0] for row in grid.run(db, asked).rows}


def many(tmp_path, count, **columns):
    rows = [contact(key, last_name=f"Zug {key}", **columns) for key in range(count)]
    return files(tmp_path, contacts=rows)


def taken_meanwhile(monkeypatch, db, code):
    def founded(db, usual=importer.founded):
        make_entity(db, name="Faster", control_code=code)
        return usual(db)

    monkeypatch.setattr(importer, "founded", founded)


def test_a_process_tidies_up_as_before():
    before = gc.get_threshold()
    with importer.seldom_tidied():
        assert gc.get_threshold() > before
    assert gc.get_threshold() == before


def test_who_came_in_is_found_beside_who_was_there(db, tmp_path):
    make_entity(db, name="Zug 0")
    bring(db, many(tmp_path, 3))
    make_entity(db, name="Zug 9")
    assert len(found(db, name="zug")) == 5 - 1
    assert found(db, name="zug 9") == {"Zug 9"}


@on_sqlite
def test_indexes_are_what_they_were(db, tmp_path):
    before = schema(db)
    bring(db, many(tmp_path, 3))
    assert schema(db) == before
    for table in (*BY_WORDS, *BY_PARTS):
        name = PREFIX + table
        asked = f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"
        db.execute(text(asked))  # raises when it is not what the table has


@on_sqlite
def test_what_fails_leaves_the_indexes_as_they_were(db, tmp_path, monkeypatch):
    before = schema(db)
    taken_meanwhile(monkeypatch, db, "C-1")
    with pytest.raises(IntegrityError), db.begin_nested():
        bring(db, many(tmp_path, 3))
    assert schema(db) == before
    make_entity(db, name="Zug 9")
    assert found(db, name="zug") == {"Zug 9"}


def test_what_fails_says_nothing_of_the_rows(db, tmp_path, monkeypatch):
    taken_meanwhile(monkeypatch, db, "C-1")
    with pytest.raises(IntegrityError) as error, db.begin_nested():
        bring(db, many(tmp_path, 3))
    assert "code_key" in str(error.value)
    assert "Zug" not in str(error.value)


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    return many(tmp_path_factory.mktemp("many"), MANY)


def test_tables_that_grew_are_counted(db, big):
    bring(db, big)
    counted = db.scalars(text(COUNTED[db.get_bind().dialect.name]))
    assert {"node", "entity"} <= set(counted)


def test_many_are_compared_by_one_job(db, big):
    bring(db, big)
    (job,) = db.scalars(select(Job).where(Job.name == JOB))
    assert job.payload == "{}"


def test_a_few_are_compared_by_name(db, tmp_path):
    bring(db, many(tmp_path, 3))
    (job,) = db.scalars(select(Job).where(Job.name == JOB))
    ids = db.scalars(select(Entity.id).where(Entity.name.like("Zug %")))
    assert job.payload == f'{{"ids": {sorted(ids)}}}'
    assert len(job.payload) < MOST_BY_NAME


def test_progress_tells_of_storing_and_indexing(db, tmp_path):
    told = []
    bring(db, many(tmp_path, 3), progress=lambda *one: told.append(one))
    assert (STORING, 3, 3) in told
    assert told[-1][0] in (INDEXING, STORING)
    assert told[-1][1] == told[-1][2]


def test_the_counter_jumps_over_codes_that_came_in(db, tmp_path):
    first = next_code(db)
    number = int(first[2:])
    rows = [contact(key, control_code=f"E-{number + key:06}") for key in range(1, 5)]
    bring(db, files(tmp_path, contacts=rows))
    assert next_code(db) == f"E-{number + 5:06}"


def test_codes_that_come_in_are_not_given_to_others(db, tmp_path):
    number = int(next_code(db)[2:])
    rows = [
        contact(1, control_code=""),
        contact(2, control_code=""),
        contact(3, control_code=f"e-{number + 1:06}"),
    ]
    assert bring(db, files(tmp_path, contacts=rows)).refused == []
    codes = db.scalars(select(Entity.control_code).order_by(Entity.id.desc()).limit(3))
    given = [f"E-{number + 3:06}", f"E-{number + 2:06}"]
    assert list(codes) == [f"e-{number + 1:06}", *given]
    assert next_code(db) == f"E-{number + 4:06}"
