"""F11: whatever body a real server is sent, it refuses it at once and keeps nothing."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.models.contacts import CreditAccount
from endi_like.security.answers import TITLES
from endi_like.translation import translator
from tests.factories import make_invoice
from tests.functional.hostile import FORM
from tests.functional.site import (
    PATIENCE,
    Client,
    Office,
    furnish,
    ini,
    install,
    new_invoice,
)
from tests.processes import Place, in_session, wrong
from tests.servers.http import Server, running_server

MB = 1_000_000
GROWTH = 50 * MB
AT_ONCE = 5.0
NOT_IMPLEMENTED = 501
JSON = "application/json"
PARTS = "multipart/form-data; boundary=B"
REFUSED = {400, 403, 404, 409, 411, 413, 414, 415, 417, 422, 431}
NESTED = b'{"groups": ' * 100_000 + b"1" + b"}" * 100_000


def part(value: bytes, *headers: bytes, name: bytes = b'; name="name"') -> bytes:
    """Return a part of a form with files."""
    first = b"Content-Disposition: form-data" + name
    return b"--B\r\n" + b"\r\n".join((first, *headers, b"", value)) + b"\r\n"


END = b"--B--\r\n"

BODIES: dict[str, tuple[str, bytes]] = {
    "10 MB in one field": (FORM, b"name=" + b"x" * 10 * MB),
    "10 MB encoded": (FORM, b"name=" + b"%C3%A9" * (10 * MB // 6)),
    "10 MB in many fields": (
        FORM,
        b"&".join(b"x%d=" % n + b"y" * 5000 for n in range(2000)),
    ),
    "10 MB in a part": (PARTS, part(b"x" * 10 * MB) + END),
    "29 MB in many parts": (PARTS, part(b"x" * 500_000) * 58 + END),
    "10 000 fields": (FORM, b"&".join(b"x%d=1" % n for n in range(10_000))),
    "10 000 times one field": (FORM, b"&".join([b"name=1"] * 10_000)),
    "50 000 fields": (FORM, b"&".join(b"x%d=1" % n for n in range(50_000))),
    "a million separators": (FORM, b"&" * MB),
    "900 structures in one another": (FORM, b"__start__=x:mapping&" * 900),
    "10 000 structures side by side": (
        FORM,
        b"__start__=groups:sequence&"
        + b"__start__=group:mapping&__end__=group:mapping&" * 5000
        + b"__end__=groups:sequence",
    ),
    "a doubled field": (FORM, b"name=a&name=b"),
    "a list for a text": (
        FORM,
        b"__start__=name:sequence&x=1&__end__=name:sequence",
    ),
    "a text for a list": (FORM, b"groups=x&discounts=x&post_tax_lines=x"),
    "nothing": (FORM, b""),
    "NUL": (FORM, b"name=%00"),
    "half a letter": (FORM, b"name=%C3"),
    "another encoding": (f"{FORM}; charset=utf-16", "name=x".encode("utf-16")),
    "an unknown encoding": (f"{FORM}; charset=klingon", b"name=x"),
    "an encoding that computes": (f"{FORM}; charset=zlib", b"name=x"),
    "XML": (
        "text/xml",
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>",
    ),
    "bytes": ("application/octet-stream", bytes(range(256)) * 1000),
    "a kind that is none": ("nonsense", b"name=x"),
    "no boundary": ("multipart/form-data", part(b"x") + END),
    "an endless boundary": (
        f"multipart/form-data; boundary={'B' * 5000}",
        part(b"x") + END,
    ),
    "another boundary": ("multipart/form-data; boundary=C", part(b"x") + END),
    "no last boundary": (PARTS, part(b"x")),
    "no parts": (PARTS, END),
    "a part without a name": (PARTS, part(b"x", name=b"") + END),
    "a part of an unknown encoding": (
        PARTS,
        part(b"x", b"Content-Type: text/plain; charset=klingon") + END,
    ),
    "a part of broken base64": (
        PARTS,
        part(b"x", b"Content-Transfer-Encoding: base64") + END,
    ),
    "parts within a part": (
        PARTS,
        part(b"--C\r\n\r\n--C--", b"Content-Type: multipart/mixed; boundary=C") + END,
    ),
    "a file of 10 MB": (
        PARTS,
        part(b"x" * 10 * MB, name=b'; name="f"; filename="../../f"') + END,
    ),
    "a file without a name": (PARTS, part(b"x", name=b'; name="f"; filename=""') + END),
    "20 000 parts": (PARTS, part(b"x") * 20_000 + END),
    "JSON, 100 000 deep": (JSON, NESTED),
    "JSON, 100 000 lists deep": (JSON, b"[" * 100_000),
    "JSON of 5 MB": (JSON, b'{"name": "' + b"x" * 5 * MB + b'"}'),
    "JSON of 100 000 names": (
        JSON,
        json.dumps({f"x{n}": n for n in range(100_000)}).encode(),
    ),
    "JSON with a doubled name": (JSON, b'{"name": "a", "name": "b"}'),
    "JSON with a number of 5 000 digits": (JSON, b'{"version": ' + b"9" * 5000 + b"}"),
    "JSON with NaN": (JSON, b'{"version": NaN}'),
    "JSON with 1e999999": (JSON, b'{"expenses_ht": 1e999999}'),
    "JSON with half a letter": (JSON, b'{"name": "\xc3"}'),
    "JSON with half a sign": (JSON, b'{"name": "\\ud800"}'),
    "JSON with lists for texts": (
        JSON,
        b'{"name": ["a"], "date": [[]], "groups": "x"}',
    ),
    "JSON that is a list": (JSON, b"[]"),
    "JSON that is none": (JSON, b"{name: x}"),
}

LINES: dict[str, bytes] = {
    "100 MB announced": b"Content-Length: 100000000\r\n\r\nname=x",
    "10 TB announced": b"Content-Length: 10000000000000\r\n\r\nname=x",
    "a length that is none": b"Content-Length: x\r\n\r\nname=x",
    "a length below nothing": b"Content-Length: -1\r\n\r\nname=x",
    "two lengths": b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nname=xy",
    "a length and chunks": b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"0\r\n\r\n",
    "chunks that are none": b"Transfer-Encoding: chunked\r\n\r\nzz\r\nname=x\r\n",
    "an unknown transfer": b"Transfer-Encoding: gzip\r\n\r\nname=x",
    "chunks without end": b"Transfer-Encoding: chunked\r\n\r\n"
    + (b"100000\r\n" + b"x" * 0x100000 + b"\r\n") * 40,
    "a megabyte of headers": b"X-Long: " + b"x" * MB + b"\r\n\r\n",
    "100 000 headers": b"X: y\r\n" * 100_000 + b"\r\n",
}
"""What is wrong before there is a body at all."""
OTHERWISE = {"a megabyte of headers", "100 000 headers", "a length and chunks"}
"""Where no header is read that names a language, or all is, the user's own too."""


@dataclass
class Site:
    """A server, somebody who is logged in, and an invoice of theirs."""

    place: Place
    server: Server
    client: Client
    office: Office
    invoice: int
    at_first: int = 0

    @property
    def pages(self) -> tuple[str, ...]:
        """Return where things are posted to."""
        own = (f"/invoices/{self.invoice}/{name}" for name in ("edit", "do", "delete"))
        return (*own, "/invoices/add", "/invoices/totals", "/account", "/login")

    def memory(self) -> int:
        """Return how much memory the processes of the server hold."""
        group = self.server.process.pid
        return sum(map(resident, processes(group)))


def processes(group: int) -> Iterator[Path]:
    """Yield the processes of a group."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (process / "stat").read_text().rpartition(")")[2].split()
            if int(fields[2]) == group:
                yield process


def resident(process: Path) -> int:
    """Return how much memory a process holds."""
    with suppress(OSError):
        for line in (process / "status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


def own_invoice(db: Session, office: Office) -> int:
    """Store a draft for the customer of the office, and return its id."""
    return make_invoice(db, db.get(CreditAccount, office.account)).id


@pytest.fixture(scope="module")
def site(empty_place: Place) -> Iterator[Site]:
    """Return a real server in production, which has done some work."""
    place = replace(empty_place)
    install(place)
    office = in_session(place, furnish)
    invoice = in_session(place, partial(own_invoice, office=office))
    with running_server(ini(place)) as server:
        client = Client(server.url, office.cookie)
        client.token = client.csrf()
        for _ in range(20):
            assert client.get("/invoices/").status == 200
            assert client.get("/invoices/add").status == 200
            assert (
                client.post("/invoices/add", new_invoice(office, "2026-13-01")).status
                == 422
            )
        found = Site(place, server, client, office, invoice)
        found.at_first = found.memory()
        yield found


def sent(site: Site, page: str, kind: str, body: bytes) -> Any:
    """Return what the server says to a body, which comes with the token."""
    headers = {"Content-Type": kind, "X-CSRF-Token": site.client.token}
    if kind == JSON:
        headers["Accept"] = JSON
    return site.client.send("POST", page, body, headers)


def is_refusal(said: Any, page: str) -> bool:
    """Tell whether an answer refuses, with a sentence and without any detail.

    What only adds up what is typed, and stores nothing, may find nothing to add up.
    """
    sentence = len(said.text) > 20 and "Traceback" not in said.text
    is_sum = page.endswith("/totals") and said.status == 200
    return (said.status in REFUSED or is_sum) and sentence


@pytest.mark.parametrize("name", BODIES)
def test_F11_a_body_that_is_none_is_refused_at_once(site: Site, name: str) -> None:
    for page in site.pages:
        began = time.monotonic()
        said = sent(site, page, *BODIES[name])
        took = time.monotonic() - began
        assert is_refusal(said, page), (page, said.status, said.text)
        assert took < AT_ONCE, (page, took)


@pytest.mark.parametrize("name", LINES)
def test_F11_what_is_no_request_is_refused_at_once(site: Site, name: str) -> None:
    began = time.monotonic()
    said = raw(site, LINES[name])
    took = time.monotonic() - began
    status = int(said.split()[1])
    assert status in REFUSED | {NOT_IMPLEMENTED}, said
    assert took < AT_ONCE
    assert len(said) > 20
    assert "Traceback" not in said
    assert_said_by_us(said)


@pytest.mark.parametrize("name", sorted(LINES.keys() - OTHERWISE))
def test_what_is_no_request_is_refused_in_the_language_asked_for(
    site: Site, name: str
) -> None:
    wish = b"Accept-Language: de\r\nAccept: application/json\r\n"
    head, _empty, body = raw(site, wish + LINES[name]).partition("\r\n\r\n")
    assert "Content-Type: application/json" in head
    said = json.loads(body)
    assert said["error"] in set(map(translator("de"), TITLES.values())), said
    assert said["reasons"], said


def assert_said_by_us(said: str) -> None:
    """See to it that an answer has our headers and words, whoever has refused."""
    head, _empty, body = said.partition("\r\n\r\n")
    assert "Content-Security-Policy: default-src 'none'" in head
    assert "waitress" not in said
    assert "<h1" in body


def raw(site: Site, lines: bytes) -> str:
    """Return what the server says to a request, however much of it it reads."""
    found = b""
    place = urlsplit(site.server.url)
    address = place.hostname, place.port
    cookie = f"Cookie: {site.client.headers['Cookie']}\r\n".encode()
    first = b"POST /invoices/add HTTP/1.1\r\nHost: localhost\r\n" + cookie
    with closing(socket.create_connection(address, timeout=PATIENCE)) as one:
        with suppress(OSError):
            one.sendall(first + lines)
            one.shutdown(socket.SHUT_WR)
        with suppress(OSError):
            while block := one.recv(65_536):
                found += block
    return found.decode()


def test_F11_afterwards_the_server_answers_and_holds_no_more(site: Site) -> None:
    for kind, body in BODIES.values():
        sent(site, site.pages[0], kind, body)
    for lines in LINES.values():
        raw(site, lines)
    assert site.memory() - site.at_first < GROWTH
    assert site.client.get("/invoices/").status == 200
    today = utcnow().date().isoformat()
    said = site.client.post("/invoices/add", new_invoice(site.office, today))
    assert said.status == 303, said.text
    assert "Traceback" not in site.server.printed()
    assert wrong(site.place) == []
