"""F6 where PostgreSQL's own disk is full: who reads goes on, who writes is told."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg
import pytest

from tests.functional.site import Client, furnish, id_of, ini, install
from tests.functional.test_promises_bodies import own_invoice
from tests.functional.test_promises_database import cluster
from tests.functional.test_promises_full_disks import Disks
from tests.functional.test_promises_storage import MB, filled, small_disk
from tests.processes import Place, in_session, wrong
from tests.servers.http import running_server
from tests.servers.postgres import USER, create_database

assert cluster, "a fixture"

pytestmark = pytest.mark.nightly
SMALL = 200 * MB
LITTLE = 250_000
"""Room for a few pages of some tables: what fails is not the first write."""
MANY, MOST = 40, 1000


def own_disk(cluster: str, disk: Path) -> str:
    """Return the address of a database whose tables are all on a disk of their own."""
    folder = disk / "tables"
    folder.mkdir()
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    url = create_database(cluster, "confined")
    with psycopg.connect(cluster.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute(f"CREATE TABLESPACE small LOCATION '{folder}'".encode())
        admin.execute("ALTER DATABASE confined SET TABLESPACE small")
    return url


def leave_disk(cluster: str) -> None:
    """Give the disk back."""
    with psycopg.connect(cluster.replace("+psycopg", ""), autocommit=True) as admin:
        admin.execute("DROP DATABASE confined WITH (FORCE)")
        admin.execute("DROP TABLESPACE small")


@dataclass
class Confined(Disks):
    """A site whose database is on a small disk."""

    @property
    def data(self) -> Path:
        """Return where that disk is."""
        return disk_of(self.place.database_url)


def disk_of(url: str) -> Path:
    """Return a folder that PostgreSQL's account gets to, unlike those of pytest."""
    return Path(url.partition("host=")[2]) / "disk"


@pytest.fixture
def site(cluster: str, tmp_path: Path) -> Iterator[Confined]:
    """Return a real server in production, with its worker."""
    with small_disk(disk_of(cluster), SMALL) as disk:
        place = Place(own_disk(cluster, disk), tmp_path)
        install(place)
        office = in_session(place, furnish)
        invoice = in_session(place, partial(own_invoice, office=office))
        with running_server(ini(place)) as server:
            client = Client(server.url, office.cookie)
            yield Confined(place, server, client, office, invoice)
        leave_disk(cluster)


def test_F6_without_room_for_postgresql_who_reads_goes_on(site: Confined) -> None:
    before = site.stored()
    with filled(site.data, LITTLE):
        answers = []
        while len(refused := [said for said in answers if said.status != 303]) < MANY:
            assert len(answers) < MOST, "there is room for ever"
            answers.append(site.write())

        done = [said for said in answers if said.status == 303]
        kept = {id_of(said.headers["location"]) for said in done}
        assert kept, "there is room for a little"
        assert {said.status for said in refused} == {503}
        assert all(said.headers["retry-after"] for said in refused)
        assert all("Nothing of what you sent was saved" in s.text for s in refused)
        assert site.stored() == before | kept
        assert set(site.reads().values()) == {200}
        printed = site.server.printed()
        assert "the database has no room" in printed
        assert "does not answer" not in printed

    assert [site.write().status for _ in range(MANY)] == [303] * MANY
    assert len(site.stored()) == len(before | kept) + MANY
    assert wrong(site.place) == []
    assert "unexpected error" not in site.server.printed()
