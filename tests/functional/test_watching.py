"""Metrics on a port of their own, and mistakes told to Sentry: of real processes."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, make_url, text

from endi_like import main as make_application
from endi_like.clock import utcnow
from endi_like.services.jobs import enqueue
from tests.conftest import own_database
from tests.functional.site import Client, furnish, ini, install
from tests.processes import Place, in_session
from tests.servers.http import COMMAND, free_port, running_server
from tests.servers.sentry import sentry_server

PATIENCE = 10.0
BELOW_THE_SYSTEMS = range(20_000, 32_000)
NAME = "Claire Martin"
EMAIL = "claire.martin@example.org"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("watching")
    return Place(f"sqlite:///{folder}/endi.db", folder)


@pytest.fixture(scope="module")
def office(place):
    install(place)
    return in_session(place, furnish)


def is_free(port):
    """Tell whether nobody has a port."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def two_ports():
    """Return a port that nobody has, nor the next.

    Not one of those the system gives away by itself: it would give the next one to
    whoever connects to something meanwhile.
    """
    tried = random.sample(BELOW_THE_SYSTEMS, 100)
    return next(port for port in tried if is_free(port) and is_free(port + 1))


def metrics(port):
    """Return every metric at a port, by name and labels."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=PATIENCE) as answer:
        page = answer.read().decode()
    return {
        (one.name, *sorted(one.labels.values())): one.value
        for family in text_string_to_metric_families(page)
        for one in family.samples
    }


def drop(address):
    """Take a database away, whoever is connected to it."""
    url = make_url(address)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{url.database}" WITH (FORCE)'))
    engine.dispose()


def soon(find):
    """Return what is found before long."""
    until = time.monotonic() + PATIENCE
    while not (found := find()) and time.monotonic() < until:
        time.sleep(0.05)
    return found


@pytest.fixture(scope="module")
def watched(place, office):
    """Give a client of two processes, the first port of their metrics, and them."""
    port = two_ports()
    settings = f"endi.metrics_listen = 127.0.0.1:{port}"
    text = ini(place, settings=settings, server="workers = 2")
    with running_server(text, None, "--no-worker") as server:
        yield Client(server.url, office.cookie), port, server


def both(port):
    """Return the metrics of both processes, added up."""
    found = [metrics(port), metrics(port + 1)]
    return {
        key: sum(one.get(key, 0) for one in found) for key in {**found[0], **found[1]}
    }


def test_requests_are_counted_by_page_and_how_they_ended(watched):
    client, port, _server = watched
    for path in (
        "/invoices/",
        "/invoices/",
        "/account",
        "/nowhere",
        "/static/mark.svg",
    ):
        client.get(path)
    found = both(port)
    name = "endi_request_seconds_count"
    assert found[name, "2xx", "invoices"] == 2
    assert found[name, "2xx", "Root account"] == 1
    assert found[name, "4xx", "none"] == 1
    assert found[name, "2xx", "static"] == 1
    assert 0 < found["endi_request_seconds_sum", "2xx", "invoices"] < PATIENCE


def test_what_a_visitor_makes_up_is_no_new_metric(watched):
    client, port, _server = watched
    client.get("/made-up-0")
    before = set(both(port))
    for number in range(20):
        client.get(f"/made-up-{number}")
        client.get(f"/invoices/{number}99999/made-up-{number}")
        client.send("GET", f"/?made-up-{number}=1", headers={"Host": "none of ours"})
    after = set(both(port))
    assert not [key for key in after if any("made" in str(part) for part in key)]
    assert len(after - before) < 60, "one more page or way to end at the most"


def test_each_process_tells_its_own_and_the_first_what_the_database_knows(
    watched, place
):
    _client, port, _server = watched
    in_session(
        place, lambda db: enqueue(db, "x", {}, dedupe_key="metrics", at=utcnow())
    )
    first, second = metrics(port), metrics(port + 1)
    assert first["endi_database_up",] == 1
    assert first["endi_jobs_due",] == 1
    assert 0 <= first["endi_oldest_job_seconds",] < PATIENCE
    names = {
        "endi_workers",
        "endi_jobs_failed",
        "endi_mails_waiting",
        "endi_mails_failed",
    }
    assert {first[name,] for name in names} == {0}
    assert ("endi_jobs_due",) not in second
    for told in (first, second):
        assert told["endi_connections_used",] <= told["endi_connections",]
        assert told["process_resident_memory_bytes",] > 0


def test_workers_are_counted_and_a_database_that_is_away_is_told(
    postgres_url, tmp_path
):
    place = Place(own_database(postgres_url, "watched"), tmp_path)
    install(place)
    port = two_ports()
    settings = f"endi.metrics_listen = 127.0.0.1:{port}"
    with running_server(ini(place, settings=settings)):
        assert soon(lambda: metrics(port)["endi_workers",] > 0)
        assert metrics(port)["endi_database_up",] == 1
        drop(place.database_url)
        found = metrics(port)
    assert found["endi_database_up",] == 0
    assert ("endi_workers",) not in found, "what nobody can know is not told"


def test_metrics_are_not_to_be_had_from_the_site(watched):
    client, _port, _server = watched
    assert client.get("/metrics").status == 404


def test_metrics_end_with_their_processes(place, office):
    port = free_port()
    text = ini(place, settings=f"endi.metrics_listen = 127.0.0.1:{port}")
    with running_server(text, None, "--no-worker") as server:
        assert metrics(port)["endi_database_up",] == 1
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
    with pytest.raises(URLError):
        metrics(port)


def test_a_port_that_is_taken_is_one_clear_line(place, office, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        path = tmp_path / "taken.ini"
        settings = f"endi.metrics_listen = 127.0.0.1:{port}"
        path.write_text(ini(place, settings=settings, server="port = 0"))
        ended = subprocess.run(
            [COMMAND, "serve", path], capture_output=True, check=False, text=True
        )
    assert (ended.returncode, ended.stdout) == (1, "")
    said = f"endi-like: metrics cannot be had at port {port} of 127.0.0.1: "
    assert ended.stderr.startswith(said)
    assert ended.stderr.count("\n") == 1


def test_nothing_is_loaded_or_counted_where_nobody_asks_for_it(place, office):
    told = {"PYTHONPROFILEIMPORTTIME": "1"}
    with running_server(ini(place), told, "--no-worker") as server:
        Client(server.url, office.cookie).get("/invoices/")
        printed = server.printed()
    loaded = set(re.findall(r"^import time:.*\| +([a-z_]+)$", printed, re.MULTILINE))
    assert "structlog" in loaded, "that is how it would be seen"
    assert not loaded & {"prometheus_client", "sentry_sdk"}
    application = make_application({}, **place.settings())
    assert "count" not in application.registry
    assert "metrics" not in application.registry


def fail_at_the_next_job(db):
    """Have a job fail, and say values a report must not repeat."""
    payload = {"name": NAME, "email": EMAIL}
    enqueue(db, "unknown_job", payload, dedupe_key="sentry", at=utcnow())


def tagged(sentry, name, value):
    """Return the event that says it belongs to something, if it was reported."""
    found = [one for one in sentry.events if one["tags"].get(name) == value]
    return found[0] if found else None


def break_something(db):
    """Have pages of invoices fail in the database, with values in its sentence."""
    db.execute(text("ALTER TABLE invoice RENAME TO invoice_away"))


def mend_it(db):
    db.execute(text("ALTER TABLE invoice_away RENAME TO invoice"))


def test_mistakes_are_told_to_sentry_without_anything_about_people(place, office):
    with sentry_server() as sentry:
        settings = f"endi.sentry_dsn = {sentry.dsn}"
        two = ini(place, settings=settings, server="workers = 2")
        with running_server(two) as server:
            assert soon(lambda: "Ctrl-C" in server.printed())
            in_session(place, break_something)
            client = Client(server.url, office.cookie)
            os.kill(server.process.pid, signal.SIGSTOP)
            said = client.get(f"/invoices/?search={NAME.replace(' ', '+')}")
            assert said.status == 500
            assert soon(lambda: sentry.events), "the other process tells it too"
            os.kill(server.process.pid, signal.SIGCONT)
            in_session(place, mend_it)
            in_session(place, fail_at_the_next_job)
            number = said.headers["x-request-id"]
            assert number in said.text
            page = soon(lambda: tagged(sentry, "request_id", number))
            job = soon(lambda: tagged(sentry, "job", "unknown_job"))
    errors = [one["type"] for one in page["exception"]["values"]]
    assert "OperationalError" in errors
    assert page["release"].startswith("endi-like@")
    assert page["environment"] == "production"
    assert job["exception"]["values"][0]["type"] == "KeyError"
    told = b"".join(sentry.envelopes).decode()
    for one in (NAME, NAME.split()[0], EMAIL, office.cookie, '"vars"', '"cookies"'):
        assert one not in told
    assert not {"user", "request", "breadcrumbs", "extra"} & (page.keys() | job.keys())


def test_a_sentry_that_is_away_keeps_nobody_waiting(place, office):
    settings = f"endi.sentry_dsn = http://key@127.0.0.1:{free_port()}/1"
    with running_server(
        ini(place, settings=settings, server="workers = 2"), None, "--no-worker"
    ) as server:
        in_session(place, break_something)
        client = Client(server.url, office.cookie)
        began = time.monotonic()
        assert {client.get("/invoices/").status for _ in range(5)} == {500}
        assert time.monotonic() - began < PATIENCE / 2
        in_session(place, mend_it)
        server.process.terminate()
        assert server.process.wait(PATIENCE) == 0
