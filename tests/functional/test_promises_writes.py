"""F2: what the database or the disk does not take is 503, and nothing is half written.

On SQLite, writes to the disk fail now and then: by libfiu (``fiu-utils``), and by
``strace``.  PostgreSQL is stopped at once, again and again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import make_url, select, text

from endi_like.clock import utcnow
from endi_like.models.sales import Invoice
from tests.deadlines import PATIENCE, all_end
from tests.functional.site import (
    LOST,
    Client,
    furnish,
    id_of,
    ini,
    install,
    new_invoice,
)
from tests.functional.test_promises_database import cluster, control
from tests.functional.test_promises_storage import MB, pdf
from tests.processes import Place, in_session, wrong
from tests.servers.http import running_server
from tests.servers.missing import leave_out
from tests.servers.postgres import create_database

assert cluster, "a fixture"

pytestmark = pytest.mark.nightly
CLIENTS = 4
SECONDS = float(os.environ.get("FAILING_SECONDS", "60"))
STOPS = int(os.environ.get("DATABASE_STOPS", "20"))
PRELOAD = ("fiu_run_preload.so", "fiu_posix_preload.so")
RANDOM = {
    "posix/io/rw/pwrite": 0.05,
    "posix/io/sync/fdatasync": 0.02,
    "posix/io/sync/fsync": 0.05,
}
COUNTED = ("when=1", "when=2+3", "when=5+7")
ONE_AFTER_THE_OTHER = range(1, 61)


@dataclass
class Writers:
    """Clients that write and validate without pause, and note what they were told."""

    server: object
    office: object
    statuses: set = field(default_factory=set)
    written: list = field(default_factory=list)
    validated: list = field(default_factory=list)
    attached: list = field(default_factory=list)
    lost: list = field(default_factory=list)

    def __enter__(self):
        self.stop = threading.Event()
        token = Client(self.server.url, self.office.cookie).csrf()
        self.threads = [
            threading.Thread(target=self.work, args=(token,)) for _ in range(CLIENTS)
        ]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self.stop.set()
        all_end(self.threads)

    def work(self, token):
        client = Client(self.server.url, self.office.cookie)
        client.token, today = token, utcnow().date().isoformat()
        while not self.stop.is_set():
            try:
                self.one(client, today)
            except LOST as error:
                self.lost.append(error)
            time.sleep(0.01)

    def one(self, client, today):
        """Take one invoice as far as it goes."""
        said = client.post("/invoices/add", new_invoice(self.office, today))
        self.statuses.add(said.status)
        if said.status != 303:
            return
        key = id_of(said.headers["location"])
        self.written.append(key)
        do = [("version", 1), ("action", "validate")]
        said = client.post(f"/invoices/{key}/do", do)
        self.statuses.add(said.status)
        if said.status == 303:
            self.validated.append(key)
        said = client.upload(f"/invoices/{key}/", "plan.pdf", pdf(MB // 10, key))
        self.statuses.add(said.status)
        if said.status == 201:
            self.attached.append(key)


def nothing_is_half(place, server, writers):
    """Look whether all that was acknowledged is there, and nothing by halves."""
    assert writers.lost == [], "every request has a whole answer"
    assert writers.statuses <= {201, 303, 503}
    assert 503 in writers.statuses, "some of it failed"
    assert writers.validated
    assert writers.attached
    assert wrong(place) == [], "the numbers, the log, the documents and the files"
    in_session(place, lambda db: all_is_there(db, place, writers))
    client = Client(server.url, writers.office.cookie)
    assert client.get("/invoices/").status == 200, "and it goes on"
    assert "unexpected error" not in server.printed()


def all_is_there(db, place, writers):
    """Compare what was acknowledged with what is stored."""
    if place.kind == "sqlite":
        assert db.scalar(text("PRAGMA integrity_check")) == "ok"
    found = {one.id: one for one in db.scalars(select(Invoice))}
    assert set(writers.written) <= set(found)
    states = {found[key].validation_status for key in writers.validated}
    assert states == {"valid"}
    assert {one.ht for one in found.values()} == {100}, "none without its lines"


@contextmanager
def random_faults(server, place):
    """Have writes fail at random."""
    control = ["fiu-ctrl", "-f", str(place.folder / "fiu")]
    process = str(server.process.pid)

    def tell(command):
        subprocess.run([*control, "-c", command, process], check=True)

    for name, share in RANDOM.items():
        tell(f"enable_random name={name},probability={share}")
    yield
    for name in RANDOM:
        tell(f"disable name={name}")


def under_fiu(place):
    """Return the environment of a server whose writes can be made to fail."""
    if shutil.which("fiu-ctrl") is None:
        leave_out("libfiu", "install the Debian package fiu-utils")
    libraries = [str(Path("/usr/lib/fiu") / name) for name in PRELOAD]
    return {
        "LD_PRELOAD": " ".join(libraries),
        "FIU_ENABLE": "",
        "FIU_CTRL_FIFO": str(place.folder / "fiu"),
    }


@pytest.fixture
def place(tmp_path):
    """Return an installation on SQLite."""
    place = Place(f"sqlite:///{tmp_path}/endi.db", tmp_path)
    install(place)
    return place


def test_F2_a_disk_that_fails_at_random_leaves_nothing_by_halves(place):
    environ = under_fiu(place)
    office = in_session(place, furnish)
    with running_server(ini(place), environ) as server:
        with Writers(server, office) as writers:
            time.sleep(1)
            with random_faults(server, place):
                time.sleep(SECONDS)
            time.sleep(1)
        nothing_is_half(place, server, writers)


@contextmanager
def counted_faults(server, which, told="/dev/null"):
    """Have every so manieth write to the disk fail, of each thread; a file is told."""
    if shutil.which("strace") is None:
        leave_out("strace", "install the Debian package strace")
    inject = f"inject=fdatasync:error=EIO:{which}"
    command = ["strace", "-f", "-qq", "-o", str(told), "-e", "trace=fdatasync"]
    process = subprocess.Popen(
        [*command, "-e", inject, "-p", str(server.process.pid)],
        stdin=subprocess.DEVNULL,
    )
    yield
    # asked to end, it lets go of one thread after the other, and may wait for one
    process.kill()
    process.wait(PATIENCE)


@pytest.mark.parametrize("which", COUNTED)
def test_F2_a_disk_that_fails_now_and_then_leaves_nothing_by_halves(place, which):
    office = in_session(place, furnish)
    with running_server(ini(place)) as server:
        with Writers(server, office) as writers:
            time.sleep(1)
            with counted_faults(server, which):
                time.sleep(SECONDS / len(COUNTED))
            time.sleep(1)
        nothing_is_half(place, server, writers)


def test_F2_whichever_write_to_the_disk_fails_it_leaves_nothing_by_halves(place):
    office, told = in_session(place, furnish), place.folder / "told"
    # faults are counted by thread: of a few threads, each comes to its sixtieth late
    with running_server(ini(place, server="threads = 1")) as server:
        with Writers(server, office) as writers:
            for number in ONE_AFTER_THE_OTHER:
                told.write_text("")
                with counted_faults(server, f"when={number}", told):
                    end = time.monotonic() + PATIENCE
                    while "(INJECTED)" not in told.read_text():
                        assert time.monotonic() < end, number
                        time.sleep(0.01)
            time.sleep(1)
        nothing_is_half(place, server, writers)


def test_F2_a_database_that_is_stopped_at_once_keeps_what_it_acknowledged(
    cluster, tmp_path
):
    url = create_database(cluster, "stopped")
    place = Place(url, tmp_path)
    install(place)
    name = make_url(url).database
    durable = text(f"ALTER DATABASE {name} SET synchronous_commit = on")
    in_session(place, lambda db: db.execute(durable))
    office = in_session(place, furnish)
    with running_server(ini(place)) as server:
        with Writers(server, office) as writers:
            for _stop in range(STOPS):
                validated = len(writers.validated)
                end = time.monotonic() + 20
                while len(writers.validated) < validated + 5:
                    assert time.monotonic() < end, "it is back without a restart"
                    time.sleep(0.01)
                control(cluster, "stop", "--mode", "immediate")
                time.sleep(0.2)
                control(cluster, "restart")
        nothing_is_half(place, server, writers)
