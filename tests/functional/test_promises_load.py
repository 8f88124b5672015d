"""F12, F13: many people at work are answered soon; for how long makes no difference.

``LOAD_SECONDS`` and ``SOAK_MINUTES`` in the environment say for how long.
"""

from __future__ import annotations

import os
import threading
from functools import partial
from pathlib import Path
from statistics import linear_regression

import pytest

from tests.functional.journeys import Seen, furnish_for_many, work
from tests.functional.site import ini, install
from tests.functional.test_promises_bodies import processes, resident
from tests.functional.wanderers import Wanderer, furnish_for_wanderers
from tests.processes import in_session, wrong
from tests.servers.http import running_server

LOAD_SECONDS = float(os.environ.get("LOAD_SECONDS", "60"))
SOAK_MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
PEOPLE, PAUSE = 50, 5.0
"""Each asks for a page every five seconds: 10 in a second, all together."""
TIMES = 10
P95 = 0.5
SLOPE = 1_000_000 / 1000
"""Bytes per request: 1 MB in 1 000."""
SAMPLES = 60
WARM_UP, FIRST = 0.3, 4000
"""What share of the time, and how many requests at least, do not count."""

pytestmark = [pytest.mark.nightly, pytest.mark.alone]


@pytest.fixture(scope="module")
def site(empty_place):
    """Return a place with a real server, what people share there, and its spool."""
    install(empty_place)
    shared = in_session(empty_place, furnish_for_many)
    spool = empty_place.folder / "spool"
    spool.mkdir()
    with running_server(ini(empty_place), {"TMPDIR": str(spool)}) as server:
        yield empty_place, server, shared, spool


def all_was_well(place, server, seen, overtaken=()):
    """Look whether everybody was answered what they asked for.

    ``overtaken`` are answers to who follows a link that does not hold any more, as
    somebody else has validated or removed what it leads to.
    """
    assert seen.lost == []
    assert seen.failed == 0, seen.wrong[:3]
    assert [one for one in seen.wrong if one[1] not in overtaken] == []
    assert wrong(place) == []
    printed = server.printed()
    assert "Traceback" not in printed, printed[printed.index("Traceback") - 500 :]


def test_F12_50_people_are_answered_at_once(site):
    place, server, shared, _spool = site
    seen = work(
        server.url, shared, Seen(), people=PEOPLE, pause=PAUSE, seconds=LOAD_SECONDS
    )
    all_was_well(place, server, seen)
    assert len(seen.waited) > PEOPLE * LOAD_SECONDS / PAUSE / 2
    assert seen.percentile(0.95) < P95


def test_F12_ten_times_as_many_wait_and_nobody_fails(site):
    place, server, shared, _spool = site
    seen = work(
        server.url,
        shared,
        Seen(),
        people=TIMES * PEOPLE,
        pause=PAUSE,
        seconds=LOAD_SECONDS,
    )
    all_was_well(place, server, seen)


def held(server, spool):
    """Return what the server holds: bytes, open files, threads, temporary files."""
    mine = list(processes(server.process.pid))
    return (
        sum(map(resident, mine)),
        sum(len(os.listdir(one / "fd")) for one in mine),
        sum(len(os.listdir(one / "task")) for one in mine),
        sum(1 for path in Path(spool).rglob("*") if path.is_file()),
    )


def test_F13_nothing_grows_however_long_it_runs(site):
    place, server, shared, spool = site
    shared = in_session(place, partial(furnish_for_wanderers, shared=shared))
    seconds, samples, seen = 60 * SOAK_MINUTES, [], Seen()
    pace = {"people": 8, "pause": 0.1, "seconds": seconds, "kind": Wanderer}
    running = threading.Thread(
        target=work, args=(server.url, shared, seen), kwargs=pace
    )
    running.start()
    while running.is_alive():
        running.join(seconds / SAMPLES)
        samples.append((len(seen.waited), *held(server, spool)))
    all_was_well(place, server, seen, overtaken=(403, 404))
    warm = [one for one in samples[int(len(samples) * WARM_UP) :] if one[0] > FIRST]
    assert len(warm) > 10, "long enough to tell"
    requests, memory, files, threads, spooled = zip(*warm, strict=True)
    slope = linear_regression(requests, memory).slope
    assert slope < SLOPE, samples
    half = len(warm) // 2
    for row in (files, threads, spooled):
        assert max(row[half:]) <= max(row[:half]) + 2, samples
