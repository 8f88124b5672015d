"""F1: the server is killed at any moment; what it has acknowledged is there.

Clients write invoices, validate them, take payments, attach files and fetch the PDF,
without pause, and note what was acknowledged.  Every now and then the power goes.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import func, select, text

from endi_like.clock import utcnow
from endi_like.models.files import ATTACHMENT, PRINTOUT, StoredFile
from endi_like.models.history import StatusLogEntry
from endi_like.models.sales import Invoice
from tests.attaching import PDF
from tests.deadlines import all_end
from tests.functional.site import LOST, Client, furnish, id_of, install, new_invoice
from tests.processes import in_session, wrong
from tests.servers.http import running_server

KILLS = {"sqlite": 20, "postgresql": 10}
CLIENTS = 4
SOON = 5.0
PATIENCE = 30.0


@dataclass
class Noted:
    """What clients have seen acknowledged, and what they asked for in vain."""

    written: list = field(default_factory=list)
    validated: list = field(default_factory=list)
    paid: list = field(default_factory=list)
    printed: dict = field(default_factory=dict)
    attached: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    wrong: list = field(default_factory=list)

    @property
    def acknowledged(self):
        """Return how many times somebody was told that it is done."""
        return len(self.written) + len(self.validated) + len(self.paid)


def expect(noted, said, status):
    """Note any other answer than the one that is promised."""
    if said.status != status:
        noted.wrong.append((said.status, said.text))
    return said


def work(client, office, noted, today):
    """Take one invoice from the draft to its PDF."""
    said = expect(noted, client.post("/invoices/add", new_invoice(office, today)), 303)
    key = id_of(said.headers["location"])
    noted.written.append(key)
    noted.asked.append(key)
    version = [("version", 1)]
    do = [*version, ("action", "validate")]
    expect(noted, client.post(f"/invoices/{key}/do", do), 303)
    noted.validated.append(key)
    payment = [("date", today), ("amount", "120"), ("mode_id", office.mode)]
    payment += [("version", 2), ("action", "save")]
    expect(noted, client.post(f"/invoices/{key}/payment", payment), 303)
    noted.paid.append(key)
    data = PDF + str(key).encode()
    expect(noted, client.upload(f"/invoices/{key}/", "plan.pdf", data), 201)
    noted.attached[key] = hashlib.sha256(data).hexdigest()
    if key % 5 == 0:
        said = expect(noted, client.get(f"/invoices/{key}/print.pdf"), 200)
        noted.printed[key] = hashlib.sha256(said.body).hexdigest()


def work_until_it_dies(server, office, noted, today):
    """Work as a client does, until there is no answer any more."""
    client = Client(server.url, office.cookie)
    with suppress(*LOST):
        while True:
            work(client, office, noted, today)


def wait_for(noted, much):
    """Wait until so much more is acknowledged, and then for no particular moment.

    One time in four, a PDF has to be among it.
    """
    enough, end = noted.acknowledged + much, time.monotonic() + PATIENCE
    prints = len(noted.printed) + (much % 4 == 1)
    while noted.acknowledged < enough or len(noted.printed) < prints:
        assert time.monotonic() < end, "work is done"
        time.sleep(0.001)
    time.sleep(much % 5 / 200)


def worked(pid):
    """Return the seconds a process has been on a processor."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def one_life(settings, office, noted, much):
    """Start the server, let clients work so much, kill it.

    Return how long it took to start, by the clock and by its own work.
    """
    began = time.monotonic()
    with running_server(settings) as server:
        took = time.monotonic() - began, worked(server.process.pid)
        today = utcnow().date().isoformat()
        clients = [
            threading.Thread(
                target=work_until_it_dies, args=(server, office, noted, today)
            )
            for _ in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        wait_for(noted, much)
        server.kill()
        all_end(clients)
    return took


def ask_again(settings, office, noted):
    """Press once more what was asked for; return the answers, by status."""
    with running_server(settings) as server:
        client = Client(server.url, office.cookie)
        lost = sorted(set(noted.asked) - set(noted.validated))
        fields = [("version", 1), ("action", "validate")]
        return {key: client.post(f"/invoices/{key}/do", fields).status for key in lost}


@pytest.fixture(scope="module")
def settings(empty_place):
    """Return the settings of a server on an installation made by a migration."""
    return install(empty_place)


@pytest.mark.parametrize("times", [1, pytest.param(10, marks=pytest.mark.nightly)])
def test_F1_kill_at_any_moment_loses_nothing_acknowledged(empty_place, settings, times):
    place, kills = empty_place, times * KILLS[empty_place.kind]
    office = in_session(place, furnish)
    noted = Noted()
    took = [
        one_life(settings, office, noted, 5 + 7 * number % 23)
        for number in range(kills)
    ]
    by_clock, by_work = zip(*took, strict=True)
    # a push shares its machine with whoever is at work; by night no start may be late
    assert median(by_work) < 2 * SOON
    assert median(by_clock) < 3 * SOON
    assert times == 1 or max(by_clock) < SOON
    assert noted.wrong == []
    assert len(noted.paid) >= kills
    assert wrong(place) == [], "the numbers, the log, the documents and the files"
    in_session(place, lambda db: everything_acknowledged_is_there(db, place, noted))
    again = ask_again(settings, office, noted)
    assert set(again.values()) <= {303, 409}, "done now, or done already"
    in_session(place, lambda db: everything_is_done_once(db, noted))
    assert wrong(place) == []


def everything_acknowledged_is_there(db, place, noted):
    """Compare what clients have noted with what is stored."""
    if place.kind == "sqlite":
        assert db.scalar(text("PRAGMA integrity_check")) == "ok"
    rows = select(Invoice.id, Invoice.validation_status, Invoice.paid_status)
    found = {row.id: row for row in db.execute(rows)}
    assert set(noted.written) <= set(found)
    assert {found[key].validation_status for key in noted.validated} == {"valid"}
    assert {found[key].paid_status for key in noted.paid} == {"resulted"}
    assert noted.printed
    assert noted.attached
    for purpose, files in ((PRINTOUT, noted.printed), (ATTACHMENT, noted.attached)):
        columns = StoredFile.node_id, StoredFile.sha256
        query = select(*columns).where(StoredFile.purpose == purpose)
        assert files.items() <= dict(db.execute(query).all()).items()


def everything_is_done_once(db, noted):
    """Each document was validated once, also those without an answer."""
    moves = select(StatusLogEntry.node_id, func.count()).where(
        StatusLogEntry.action == "validate"
    )
    times = dict(db.execute(moves.group_by(StatusLogEntry.node_id)).all())
    assert set(noted.asked) <= set(times)
    assert set(times.values()) == {1}
