"""O2: a migration loses nothing, up and down; killed in the middle, it was never begun.

What released versions have left (``tests/data/released``) is brought up to date.  As
long as none is released, this version's demonstration stands for them.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from itertools import count
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text

from endi_like.db import Base
from endi_like.migrations import head, is_current
from endi_like.migrations.running import is_described
from tests.conftest import own_database
from tests.deadlines import PATIENCE
from tests.dumps import RELEASED, dump, path_of, restore
from tests.functional.site import ini
from tests.functional.test_promises_rows import spoil
from tests.next_step import STEP, move
from tests.processes import Place, in_session, wrong
from tests.servers.http import COMMAND

ROOT = Path(__file__).parents[2]
HERE = "this version"
SQLITE_OWN = ("sqlite_", "search_")
"""How the tables are called that SQLite keeps for itself."""


def versions():
    """Return the released versions, the last one last, or this one."""
    names = {file.name.split("-")[0] for file in RELEASED.glob("*.gz")}
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


*EARLIER, LAST = versions() or [HERE]
KILLS = [2, pytest.param(20, marks=pytest.mark.nightly)]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def new_place(request, tmp_path_factory):
    """Return a function that gives a place whose database is empty."""
    number = count()

    def new_place():
        name = f"migrated{next(number)}"
        folder = tmp_path_factory.mktemp(name)
        if request.param == "sqlite":
            place = Place(f"sqlite:///{folder}/endi.db", folder)
        else:
            address = request.getfixturevalue("postgres_url")
            place = Place(own_database(address, name), folder)
        (folder / "endi.ini").write_text(ini(place))
        return place

    return new_place


def run(place, *words):
    """Run a command of the application to its end; return what it said."""
    done = subprocess.run(
        [str(COMMAND), *words, str(place.folder / "endi.ini")],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def dumped(new_place):
    """Return the file of this version's demonstration."""
    place = new_place()
    run(place, "migrate")
    run(place, "demo", "--force")
    file = place.folder / "dump.gz"
    dump(place, file)
    return file


@pytest.fixture
def demonstration(dumped, new_place):
    """Return a place with the demonstration of this version."""
    place = new_place()
    restore(dumped, place)
    return place


@pytest.fixture(
    params=[*(pytest.param(name, marks=pytest.mark.nightly) for name in EARLIER), LAST]
)
def released(request, dumped, new_place):
    """Return a place as a released version has left it."""
    place = new_place()
    here = request.param == HERE
    restore(dumped if here else RELEASED / f"{request.param}-{place.kind}.gz", place)
    return place


MOVED = {"entity": {"address", "contact_name", "postcode", "sort_town", "town"}}
"""Columns that have gone elsewhere since (``test_migrations_contacts``)."""


def contents(place, columns=None):
    """Return, of each table, how many rows it has and a checksum of its columns.

    Without ``columns`` (their names, by table) it is of all there are.
    """
    engine, known = place.engine(), MetaData()
    known.reflect(engine)
    found = {}
    with engine.connect() as connection:
        for name, table in known.tables.items():
            if name.startswith(SQLITE_OWN) or (columns and name not in columns):
                continue
            wanted = sorted(columns[name] if columns else table.c.keys())
            quoted = ", ".join(f'"{column}"' for column in wanted)
            rows = connection.execute(text(f'SELECT {quoted} FROM "{name}"')).all()
            digest = hashlib.sha256(repr(sorted(map(repr, rows))).encode())
            found[name] = (tuple(wanted), len(rows), digest.hexdigest())
    engine.dispose()
    return found


def kept(before, place):
    """Return what is in the columns that there were before."""
    return contents(place, {name: part[0] for name, part in before.items()})


def differences(place):
    """Return what the tables are that the models do not describe, and the reverse."""
    engine = place.engine()
    options = {"compare_type": True, "include_object": is_described}
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=options)
        found = compare_metadata(context, Base.metadata)
    engine.dispose()
    return found


def version_of(place):
    """Return the step the database is at, and nothing if it has no tables at all."""
    engine = place.engine()
    try:
        if not (names := inspect(engine).get_table_names()):
            return None
        assert {"user", "node", "task"} <= set(names)
        with engine.connect() as connection:
            query = text("SELECT version_num FROM alembic_version")
            return connection.execute(query).scalar_one()
    finally:
        engine.dispose()


def test_O2_what_a_released_version_left_is_brought_up_to_date_without_loss(released):
    before = contents(released)
    stay = {
        name: set(part[0]) - MOVED.get(name, set()) for name, part in before.items()
    }
    before = contents(released, stay)
    assert sum(rows for _columns, rows, _digest in before.values()) > 500
    run(released, "migrate")
    after = kept(before, released)
    before.pop("alembic_version")
    after.pop("alembic_version")
    assert after == before
    assert differences(released) == []
    assert wrong(released) == []
    engine = released.engine()
    assert is_current(engine)
    engine.dispose()


def test_O2_a_step_up_and_down_and_up_again_loses_nothing(demonstration):
    place = demonstration
    before = contents(place)
    before.pop("alembic_version")
    assert before["membership"][1] > 3, "rows that belong to those of the changed table"

    move(place.database_url, STEP)
    assert kept(before, place) == before
    assert version_of(place) == STEP
    up = contents(place)
    assert up["summary"][1] > 10_000

    move(place.database_url, head())
    down = contents(place)
    down.pop("alembic_version")
    assert down == before
    assert differences(place) == []
    assert wrong(place) == []

    move(place.database_url, STEP)
    assert contents(place) == up


def test_O2_the_worst_rows_are_kept_as_they_are_too(demonstration):
    place = demonstration
    written = in_session(place, lambda db: spoil(db, "each another", 0))
    assert {"user.name", "node.name"} <= written
    before = contents(place)
    before.pop("alembic_version")
    move(place.database_url, STEP)
    assert kept(before, place) == before
    move(place.database_url, head())
    assert kept(before, place) == before
    assert differences(place) == []


def is_in_the_middle(place):
    """Tell whether somebody is in the middle of a transaction that writes."""
    if place.kind == "sqlite":
        with closing(sqlite3.connect(path_of(place), timeout=0)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return True
        return False
    address = place.database_url.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        return connection.execute(OTHERS).fetchone()[0] > 0


OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


def killed(command, place, after):
    """Run a program, kill it so long after it has begun; tell if it was not done."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + PATIENCE
    try:
        while process.poll() is None and not is_in_the_middle(place):
            assert time.monotonic() < end, "it begins to write"
            time.sleep(0.01)
        time.sleep(after)
    finally:
        if process.poll() is None:  # else its number may be that of another one by now
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait(PATIENCE) == -signal.SIGKILL


@pytest.mark.parametrize("times", KILLS)
def test_O2_a_released_version_killed_in_the_middle(released, times):
    place, was_killed, old = released, 0, version_of(released)
    command = [str(COMMAND), "migrate", str(place.folder / "endi.ini")]
    before = contents(place)
    for moment in moments(times):
        was_killed += killed(command, place, moment)
        if version_of(place) != old:
            break  # so far it was not killed, or had committed
        assert contents(place) == before
    assert was_killed
    run(place, "migrate")
    assert version_of(place) == head()
    assert differences(place) == []
    assert wrong(place) == []


def moments(times):
    """Return how long after the beginning to kill: the first time at once."""
    return [0.4 * number / times for number in range(times)]


@pytest.mark.parametrize("times", KILLS)
def test_O2_the_first_migration_killed_leaves_nothing_or_all(new_place, times):
    place, was_killed = new_place(), 0
    command = [str(COMMAND), "migrate", str(place.folder / "endi.ini")]
    for moment in moments(times):
        was_killed += killed(command, place, moment)
        assert version_of(place) in (None, head())
    assert was_killed
    run(place, "migrate")
    assert version_of(place) == head()
    assert differences(place) == []


@pytest.mark.parametrize("times", KILLS)
def test_O2_a_step_killed_in_the_middle_leaves_the_old_or_the_new(demonstration, times):
    place, was_killed = demonstration, 0
    command = [sys.executable, "-m", "tests.next_step", place.database_url, STEP]
    before = contents(place)
    before.pop("alembic_version")
    move(place.database_url, STEP)
    up = contents(place)
    move(place.database_url, head())
    for moment in moments(times):
        was_killed += killed(command, place, moment)
        assert kept(before, place) == before
        if version_of(place) == STEP:
            assert contents(place) == up
            move(place.database_url, head())
    assert was_killed
    assert differences(place) == []
    move(place.database_url, STEP)
    assert contents(place) == up
    assert wrong(place) == []
