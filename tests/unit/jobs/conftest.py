"""Databases to which workers really commit, and workers that note what they do."""

from contextlib import contextmanager

import pytest
from sqlalchemy import delete, event
from sqlalchemy.orm import Session

from endi_like.db import Base, make_engine
from endi_like.models.jobs import Job, Schedule, ScheduledRun, WorkerPulse
from endi_like.settings import Settings
from tests.conftest import own_database
from tests.factories import lay_foundations


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def site(request, tmp_path_factory):
    """Return an engine with connections of its own: workers really commit."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('jobs')}/jobs.sqlite"
    else:
        url = own_database(request.getfixturevalue("postgres_url"), "jobs")
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as db, db.begin():
        lay_foundations(db)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(site):
    """Return the engine, with nothing asked for."""
    with Session(site) as db, db.begin():
        for model in (ScheduledRun, Job, Schedule, WorkerPulse):
            db.execute(delete(model))
    return site


@pytest.fixture
def settings(tmp_path):
    return Settings("sqlite://", "the secret of the tests", tmp_path)


IMPATIENT = {
    "sqlite": "PRAGMA busy_timeout = 50",
    "postgresql": "SET lock_timeout = '50ms'",
}


@pytest.fixture
def hurried(engine):
    """Return an engine on the same database that hardly waits for locks."""
    found = make_engine(engine.url.render_as_string(hide_password=False))

    @event.listens_for(found, "connect")
    def hurry(connection, _record):
        connection.execute(IMPATIENT[found.dialect.name])
        if found.dialect.name == "postgresql":
            connection.commit()

    yield found
    found.dispose()


@pytest.fixture
def locked(engine):
    """Return what keeps everybody else waiting who wants to write, for a while."""

    @contextmanager
    def lock():
        with engine.connect() as connection:
            # SQLite is locked by whatever comes first
            locks = engine.dialect.name == "postgresql"
            connection.exec_driver_sql("LOCK TABLE job" if locks else "SELECT 1")
            yield

    return lock
