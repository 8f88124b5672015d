"""What the errors of two databases mean."""

import pytest
from pyramid_retry import IRetryableError
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    OperationalError,
    ProgrammingError,
    TimeoutError,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from endi_like.db import make_engine
from endi_like.faults import AWAY, BUG, FULL, RACE, VALUE, kind_of
from endi_like.models.people import User
from endi_like.security.faults import includeme
from tests.factories import make_company, make_invoice, make_user


@pytest.fixture(autouse=True)
def _marked():
    includeme(None)


def raised(db, statement, **values):
    with pytest.raises(DBAPIError) as caught, db.begin_nested():
        db.execute(text(statement), values)
    return caught.value


def is_repeated(error):
    return IRetryableError.providedBy(error)


def test_a_value_that_is_taken_is_a_race(db):
    make_company(db, code="X")

    with pytest.raises(IntegrityError) as caught, db.begin_nested():
        make_company(db, code="X")

    assert kind_of(caught.value) == RACE
    assert is_repeated(caught.value)


def test_a_row_that_has_gone_is_a_race(db):
    user = make_user(db)

    error = raised(
        db,
        "insert into membership (user_id, company_id, rights) values (:id, 99999, '')",
        id=user.id,
    )

    assert kind_of(error) == RACE


def test_a_row_that_a_trigger_protects_is_a_race(db):
    invoice = make_invoice(db, status="valid")

    error = raised(db, "update task set notes = 'Other' where id = :id", id=invoice.id)

    assert kind_of(error) == RACE


def test_an_old_version_is_a_race(db):
    user = make_user(db)
    db.execute(text('update "user" set version = version + 1'))
    user.name = "late"

    with pytest.raises(StaleDataError) as caught, db.begin_nested():
        db.flush()

    assert kind_of(caught.value) == RACE
    assert is_repeated(caught.value)


@pytest.mark.parametrize(
    "statement",
    [
        "select * from nowhere",
        "selec",
        "insert into login_attempt (login_norm, address, at, ok)"
        " values (null, '', '2026-01-01', '1')",
    ],
)
def test_a_mistake_of_ours_is_a_mistake(db, statement):
    error = raised(db, statement)

    assert kind_of(error) == BUG
    assert not is_repeated(error)


def test_what_is_no_error_of_the_database_is_a_mistake():
    assert kind_of(ValueError()) == BUG
    assert kind_of(KeyboardInterrupt()) == BUG


def test_a_pool_without_a_connection_is_away():
    assert kind_of(TimeoutError("QueuePool limit")) == AWAY


@pytest.mark.parametrize(
    ("kind", "meaning"), [(OperationalError, AWAY), (ProgrammingError, BUG)]
)
def test_an_error_without_a_code_is_judged_by_its_class(kind, meaning):
    assert kind_of(kind("select", {}, Exception("no code"))) == meaning


def test_a_server_that_does_not_answer_is_away():
    engine = create_engine("postgresql+psycopg://127.0.0.1:1/x")

    with pytest.raises(DBAPIError) as caught:
        engine.connect()

    assert kind_of(caught.value) == AWAY
    assert not is_repeated(caught.value)


def test_a_file_that_cannot_be_opened_is_away(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/missing/x.db")

    with pytest.raises(DBAPIError) as caught:
        engine.connect()

    assert kind_of(caught.value) == AWAY


def test_a_disk_without_room_is_full(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/x.db")
    fill = "create table t as with recursive n(x) as"
    fill += " (select 1 union all select x + 1 from n limit 99999) select x from n"
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma max_page_count = 3")
        with pytest.raises(DBAPIError) as caught:
            connection.exec_driver_sql(fill)
    engine.dispose()

    assert kind_of(caught.value) == FULL


def test_a_locked_file_has_been_waited_for_and_is_away(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/x.db", connect_args={"timeout": 0})
    with engine.connect() as first, engine.connect() as second:
        second.exec_driver_sql("pragma busy_timeout = 10")
        second.rollback()
        first.exec_driver_sql("create table t (x)")
        with pytest.raises(OperationalError) as caught:
            second.exec_driver_sql("create table u (x)")
    engine.dispose()

    assert kind_of(caught.value) == AWAY
    assert not is_repeated(caught.value)


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        ("40001", RACE),
        ("40P01", RACE),
        ("23505", RACE),
        ("23503", RACE),
        ("P0001", BUG),
        ("23502", BUG),
        ("23514", BUG),
        ("42P01", BUG),
        ("08006", AWAY),
        ("53100", FULL),
        ("53300", AWAY),
        ("57014", AWAY),
        ("57P01", AWAY),
        ("55P03", AWAY),
        ("22003", VALUE),
        ("22P05", VALUE),
    ],
)
def test_each_code_of_postgresql_has_its_meaning(code, meaning):
    origin = Exception(code)
    origin.sqlstate = code

    assert kind_of(OperationalError("select", {}, origin)) == meaning


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_lock_that_is_not_to_be_had_is_away(engine):
    with Session(engine) as first, Session(engine) as second:
        first.execute(select(User).with_for_update())
        second.execute(text("set local lock_timeout = '20ms'"))
        with pytest.raises(DBAPIError) as caught:
            second.execute(select(User).with_for_update())

    assert kind_of(caught.value) == AWAY
