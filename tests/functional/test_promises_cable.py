"""F4: the cable to the database is pulled out, and nobody's site goes down.

Root may make networks: the way to PostgreSQL is in one of its own, at the other end of
a cable.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.functional.test_promises_slow_database import (
    AT_ONCE,
    FREE_AGAIN,
    People,
    all_is_well,
    is_alive,
    office,
    place,
    serving,
    socket_of,
)
from tests.servers.missing import leave_out

FIXTURES = (place, office)

ROOT = Path(__file__).parents[2]
CABLE = ("endi-db", "endi-app")
THERE, HERE = "10.213.7.2", "10.213.7.1"


def network(*words):
    """Change the network; say whether this machine lets us."""
    done = subprocess.run(
        ["/bin/ip", *words], capture_output=True, check=False, text=True
    )
    return done.returncode == 0


@contextmanager
def cable():
    """Lay a cable to a network of its own."""
    far, near = CABLE
    made = network("netns", "add", far)
    laid = made and network(
        *("link", "add", near, "type", "veth"), *("peer", "name", far, "netns", far)
    )
    try:
        if not laid:
            leave_out("a network of its own", "this test runs as root, with iproute2")
        network("addr", "add", f"{HERE}/30", "dev", near)
        network("link", "set", near, "up")
        network("-n", far, "addr", "add", f"{THERE}/30", "dev", far)
        network("-n", far, "link", "set", far, "up")
        yield far, near
    finally:
        network("link", "del", near)
        network("netns", "del", far)


@contextmanager
def way_over_there(target, far):
    """Run a way at the other end of the cable."""
    program = [sys.executable, "-m", "tests.servers.faulty", target, THERE, "5432"]
    with subprocess.Popen(
        ["/bin/ip", "netns", "exec", far, *program],
        cwd=ROOT,
        env=dict(os.environ),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout.readline() == b"open\n"
        yield
        process.communicate()


@pytest.mark.nightly
def test_F4_a_cable_that_is_pulled_out_takes_nothing_down(place, office):
    with (
        cable() as (far, near),
        way_over_there(socket_of(place.database_url), far),
        serving(place, office, THERE, 5432) as site,
    ):
        alive, people = site.client(), People(site)
        is_alive(alive, 2)
        assert network("-n", far, "link", "set", far, "down")
        assert is_alive(alive, FREE_AGAIN) < AT_ONCE
        assert people.end() < FREE_AGAIN, "they gave up though the cable is still out"
        assert people.statuses == {200, 303, 503}
        assert network("-n", far, "link", "set", far, "up")
        time.sleep(1)
        all_is_well(site, people)
