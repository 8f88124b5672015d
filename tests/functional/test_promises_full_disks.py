"""F6 for the database and the log: who reads goes on, who writes is told."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from endi_like.clock import utcnow
from endi_like.models.sales import Invoice
from tests.functional.site import (
    Client,
    Said,
    furnish,
    id_of,
    ini,
    install,
    new_invoice,
)
from tests.functional.test_promises_bodies import Site, own_invoice
from tests.functional.test_promises_logs import LOGGING
from tests.functional.test_promises_storage import (
    MB,
    filled,
    on_disk,
    pdf,
    rows,
    small_disk,
    upload,
)
from tests.processes import Place, in_session, wrong
from tests.servers.http import running_server

SMALL = 20 * MB
BLOCK = 4096
"""What a file may still grow by when its disk is full: its last block has room."""
LITTLE = 250_000
"""Room for a few invoices: what fails then is not the first write, but some COMMIT."""
MANY = 40
PAGES = "/", "/invoices/", "/customers/", "/health/live", "/health/ready"


@dataclass
class Disks(Site):
    """A site whose database and whose log are each on a small disk."""

    @property
    def data(self) -> Path:
        """Return where the database is."""
        return self.place.folder / "data"

    @property
    def logs(self) -> Path:
        """Return where what the server prints goes."""
        return self.place.folder / "logs"

    def write(self) -> Said:
        """Store an invoice; return what the server says."""
        today = utcnow().date().isoformat()
        return self.client.post("/invoices/add", new_invoice(self.office, today))

    def stored(self) -> set[int]:
        """Return the ids of all invoices there are."""
        query = select(Invoice.id)
        found: set[int] = in_session(self.place, lambda db: set(db.scalars(query)))
        return found

    def reads(self) -> dict[str, int]:
        """Return what is answered to those who read."""
        invoice = f"/invoices/{self.invoice}/"
        return {path: self.client.get(path).status for path in (*PAGES, invoice)}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disks]:
    """Return a real server in production, with its worker, on small disks."""
    folder = tmp_path_factory.mktemp("full")
    with (
        small_disk(folder / "data", SMALL) as data,
        small_disk(folder / "logs", SMALL) as logs,
        pytest.MonkeyPatch.context() as patch,
    ):
        place = Place(f"sqlite:///{data}/endi.db", folder)
        install(place)
        office = in_session(place, furnish)
        invoice = in_session(place, partial(own_invoice, office=office))
        patch.setattr(tempfile, "tempdir", str(logs))
        with running_server(ini(place) + LOGGING) as server:
            patch.undo()
            client = Client(server.url, office.cookie)
            yield Disks(place, server, client, office, invoice)


def test_F6_without_room_for_the_database_who_reads_goes_on(site: Disks) -> None:
    assert upload(site, pdf(MB, "kept"), "kept.pdf").status == 201
    before, files = site.stored(), rows(site)
    with filled(site.data, LITTLE):
        answers = [site.write() for _ in range(MANY)]
        attached = upload(site, pdf(MB, "more"), "more.pdf")

        done = [said for said in answers if said.status == 303]
        refused = [attached, *(said for said in answers if said.status != 303)]
        kept = {id_of(said.headers["location"]) for said in done}
        assert kept, "there is room for a little"
        assert {said.status for said in refused} == {503}
        assert all("There is no room" in said.text for said in refused)
        assert all(said.headers["retry-after"] for said in refused)
        assert all("Nothing of what you sent was saved" in s.text for s in refused)
        assert site.stored() == before | kept
        assert rows(site) == files
        assert set(site.reads().values()) == {200}
        printed = site.server.printed()
        assert "the database has no room" in printed
        assert "does not answer" not in printed

    assert site.write().status == 303
    assert upload(site, pdf(MB, "more"), "more.pdf").status == 201
    assert on_disk(site.place.folder / "files") == rows(site)
    assert wrong(site.place) == []
    assert "unexpected error" not in site.server.printed()


def test_F6_without_room_for_the_log_all_goes_on(site: Disks) -> None:
    before = site.stored()
    with filled(site.logs, 0):
        length = len(site.server.printed())
        assert [site.write().status for _ in range(MANY)] == [303] * MANY
        assert set(site.reads().values()) == {200}
        assert len(site.server.printed()) < length + BLOCK, "it was full"
    length = len(site.server.printed())
    assert set(site.reads().values()) == {200}
    assert len(site.server.printed()) > length, "what happens is noted again"
    assert len(site.stored() - before) == MANY
    assert wrong(site.place) == []
