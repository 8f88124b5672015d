"""F5: when all connections are taken, the answer is 503, and then all is well again."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from statistics import median

import pytest
from sqlalchemy import text

from tests.factories import make_invoice
from tests.functional.site import Client, furnish, ini, install
from tests.processes import in_session, wrong
from tests.servers.http import running_server

CLIENTS = 8
AT_ONCE = 2.0
SAMPLES = 25
"""Of what must not wait: one alone may meet with what other tests are doing."""
LOCK_TIMEOUT, POOL_TIMEOUT, BUSY_TIMEOUT = 5.0, 5.0, 10.0
SCARCE = {"settings": "endi.pool_size = 2", "server": "threads = 14"}


@contextmanager
def holding(place, statement):
    """Keep what the statement locks; whoever wants it has to wait."""
    engine = place.engine()
    with engine.connect() as connection:
        connection.execute(text(statement))
        yield
    engine.dispose()


def timed(ask, *words):
    """Return the answer, and how long it took."""
    began = time.monotonic()
    said = ask(*words)
    return said, time.monotonic() - began


def validations(place, office, server):
    """Return as many presses of "Validate" as there are clients, ready to be made."""

    def prepare(db):
        return [make_invoice(db, status="wait").id for _ in range(CLIENTS)]

    fields = [("version", 2), ("action", "validate")]
    clients = [Client(server.url, office.cookie) for _ in range(CLIENTS)]
    for client in clients:
        client.token = client.csrf()
    return [
        (client.post, f"/invoices/{key}/do", fields)
        for client, key in zip(clients, in_session(place, prepare), strict=True)
    ]


@pytest.fixture
def server(empty_place):
    """Return a place, an office and a server with two connections to PostgreSQL."""
    place = replace(empty_place)
    install(place)
    office = in_session(place, furnish)
    with running_server(ini(place, **SCARCE)) as server:
        Client(server.url, office.cookie).get("/invoices")
        yield place, office, server


def test_F5_pool_exhausted_is_503_then_recovery(server):
    """Somebody holds every document; so everybody who validates holds a connection."""
    place, office, server = server
    presses = validations(place, office, server)
    longest = LOCK_TIMEOUT + POOL_TIMEOUT
    lock = "SELECT id FROM node FOR UPDATE"
    if place.kind == "sqlite":
        longest, lock = BUSY_TIMEOUT, "SELECT 1"  # it begins with the lock to write
    with ThreadPoolExecutor(2 * CLIENTS) as pool:
        with holding(place, lock):
            answers = [pool.submit(timed, *press) for press in presses]
            time.sleep(0.5)
            reader = Client(server.url, office.cookie)
            reading = pool.submit(timed, reader.get, "/invoices")
            alive = [timed(reader.get, "/health/live") for _ in range(SAMPLES)]
            assert not any(one.done() for one in answers), "all the time they wait"
            said = [one.result() for one in answers]
            page, took = reading.result()
        assert {answer.status for answer, _took in alive} == {200}
        assert median(took for _answer, took in alive) < AT_ONCE / 4
        assert {answer.status for answer, _took in said} == {503}
        assert all(answer.headers["retry-after"] for answer, _took in said)
        assert max(took for _answer, took in said) < longest + AT_ONCE
        if place.kind == "sqlite":
            assert (page.status, took < AT_ONCE) == (200, True), "who reads goes on"
        else:
            assert page.status in (200, 503), "it had a connection after all, or none"
            assert took < POOL_TIMEOUT + AT_ONCE
        again = [pool.submit(timed, *press) for press in presses]
        said = [one.result() for one in again]
    assert {answer.status for answer, _took in said} == {303}
    assert max(took for _answer, took in said) < AT_ONCE * 2
    assert wrong(place) == []
