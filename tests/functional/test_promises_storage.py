"""T4, F6 and F11 for files: a real server whose disk is full, whose memory is small."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from endi_like.models.files import ATTACHMENT, StoredFile
from tests.attaching import PDF
from tests.functional.site import Client, Said, furnish, ini, install, multipart
from tests.functional.test_promises_bodies import GROWTH, Site, own_invoice
from tests.processes import Place, in_session, wrong
from tests.servers.http import running_server
from tests.servers.missing import leave_out

MB = 1_000_000
DISK = 200 * MB
LITTLE_MEMORY = 600 * MB


def pdf(size: int, mark: object = "") -> bytes:
    """Return a file that begins like a PDF."""
    head = PDF + str(mark).encode()
    return head + bytes(size - len(head))


def upload(site: Site, data: bytes, name: str = "plan.pdf") -> Said:
    """Send a file to the invoice of the site, as its script does."""
    return site.client.upload(f"/invoices/{site.invoice}/", name, data)


@contextmanager
def small_disk(folder: Path, size: int = DISK) -> Iterator[Path]:
    """Have a folder be a disk of its own, which is soon full."""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    done = subprocess.run(["/bin/mount", *options], capture_output=True, check=False)
    if done.returncode:
        leave_out("a small disk", "tests that fill one run as root")
    try:
        yield folder
    finally:
        subprocess.run(["/bin/umount", "--lazy", str(folder)], check=True)


@contextmanager
def filled(disk: Path, room: int) -> Iterator[None]:
    """Leave so much room on a disk, for a while."""
    filler = disk / "filler"
    free = shutil.disk_usage(disk).free
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, free - room)
    try:
        yield
    finally:
        filler.unlink()


@dataclass
class Disks(Site):
    """A site whose files, and what arrives, are on small disks."""

    @property
    def files(self) -> Path:
        """Return where files are stored."""
        return self.place.folder / "files"

    @property
    def spool(self) -> Path:
        """Return where the server puts what arrives."""
        return self.place.folder / "spool"


@pytest.fixture(scope="module")
def site(empty_place: Place) -> Iterator[Disks]:
    """Return a real server in production, on small disks."""
    place = empty_place
    install(place)
    office = in_session(place, furnish)
    invoice = in_session(place, partial(own_invoice, office=office))
    with (
        small_disk(place.folder / "files"),
        small_disk(place.folder / "spool") as spool,
    ):
        environ = {"TMPDIR": str(spool)}
        with running_server(ini(place), environ, "--no-worker") as server:
            client = Client(server.url, office.cookie)
            client.token = client.csrf()
            yield Disks(place, server, client, office, invoice)


def rows(site: Site) -> list[str]:
    """Return the sha256 of what is attached to the invoice of the site."""
    query = select(StoredFile.sha256).where(
        StoredFile.purpose == ATTACHMENT, StoredFile.node_id == site.invoice
    )
    found: list[str] = in_session(site.place, lambda db: list(db.scalars(query)))
    return sorted(found)


def on_disk(folder: Path) -> list[str]:
    """Return the names of all files below a folder."""
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_F6_a_disk_that_is_full_is_said_to_be_and_holds_no_half_file(
    site: Disks,
) -> None:
    assert upload(site, pdf(MB, "kept"), "kept.pdf").status == 201
    before = rows(site)
    with filled(site.files, 2 * MB):
        full = upload(site, pdf(3 * MB, "more"), "more.pdf")

        assert full.status == 503, full.text
        assert full.headers["retry-after"]
        assert "There is no room for it just now" in full.text
        assert rows(site) == before
        assert set(on_disk(site.files)) == {*before, "filler"}
        page = site.client.get(f"/invoices/{site.invoice}/")
        assert (page.status, "kept.pdf" in page.text) == (200, True)

    assert upload(site, pdf(3 * MB, "more"), "more.pdf").status == 201
    assert on_disk(site.files) == rows(site)
    assert wrong(site.place) == []
    assert "Traceback" not in site.server.printed()


def test_F6_without_room_for_what_arrives_nothing_is_stored_and_all_goes_on(
    site: Disks,
) -> None:
    # once it had room: the system looks for another folder only at the beginning
    assert upload(site, pdf(MB, "room before")).status == 201
    before = rows(site)
    for size in (MB // 3, MB, 20 * MB):
        for room in (0, size // 2):
            with filled(site.spool, room):
                said = upload(site, pdf(size, "unseen"))
                assert said.status == 503, said.text
                assert said.headers["retry-after"]
                assert "There is no room for it just now" in said.text
                assert site.client.get("/invoices/").status == 200
    assert rows(site) == before
    assert on_disk(site.files) == before
    assert on_disk(site.spool) == []
    assert upload(site, pdf(MB, "room again")).status == 201
    printed = site.server.printed()
    assert "no room for what is sent" in printed
    assert "uncaptured" not in printed, "no connection was closed without a word"


def test_F6_what_is_cut_in_the_middle_is_not_stored(site: Disks) -> None:
    before = rows(site)
    whole, kind = multipart("plan.pdf", pdf(4 * MB, "cut"))
    address = urlsplit(site.server.url)
    head = (
        f"POST /invoices/{site.invoice}/files/ HTTP/1.1\r\nHost: localhost\r\n"
        f"Cookie: {site.client.headers['Cookie']}\r\nContent-Type: {kind}\r\n"
        f"X-CSRF-Token: {site.client.token}\r\nContent-Length: {len(whole)}\r\n\r\n"
    )
    for share in (0.1, 0.5, 0.99):
        place = address.hostname, address.port
        with closing(socket.create_connection(place)) as one:
            one.sendall(head.encode() + whole[: int(len(whole) * share)])
    time.sleep(0.5)
    assert rows(site) == before
    assert on_disk(site.files) == before


def test_T4_of_one_name_sent_by_many_at_once_each_is_a_version(site: Disks) -> None:
    contents = [pdf(MB // 10, number) for number in range(12)]
    works = [partial(upload, site, data, "many.pdf") for data in contents]

    answers = at_once(*works)

    assert [one.status for one in answers] == [201] * 12, answers[0].text
    told = [file for one in answers for file in one.json["files"]]
    assert sorted(file["version"] for file in told) == list(range(1, 13))
    assert wrong(site.place) == []


def at_once(*works: Any) -> list[Any]:
    """Return what comes of each work, all done at the same time."""
    with ThreadPoolExecutor(len(works)) as pool:
        return [done.result() for done in [pool.submit(work) for work in works]]


def test_F11_29_MB_come_and_go_in_little_memory(site: Disks) -> None:
    site.client.get(f"/invoices/{site.invoice}/")
    limit = (LITTLE_MEMORY, LITTLE_MEMORY)
    resource.prlimit(site.server.process.pid, resource.RLIMIT_AS, limit)
    before = site.memory()
    for number in range(3):
        data = pdf(29 * MB, number)
        said = upload(site, data, f"{number}.pdf")
        assert said.status == 201, said.text
        (told,) = said.json["files"]
        assert site.client.get(told["url"]).body == data
    assert site.memory() - before < GROWTH
    large = upload(site, pdf(31 * MB))
    assert large.status == 413, large.text
    assert site.client.get("/invoices/").status == 200
    assert wrong(site.place) == []
