"""F3: the database goes away under load and comes back; nobody sees a fault of ours."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import make_url, select

from endi_like.clock import utcnow
from endi_like.models.sales import Invoice
from tests.functional.site import LOST, Client, furnish, id_of, install, new_invoice
from tests.processes import Place, in_session, wrong
from tests.servers.http import running_server
from tests.servers.missing import leave_out
from tests.servers.postgres import (
    NoPostgres,
    as_server,
    create_database,
    programs,
    throwaway_cluster,
)

AT_MOST = 5.0
BACK_WITHIN = 2.0
AWAY_FOR = 12.0
"""Much longer than anybody may wait: who is not answered until it is back is found."""
AROUND = 1.5


@pytest.fixture(scope="module")
def cluster():
    """Return the address of a PostgreSQL that this module may stop."""
    try:
        with throwaway_cluster() as address:
            yield address
    except NoPostgres:
        leave_out("PostgreSQL", "install the Debian package postgresql")


def control(address, *words):
    """Stop or start the cluster, and wait until it is so."""
    folder = Path(make_url(address).query["host"])
    program = as_server(programs() / "pg_ctl", "--pgdata", folder / "data")
    log = "--log", str(folder / "server.log")
    subprocess.run([*program, *words, "--wait", *log], check=True, capture_output=True)


@dataclass(frozen=True)
class Seen:
    """What a client saw: when it asked and when it had the answer."""

    path: str
    asked: float
    answered: float
    status: int
    retry: str | None
    text: str


class Load:
    """Clients that ask without pause, and note what they are answered."""

    def __init__(self, server, office):
        self.server, self.office = server, office
        self.seen, self.written, self.lost = [], [], []
        self.stop = threading.Event()
        today = utcnow().date().isoformat()
        kinds = [
            lambda client: client.get("/invoices"),
            lambda client: client.get("/health/live"),
            lambda client: client.get("/health/ready"),
            lambda client: client.post("/invoices/add", new_invoice(office, today)),
            lambda client: client.post("/invoices/add", new_invoice(office, today)),
        ]
        self.threads = [
            threading.Thread(target=self.ask, args=(kind,)) for kind in kinds
        ]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        for thread in self.threads:
            thread.join()

    def ask(self, kind):
        """Ask again and again."""
        client = Client(self.server.url, self.office.cookie, note=self.note)
        while not self.stop.is_set():
            try:
                said = kind(client)
            except LOST as error:
                self.lost.append(error)
            else:
                if said.status == 303 and said.path == "/invoices/add":
                    self.written.append(id_of(said.headers["location"]))
            time.sleep(0.01)

    def note(self, said, asked):
        """Keep what was seen."""
        retry = said.headers.get("retry-after")
        seen = Seen(said.path, asked, time.monotonic(), said.status, retry, said.text)
        self.seen.append(seen)


@pytest.fixture(scope="module")
def away(cluster, tmp_path_factory):
    """Return the load, and the moments of the stop and of the start."""
    place = Place(cluster, tmp_path_factory.mktemp("database"))
    settings = install(place)
    office = in_session(place, furnish)
    with running_server(settings) as server:
        Client(server.url, office.cookie).get("/invoices")
        with Load(server, office) as load:
            time.sleep(AROUND)
            stopped = time.monotonic()
            control(cluster, "stop", "--mode", "fast")
            time.sleep(AWAY_FOR)
            control(cluster, "restart")
            started = time.monotonic()
            time.sleep(BACK_WITHIN + AROUND)
        printed = server.printed()
    return place, load, stopped, started, printed


def test_F3_the_database_away_is_503_with_retry_after(away):
    _place, load, stopped, started, _printed = away
    assert load.lost == [], "every request has a whole answer"
    bad = [seen for seen in load.seen if seen.status not in (200, 303)]
    assert {seen.status for seen in bad} == {503}
    assert all(seen.retry for seen in bad)
    assert all(seen.answered > stopped for seen in bad)
    assert all("Traceback" not in seen.text for seen in bad)
    longest = stopped + AT_MOST
    told = {seen.path for seen in bad if longest < seen.asked < started - AT_MOST}
    assert {"/invoices", "/invoices/add", "/health/ready"} <= told
    slow = [seen for seen in load.seen if seen.answered - seen.asked >= AT_MOST]
    assert slow == []


def test_F3_what_needs_no_database_goes_on(away):
    _place, load, *_rest = away
    live = [seen for seen in load.seen if seen.path == "/health/live"]
    assert {seen.status for seen in live} == {200}


def test_F3_it_is_back_without_a_restart(away):
    _place, load, _stopped, started, _printed = away
    after = [seen for seen in load.seen if seen.asked > started + BACK_WITHIN]
    paths = {"/invoices", "/invoices/add", "/health/live", "/health/ready"}
    assert {seen.path for seen in after} == paths
    assert [seen for seen in after if seen.status not in (200, 303)] == []


def test_F3_nothing_acknowledged_is_lost(away):
    place, load, *_rest = away
    found = in_session(place, lambda db: set(db.scalars(select(Invoice.id))))
    assert load.written
    assert set(load.written) <= found
    assert wrong(place) == []


def test_F3_the_log_says_so_without_a_traceback_for_each(away):
    """An administrator reads what is the matter; it is no mistake of ours."""
    _place, _load, _stopped, _started, printed = away
    assert "the database does not answer" in printed
    assert "unexpected error" not in printed
    told = printed.count("the database does not answer")
    assert printed.count("Traceback") < told / 10


def test_F3_a_server_started_without_its_database_says_so_and_ends(
    cluster, tmp_path_factory
):
    url = create_database(cluster, "without")
    place = Place(url, tmp_path_factory.mktemp("without"))
    settings = install(place)
    control(cluster, "stop", "--mode", "fast")
    try:
        with (
            pytest.raises(RuntimeError, match="the database does not answer"),
            running_server(settings),
        ):
            pass
    finally:
        with suppress(subprocess.CalledProcessError):
            control(cluster, "restart")
