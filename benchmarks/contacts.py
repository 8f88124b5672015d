"""What each search of the directory costs: page and count, on both databases.

    .venv/bin/python benchmarks/contacts.py --count 100000

Contacts are made, imported as the command does it, and searched.  Database time is by
the clock, server time is the work of this process and of the database's: on a busy
machine the first is longer than the second.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import _bench
from sqlalchemy import Engine, event, text
from sqlalchemy.orm import Session

import endi_like.models
from benchmarks._measure import backend_of
from endi_like.db import Base, make_engine
from endi_like.grids.contacts import ContactGrid
from endi_like.models.contacts import Entity
from endi_like.services.rights.sight import EVERYTHING
from tests.directory import asked, bring
from tests.factories import TODAY, lay_foundations, signed
from tests.servers.postgres import create_database, throwaway_cluster

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "contacts"
HEADS = ("search", "found", "database ms", "server ms", "promised")
TIMES = 7

assert endi_like.models.make_with_tables, "the metadata is complete"


@contextmanager
def databases(folder: Path) -> Iterator[list[str]]:
    """Give the addresses of an empty database of each kind."""
    with throwaway_cluster() as cluster:
        yield [f"sqlite:///{folder}/c.sqlite", create_database(cluster, "contacts")]


def filled(url: str, folder: Path) -> Engine:
    """Return a database with the contacts of a folder, as after an import."""
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as db, db.begin():
        lay_foundations(db)
        bring(signed(db), folder)
    alone = engine.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET statement_timeout = 0"))
            connection.execute(text("VACUUM ANALYZE"))
    return engine


def costs(engine: Engine) -> Iterator[tuple[str, int, float, float]]:
    """Yield name, number found and the medians of both times of each search."""
    spent: list[float] = []

    @event.listens_for(engine, "before_cursor_execute")
    def start(_c, _cursor, _statement, _values, context, _many) -> None:  # type: ignore[no-untyped-def]
        context.started = time.perf_counter()

    @event.listens_for(engine, "after_cursor_execute")
    def stop(_c, _cursor, _statement, _values, context, _many) -> None:  # type: ignore[no-untyped-def]
        spent.append(time.perf_counter() - context.started)

    with Session(engine) as db:
        db.connection()
        backend = backend_of(engine)
        for search in json.loads((GOLDEN / "searches.json").read_text()):
            taken, found = [], 0
            for _ in range(TIMES):
                spent.clear()
                before = time.process_time() + backend()
                grid = ContactGrid(~Entity.confidential, TODAY, EVERYTHING)
                found = grid.run(db, asked(search["q"])).count
                worked = time.process_time() + backend() - before
                taken.append((sum(spent) * 1000, worked * 1000))
            database, server = (
                statistics.median(one) for one in zip(*taken, strict=True)
            )
            yield f"{search['id']} {search['what']}", found, database, server


def main() -> None:
    """Print a table for each database."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=100_000)
    count = parser.parse_args().count
    with tempfile.TemporaryDirectory() as name, databases(Path(name)) as urls:
        folder = Path(name) / "csv"
        size = ("--count", str(count), "--out", str(folder))
        subprocess.run([sys.executable, GOLDEN / "gen_contacts.py", *size], check=True)
        for url in urls:
            engine = filled(url, folder)
            found = list(costs(engine))
            rows = [
                (what, number, f"{database:.1f}", f"{server:.1f}", "")
                for what, number, database, server in found
            ]
            middle = [statistics.median(one[at] for one in found) for at in (2, 3)]
            most = [max(one[at] for one in found) for at in (2, 3)]
            rows += [
                (what, "", *(f"{one:.1f}" for one in values), promise)
                for what, values, promise in (
                    ("median", middle, "≤ 25, ≤ 40"),
                    ("most", most, "≤ 250"),
                )
            ]
            title = f"Searches of {count} contacts ({engine.dialect.name})"
            _bench.print_table(title, HEADS, rows)
            engine.dispose()


if __name__ == "__main__":
    _bench.run(main)
