"""F10: whoever is slow, on purpose or on a bad line, keeps nobody else waiting."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.functional.site import Client, furnish, ini, install, multipart
from tests.functional.test_promises_bodies import Site, own_invoice
from tests.functional.test_promises_storage import MB, pdf
from tests.processes import Place, in_session
from tests.servers.http import running_server

MANY = 400
AT_MOST = 1.0
P95, P99 = 0.95, 0.99
SAMPLES = 100
"""Of fewer the slowest in twenty, or in a hundred, would be the slowest of all."""
LARGE = 25 * MB
"""More than the server keeps in memory for somebody who does not fetch it."""
SECONDS = float(os.environ.get("SLOW_CLIENTS_SECONDS", "30"))
"""As long as the server waits for who is silent; who is put out comes again."""
FILE, FEW = "slow to read a file", 20
KINDS = ("silent", "slow headers", "slow body", "slow to read a page", FILE)


@dataclass
class Slow:
    """What somebody sends, a byte at a time after the first ones; or reads so."""

    sends: bytes = b""
    at_once: int = 0
    reads: bool = False

    def open(self, address):
        """Connect, and begin."""
        line = socket.socket()
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        line.connect(address)
        line.sendall(self.sends[: self.at_once])
        self.sends = self.sends[self.at_once :]
        line.setblocking(False)
        return line

    def go_on(self, line):
        """Do as little as keeps the connection open."""
        with suppress(BlockingIOError):
            if self.reads:
                line.recv(512)
            elif self.sends and line.send(self.sends[:1]):
                self.sends = self.sends[1:]

    def comes_again(self, line):
        """Tell whether somebody who has said nothing was put out, and is back."""
        return not (self.sends or self.reads or is_open(line))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Return a real server in production, and an invoice with a large file.

    Which database there is makes no difference to who comes in.
    """
    folder = tmp_path_factory.mktemp("clients")
    place = Place(f"sqlite:///{folder}/endi.db", folder)
    install(place)
    office = in_session(place, furnish)
    invoice = in_session(place, lambda db: own_invoice(db, office))
    with running_server(ini(place)) as server:
        client = Client(server.url, office.cookie)
        client.token = client.csrf()
        site = Site(place, server, client, office, invoice)
        said = client.upload(f"/invoices/{invoice}/", "plan.pdf", pdf(LARGE))
        assert said.status == 201, said.text
        (file,) = said.json["files"]
        yield site, file["url"]


def slow(kind, site, file):
    """Return somebody who is slow in one way."""
    known = f"Host: localhost\r\nCookie: {site.client.headers['Cookie']}\r\n"
    body, media_type = multipart("plan.pdf", pdf(50_000))
    post = (
        f"POST /invoices/{site.invoice}/files/ HTTP/1.1\r\n{known}"
        f"Content-Type: {media_type}\r\nX-CSRF-Token: {site.client.token}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()
    page, fetch = (
        f"GET {path} HTTP/1.1\r\n{known}\r\n".encode() for path in ("/", file)
    )
    return {
        "silent": Slow(),
        "slow headers": Slow(page[:-2] + b"X-Slow: " + b"x" * 2000, 20),
        "slow body": Slow(post + body, len(post)),
        "slow to read a page": Slow(page, len(page), reads=True),
        FILE: Slow(fetch, len(fetch), reads=True),
    }[kind]


@contextmanager
def slow_people(site, file, kinds):
    """Have many people be slow, each in one of the ways."""
    address = urlsplit(site.server.url)
    place = address.hostname, address.port
    stop = threading.Event()
    with ExitStack() as opened:
        people = [slow(kind, site, file) for kind in shared_out(kinds)]
        lines = [opened.enter_context(one.open(place)) for one in people]

        def go_on():
            while not stop.wait(1):
                for number, one in enumerate(people):
                    if one.comes_again(lines[number]):
                        lines[number] = opened.enter_context(one.open(place))
                    one.go_on(lines[number])

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            yield lines
        finally:
            stop.set()
            thread.join()


def shared_out(kinds):
    """Return who is slow in which way; of a large file a few are enough."""
    others = [kind for kind in kinds if kind != FILE]
    few = [FILE] * FEW if FILE in kinds else []
    return [*few, *others * ((MANY - len(few)) // max(1, len(others)))]


def times_of(client, path, seconds):
    """Return how long somebody waits who asks for a page now and then, sorted."""
    took, end = [], time.monotonic() + seconds
    while time.monotonic() < end or len(took) < SAMPLES:
        began = time.monotonic()
        assert client.get(path).status == 200
        took.append(time.monotonic() - began)
        time.sleep(0.02)
    return sorted(took)


def nobody_waits(site, file, kinds, seconds, share):
    """Look how long an ordinary person waits for this share of pages."""
    with slow_people(site, file, kinds) as lines:
        for _page in range(20):  # to have all of them asked for is work, and no fault
            site.client.get("/invoices/")
        took = times_of(site.client, "/invoices/", seconds)
        still_there = sum(map(is_open, lines))
    assert still_there > len(lines) / 2, "they were there all the time"
    assert took[int(len(took) * share)] < AT_MOST
    assert "Traceback" not in site.server.printed()


def is_open(line):
    """Tell whether the server has not ended a connection."""
    try:
        return line.recv(1, socket.MSG_PEEK) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def test_F10_many_who_are_slow_keep_nobody_waiting(site):
    nobody_waits(*site, KINDS, 3, P95)


@pytest.mark.nightly
@pytest.mark.alone
@pytest.mark.parametrize("kind", KINDS)
def test_F10_many_who_are_slow_in_one_way_keep_nobody_waiting(site, kind):
    nobody_waits(*site, (kind,), SECONDS, P99)
