"""I15: no line of the log can be forged, whatever is sent and wherever; and A13."""

from __future__ import annotations

import json
import socket
import time
from urllib.parse import quote, urlsplit

import pytest

from endi_like.clock import utcnow
from endi_like.services.jobs import enqueue
from tests.functional.site import Client, furnish, ini, install, new_invoice
from tests.processes import Place, in_session
from tests.servers.http import running_server

LINE = '{"event": "forged", "level": "critical", "logger": "forged"}'
BREAKS = (
    "\r\n",
    "\n",
    "\r",
    "\u2028",
    "\u2029",
    "\x85",
    "\x0b",
    "\x0c",
    "\x1b[2K\x1b[1G",
)
HOSTILE = "".join(f"a{ends}{LINE}{ends}" for ends in BREAKS)
TOKEN = "a-token-in-the-query-that-lets-somebody-in"
PASSWORD = "un mot de passe que personne ne lit"
NUMBER = "given-by-the-proxy-1"
LOGGING = """
[loggers]
keys = root
[handlers]
keys = console
[formatters]
keys =
[logger_root]
level = DEBUG
handlers = console
[handler_console]
class = StreamHandler
args = (sys.stderr,)
level = NOTSET
"""
PATIENCE = 15.0


def raw(url, head):
    """Send what no library would; return the answer's first line."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as one:
        one.sendall(head.encode("utf-8") + b"Connection: close\r\n\r\n")
        return b"".join(iter(lambda: one.recv(4096), b"")).split(b"\r\n")[0]


def send_hostile_texts(server, office):
    """Send breaks of lines in every field, path, parameter and header."""
    today = utcnow().date().isoformat()
    client = Client(server.url, office.cookie)
    for text in (HOSTILE, *(f"x{ends}{LINE}" for ends in BREAKS)):
        sent = quote(text)
        for path in (
            f"/{sent}",
            f"/invoices/{sent}",
            f"/static/{sent}",
            f"/health/{sent}",
        ):
            client.get(path)
        for query in (f"/invoices/?search={sent}", f"/invoices/?{sent}={sent}"):
            client.get(query)
        for name, value in new_invoice(office, today):
            changed = [
                (n, text if n == name else v) for n, v in new_invoice(office, today)
            ]
            assert client.post("/invoices/add", changed).status < 500, (name, value)
        for login in (
            {"login": text, "password": PASSWORD},
            {"login": "x", "password": text},
        ):
            fields = [*login.items(), ("action", "log_in")]
            stranger = Client(server.url, "")
            page = stranger.get("/login").text
            stranger.token = page.split('name="csrf_token" value="')[1].split('"')[0]
            stranger.post("/login", fields)
    for sign in ("\x1b[31m", "\x85", "\u2028"):
        for name in (
            "User-Agent",
            "Referer",
            "X-Request-ID",
            "Cookie",
            "X-Forwarded-For",
        ):
            raw(server.url, f"GET / HTTP/1.1\r\nHost: x\r\n{name}: a{sign}{LINE}\r\n")
        raw(server.url, f"GET /{sign}forged HTTP/1.1\r\nHost: x\r\n")
        raw(server.url, f"FOR{sign}GED / HTTP/1.1\r\nHost: x\r\n")


def ask_for_hostile_job(db):
    """Have the worker fail at a job whose name is not known."""
    enqueue(db, HOSTILE[:60], {}, dedupe_key=HOSTILE[:200], at=utcnow())


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Return the lines a server in production has written after all was sent to it."""
    folder = tmp_path_factory.mktemp("logs")
    place = Place(f"sqlite:///{folder}/endi.db", folder)
    install(place)
    office = in_session(place, furnish)
    settings = "endi.log_format = json\nendi.trust_request_id = true"
    with running_server(ini(place, settings=settings) + LOGGING) as server:
        in_session(place, ask_for_hostile_job)
        client = Client(server.url, office.cookie)
        client.headers["X-Request-ID"] = NUMBER
        said = client.get(f"/new-password?token={TOKEN}")
        send_hostile_texts(server, office)
        until = time.monotonic() + PATIENCE
        while "has failed" not in server.printed() and time.monotonic() < until:
            time.sleep(0.1)
        printed = server.printed()
    return said, office, printed


@pytest.fixture(scope="module")
def lines(told):
    """Return the lines, each read as JSON."""
    _said, _office, printed = told
    return [json.loads(line) for line in printed.split("\n") if line]


def test_I15_each_line_is_json_and_none_is_forged(lines):
    assert len(lines) > 100
    for line in lines:
        assert {"at", "level", "logger", "event"} <= line.keys()
        assert "forged" not in (line["event"], line["level"], line["logger"])


def test_I15_no_line_steers_a_terminal_or_ends_early(told):
    printed = told[2]
    assert "forged" in printed, "what was sent is told, but spelt"
    assert printed.isascii()
    assert all(line.isprintable() for line in printed.split("\n"))
    assert printed.splitlines() == printed.rstrip("\n").split("\n")


def test_I15_every_logger_writes_like_that(lines):
    loggers = {line["logger"].partition(".")[0] for line in lines}
    assert {"endi_like", "txn"} <= loggers, "ours, and those of libraries"
    (failed,) = [line for line in lines if "has failed" in line["event"]][:1]
    assert failed["job"] == HOSTILE[:60]
    assert failed["job_id"] == 1
    assert "KeyError" in failed["exception"]


def test_a_request_leaves_one_line_with_its_number_and_who_asked(told, lines):
    said, _office, _printed = told
    assert said.headers["x-request-id"] == NUMBER
    numbered = [line for line in lines if line.get("request_id") == NUMBER]
    (line,) = [line for line in numbered if line["event"] == "request"]
    del line["at"]
    assert line.pop("ms") > 0
    assert line == {
        "level": "info",
        "logger": "endi_like.requests",
        "event": "request",
        "request_id": NUMBER,
        "method": "GET",
        "path": "/new-password",
        "status": said.status,
        "user": None,
    }
    assert [line["user"] for line in lines if line.get("path") == "/invoices/add"][0]


def test_requests_have_numbers_of_their_own(lines):
    numbers = [line["request_id"] for line in lines if line["event"] == "request"]
    assert len(set(numbers)) == len(numbers) > 100
    assert all(len(number) == 10 for number in numbers if number != NUMBER)


def test_A13_no_secret_is_in_the_log(told):
    _said, office, printed = told
    assert [one for one in (TOKEN, PASSWORD, office.cookie) if one in printed] == []
