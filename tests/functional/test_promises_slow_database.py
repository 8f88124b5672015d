"""F4: a database that is slow, or that no answer comes from, takes nothing down.

Between a real server and PostgreSQL there is a way of ours that is slow, breaks, or
leads nowhere.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import make_url, select
from sqlalchemy.exc import OperationalError

from endi_like.clock import utcnow
from endi_like.db import POSTGRESQL_LIMITS, make_engine, take_time
from endi_like.impatience import Impatient
from endi_like.models.sales import Invoice
from endi_like.scripts.serve import DEFAULTS
from tests.conftest import own_database
from tests.functional.site import (
    Client,
    Office,
    furnish,
    id_of,
    ini,
    install,
    new_invoice,
)
from tests.processes import Place, in_session, wrong
from tests.servers.faulty import NONE, Fault, Way
from tests.servers.http import Server, running_server

CLIENTS = int(DEFAULTS["threads"]) + 4
"""More than the threads of the server: what needs no data has a thread of its own."""
AT_ONCE = 1.0
TOLD_WITHIN = 5.0
FREE_AGAIN = 20.0
LASTS = 1.5
FAULTS = {
    "slow": Fault(rate=1000),
    "cut after": Fault(cut_after=500),
    "latency": Fault(latency=0.5),
    "refused": Fault(refuses=True),
}
AT_NIGHT = ("latency", "refused")
ALONE = pytest.mark.nightly, pytest.mark.alone


def socket_of(url):
    """Return the socket of a PostgreSQL that listens on nothing else."""
    return f"{make_url(url).query['host']}/.s.PGSQL.5432"


def by_way_of(url, host, port):
    """Return the address of the database behind a way."""
    there = make_url(url).set(query={}, host=host, port=port)
    return there.render_as_string(hide_password=False)


class People:
    """Clients that ask without pause until told to stop, and note what they saw."""

    def __init__(self, site):
        self.site, self.stop = site, threading.Event()
        self.invoice = new_invoice(site.office, utcnow().date().isoformat())
        self.statuses, self.written = set(), []
        self.threads = [
            threading.Thread(target=self.ask, args=(kind,))
            for kind in [self.look, self.write] * (CLIENTS // 2)
        ]
        for thread in self.threads:
            thread.start()

    def look(self, client):
        return client.get("/invoices/")

    def write(self, client):
        return client.post("/invoices/add", self.invoice)

    def ask(self, kind):
        client = self.site.client(patience=2 * FREE_AGAIN)
        while not self.stop.is_set():
            said = kind(client)
            self.statuses.add(said.status)
            if said.status == 303:
                self.written.append(id_of(said.headers["location"]))
            time.sleep(0.02)

    def end(self):
        """Stop; return how long the last of them had to wait."""
        began = time.monotonic()
        self.stop.set()
        for thread in self.threads:
            thread.join()
        return time.monotonic() - began


def is_alive(client, seconds):
    """Ask for what needs no database, for so long; return the slowest answer."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        assert client.get("/health/live").status == 200
        took.append(time.monotonic() - began)
        time.sleep(0.1)
    return max(took)


def is_found_away(client, seconds):
    """Ask whether all is well while it is not, for so long; return the slowest."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        said = client.get("/health/ready?fmt=json")
        took.append(time.monotonic() - began)
        assert (said.status, said.json["checks"]["database"]) == (503, "unreachable")
    return max(took)


@pytest.fixture(scope="module")
def place(postgres_url, tmp_path_factory):
    """Return an installation on PostgreSQL."""
    place = Place(own_database(postgres_url, "slow"), tmp_path_factory.mktemp("slow"))
    install(place)
    return place


@pytest.fixture(scope="module")
def office(place):
    """Return what an invoice needs, and somebody who writes them."""
    return in_session(place, furnish)


@dataclass(frozen=True)
class Site:
    """A server that goes some way to its database, and somebody who works with it."""

    place: Place
    server: Server
    office: Office
    token: str

    def client(self, **more):
        """Return a browser that has its token already."""
        client = Client(self.server.url, self.office.cookie, **more)
        client.token = self.token
        return client


@contextmanager
def serving(place, office, host, port):
    """Serve the place by way of a port."""
    url = by_way_of(place.database_url, host, port)
    with running_server(ini(replace(place, database_url=url))) as server:
        token = Client(server.url, office.cookie).csrf()
        yield Site(place, server, office, token)


@pytest.fixture(scope="module")
def way(place):
    """Return a way to the database that may become worse."""
    with Way(socket_of(place.database_url)) as way:
        yield way


@pytest.fixture(scope="module")
def site(place, office, way):
    """Return a site that goes that way."""
    with serving(place, office, "127.0.0.1", way.port) as site:
        yield site


def endure(site, begin, end, lasts):
    """Have people ask while something is the matter; return what they saw."""
    alive, people = site.client(), People(site)
    slowest = [is_alive(alive, 0.5)]
    begin()
    slowest.append(is_alive(alive, lasts))
    end()
    waited = people.end()
    assert max(slowest) < AT_ONCE, "what needs no database answers throughout"
    assert waited < FREE_AGAIN, "the threads are free again"
    assert people.statuses <= {200, 303, 503}
    return people


def all_is_well(site, people):
    """Look whether everything acknowledged is there, and everything works again."""
    end = time.monotonic() + 2
    while site.client().get("/invoices/").status != 200:
        assert time.monotonic() < end
    found = in_session(site.place, lambda db: set(db.scalars(select(Invoice.id))))
    assert people.written
    assert set(people.written) <= found
    assert wrong(site.place) == []
    assert "unexpected error" not in site.server.printed()


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=ALONE if name in AT_NIGHT else ()) for name in FAULTS],
)
def test_F4_a_bad_way_to_the_database_takes_nothing_down(way, site, name):
    def worse():
        way.fault = FAULTS[name]
        way.cut()

    def better():
        way.fault = NONE

    all_is_well(site, endure(site, worse, better, LASTS))


def test_F4_connections_that_are_cut_are_made_anew(way, site):
    all_is_well(site, endure(site, way.cut, way.cut, 0.5))


def test_F4_no_answer_is_noticed_soon_by_whoever_watches(way, site):
    client = site.client()
    assert client.get("/health/ready?fmt=json").json["checks"]["database"] == "ok"
    assert client.get("/invoices/").status == 200, "a connection is kept"
    way.fault = Fault(swallows=True)
    try:
        assert is_found_away(client, AT_ONCE) < TOLD_WITHIN
    finally:
        way.fault = NONE
    assert client.get("/health/ready?fmt=json").json["checks"]["database"] == "ok"


@pytest.mark.nightly
@pytest.mark.alone
def test_F4_who_gets_no_answer_gives_up(way, site):
    """All that is sent is taken, and no answer comes: no error of the network tells."""
    alive, people = site.client(), People(site)
    is_alive(alive, 1)
    way.fault = Fault(swallows=True)
    with ThreadPoolExecutor(1) as monitor:
        ready = monitor.submit(is_found_away, site.client(), FREE_AGAIN)
        assert is_alive(alive, FREE_AGAIN + 5) < AT_ONCE
    assert ready.result() < TOLD_WITHIN
    assert 503 in people.statuses, "they were told while it lasted"
    way.fault = NONE
    assert people.end() < FREE_AGAIN
    assert people.statuses <= {200, 303, 503}
    all_is_well(site, people)


def test_F4_a_statement_has_its_limits(place):
    """What the server itself ends: a statement, a wait, a transaction left open."""
    engine = place.engine()
    with engine.connect() as connection:
        shown = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in (
                *("statement_timeout", "lock_timeout"),
                "idle_in_transaction_session_timeout",
            )
        }
    engine.dispose()
    assert shown == {
        "statement_timeout": "15s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "1min",
    }
    assert POSTGRESQL_LIMITS["tcp_user_timeout"] == 10_000


def test_F4_a_connection_is_given_up_and_another_one_made(place, way, monkeypatch):
    monkeypatch.setattr(Impatient, "patience", 0.5)
    engine = make_engine(by_way_of(place.database_url, "127.0.0.1", way.port))
    question = "SELECT 1 FROM pg_sleep(%s)"
    try:
        with engine.connect() as connection:
            take_time(connection)
            assert connection.exec_driver_sql(question, (0.8,)).scalar() == 1
        with engine.connect() as connection:
            way.fault = Fault(swallows=True)
            with pytest.raises(OperationalError, match="no answer came in time"):
                connection.exec_driver_sql(question, (0,))
        way.fault = NONE
        with engine.connect() as connection:
            assert connection.exec_driver_sql(question, (0,)).scalar() == 1
    finally:
        way.fault = NONE
        engine.dispose()
