"""What reads sees one moment, whatever others write meanwhile."""

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from endi_like.db import Base, make_engine, reading
from endi_like.models.options import WorkUnit
from tests.conftest import own_database

HOW_MANY = select(func.count()).select_from(WorkUnit)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path):
    url = f"sqlite:///{tmp_path}/moment.sqlite"
    if request.param == "postgresql":
        url = own_database(request.getfixturevalue("postgres_url"), "moment")
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_what_only_reads_sees_one_moment_and_keeps_nobody_waiting(engine):
    with Session(reading(engine)) as reader:
        assert reader.scalar(HOW_MANY) == 0
        with Session(engine) as writer, writer.begin():
            writer.add(WorkUnit(label="hour"))
        assert reader.scalar(HOW_MANY) == 0
        reader.commit()
        assert reader.scalar(HOW_MANY) == 1


def test_what_writes_goes_on_from_what_is_there(engine):
    with Session(reading(engine)) as reader:
        assert reader.scalar(HOW_MANY) == 0
    for label in ("hour", "day"):
        with Session(engine) as writer, writer.begin():
            writer.add(WorkUnit(label=label))
    with Session(engine) as writer:
        assert writer.scalar(HOW_MANY) == 2


REFERENCE = """CREATE TABLE reference
    (id INTEGER REFERENCES work_unit (id) DEFERRABLE INITIALLY DEFERRED)"""


def test_F2_a_commit_that_fails_leaves_nothing_to_who_comes_next(engine):
    with Session(engine) as db, db.begin():
        db.execute(text(REFERENCE))
    for _time in range(2):
        with Session(engine) as db:
            db.execute(text("INSERT INTO reference VALUES (4711)"))
            with pytest.raises(IntegrityError):
                db.commit()
    with Session(engine) as db, db.begin():
        assert db.scalar(text("SELECT count(*) FROM reference")) == 0


@pytest.mark.parametrize("kind", ["integer", "date", "timestamp", "uuid", "jsonb"])
def test_I15_a_value_that_cannot_be_read_is_not_repeated(postgres_url, kind):
    engine = make_engine(postgres_url)
    unread = text(f"SELECT CAST(CAST(:value AS text) AS {kind})")
    with engine.connect() as connection, pytest.raises(DataError) as caught:
        connection.execute(unread, {"value": "Jeanne\nowes"})
    engine.dispose()
    for error in (caught.value, caught.value.orig):
        assert "nvalid input syntax for type" in str(error)
        assert "Jeanne" not in str(error)
        assert "owes" not in str(error)


def test_a_result_says_what_its_columns_are_called(postgres_url):
    engine = make_engine(postgres_url)
    names, number, text_ = ("é", "n"), 23, 25
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT 'x'::text AS \"é\", 1 AS n")
        columns = found.cursor.description
        assert [one[:2] for one in columns] == [(names[0], text_), (names[1], number)]
        assert (len(columns), columns[-1][0], columns[:1][0][0]) == (2, "n", "é")
        assert tuple(found.keys()) == names
        assert [len(one) for one in columns] == [7, 7], "as PEP 249 has it"
        nothing = connection.exec_driver_sql("SET LOCAL lock_timeout = 1000")
        assert not nothing.returns_rows
    engine.dispose()


def test_a_connection_the_server_has_ended_is_replaced_before_it_is_used(postgres_url):
    engine = make_engine(postgres_url, pool_size=2)
    with engine.connect() as ended, engine.connect() as other:
        pid = ended.scalar(text("SELECT pg_backend_pid()"))
        ended.commit()
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        other.commit()
        assert ended.connection.dbapi_connection.is_over()
        assert not other.connection.dbapi_connection.is_over()
    for _time in range(4):
        with engine.connect() as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) != pid
    engine.dispose()
