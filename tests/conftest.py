"""The fixtures every test may use: the two databases, and a signed session."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, StaticPool, make_url
from sqlalchemy.orm import Session

import endi_like.models
from endi_like.db import Base, make_engine
from tests.factories import TestClock, lay_foundations, signed
from tests.servers.postgres import create_database

pytest_plugins = ["tests.servers.plugin", "tests.app_fixtures"]

assert endi_like.models.make_with_tables, "the metadata is complete"


def pytest_collection_finish() -> None:
    """Leave what all tests share to itself: looking through it takes a tenth."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 5)


def own_database(postgres_url: str, purpose: str) -> str:
    """Return the address of an empty database beside that of ``postgres_url``."""
    url = make_url(postgres_url)
    cluster = url.set(database="postgres").render_as_string(hide_password=False)
    return create_database(cluster, f"{url.database}_{purpose}")


def new_engine(request: Any) -> Engine:
    """Return an engine on an empty database of the kind the fixture asks for."""
    if request.param == "sqlite":
        memory = {"check_same_thread": False}
        return make_engine("sqlite://", poolclass=StaticPool, connect_args=memory)
    address = request.getfixturevalue("postgres_url")
    return make_engine(own_database(address, "tests"))


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(request: Any) -> Iterator[Engine]:
    """Return a database for the whole run, with its organisation and its author.

    Tests write to it through ``connection`` or ``db``, which undo everything.
    """
    engine = new_engine(request)
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        lay_foundations(session)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """Return a connection whose work, committed or not, is undone after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield connection
        outer.rollback()


@pytest.fixture
def clock() -> TestClock:
    """Return the test's clock: ``clock.advance(days=3)`` moves it."""
    return TestClock()


@pytest.fixture
def db(connection: Connection, clock: TestClock) -> Iterator[Session]:
    """Return the test's own session, signed as user 1 by the test's clock."""
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield signed(session, clock)
