"""O5: to stop is graceful: whoever has been let in gets the whole answer."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest

from endi_like.scripts.serve import DEFAULTS
from endi_like.scripts.server import GRACE, Server

CLIENTS = 6
SLOW = 0.8
LARGE = b"x" * 20_000_000


def application(environ, start_response):
    """Answer slowly, or much, or at once."""
    if environ["PATH_INFO"] == "/slow":
        time.sleep(SLOW)
    body = LARGE if environ["PATH_INFO"] == "/large" else b"done"
    length = environ.get("CONTENT_LENGTH")
    if length:
        body = environ["wsgi.input"].read(int(length))
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]


@contextmanager
def serving(stopping, application=application):
    """Give the address of a server that has stopped at the end."""
    server = Server(application, DEFAULTS | {"port": "0"})
    thread = Thread(target=server.run, args=(stopping,))
    thread.start()
    try:
        yield urlsplit(server.url).netloc
    finally:
        stopping.set()
        thread.join(GRACE + 2)
        assert not thread.is_alive()


@pytest.fixture
def stopping():
    return Event()


def get(address, path, before_reading=lambda: None):
    connection = HTTPConnection(address, timeout=20)
    try:
        connection.request("GET", path)
        before_reading()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_O5_requests_that_are_worked_on_are_answered(stopping):
    with serving(stopping) as address, ThreadPoolExecutor(CLIENTS) as clients:
        answers = [clients.submit(get, address, "/slow") for _ in range(CLIENTS)]
        time.sleep(SLOW / 2)
        began = time.monotonic()
        stopping.set()
        assert [one.result() for one in answers] == [(200, b"done")] * CLIENTS
        assert time.monotonic() - began < SLOW


def test_O5_requests_that_wait_for_a_thread_are_answered(stopping):
    many = 2 * int(DEFAULTS["threads"])
    with serving(stopping) as address, ThreadPoolExecutor(many) as clients:
        answers = [clients.submit(get, address, "/slow") for _ in range(many)]
        time.sleep(SLOW / 2)
        stopping.set()
        assert [one.result() for one in answers] == [(200, b"done")] * many


def test_F4_alive_is_answered_when_every_thread_waits(stopping):
    many = 2 * int(DEFAULTS["threads"])
    with serving(stopping) as address, ThreadPoolExecutor(many) as clients:
        answers = [clients.submit(get, address, "/slow") for _ in range(many)]
        time.sleep(SLOW / 4)
        for _time in range(3):
            assert get(address, "/health/live?fmt=json") == (200, b"done")
        assert not any(one.done() for one in answers)
        assert [one.result() for one in answers] == [(200, b"done")] * many


def test_O5_a_long_answer_is_sent_to_its_end(stopping):
    def stop_and_dawdle():
        stopping.set()
        time.sleep(1)

    with serving(stopping) as address:
        status, body = get(address, "/large", before_reading=stop_and_dawdle)
    assert status == 200
    assert len(body) == len(LARGE)


def test_a_request_that_is_still_coming_in_is_answered(stopping):
    with serving(stopping) as address:
        host, port = address.split(":")
        with socket.create_connection((host, int(port)), timeout=20) as one:
            one.sendall(b"POST / HTTP/1.0\r\nContent-Length: 6\r\n\r\nabc")
            time.sleep(0.3)
            stopping.set()
            time.sleep(0.6)
            one.sendall(b"def")
            assert b"".join(iter(lambda: one.recv(4096), b"")).endswith(b"abcdef")


def test_O5_nobody_new_is_let_in(stopping):
    with serving(stopping) as address, ThreadPoolExecutor(1) as clients:
        answer = clients.submit(get, address, "/slow")
        time.sleep(SLOW / 4)
        stopping.set()
        time.sleep(SLOW / 2)
        with pytest.raises(ConnectionRefusedError):
            get(address, "/")
        assert answer.result() == (200, b"done")


def test_connections_that_send_nothing_keep_nobody_out_and_hinder_no_stop(stopping):
    with serving(stopping) as address:
        host, port = address.split(":")
        idle = [socket.create_connection((host, int(port))) for _ in range(300)]
        assert get(address, "/") == (200, b"done")
        began = time.monotonic()
        stopping.set()
    assert time.monotonic() - began < GRACE / 2
    for one in idle:
        one.close()


def test_O5_under_load_no_request_is_cut(stopping):
    """Whoever gets no answer was not let in: no answer is broken off.

    Who knocks while the door is being closed may be sent away either by a refusal or
    by a reset, as the system will: that is why the application counts what it answers.
    """
    answered = []

    def counting(environ, start_response):
        answered.append(environ["PATH_INFO"])
        return application(environ, start_response)

    def ask_until_sent_away(address):
        answers = []
        with suppress(ConnectionRefusedError, ConnectionResetError):
            while True:
                answers.append(get(address, "/"))
        return answers

    with (
        serving(stopping, counting) as address,
        ThreadPoolExecutor(CLIENTS) as clients,
    ):
        found = [clients.submit(ask_until_sent_away, address) for _ in range(CLIENTS)]
        time.sleep(0.5)
        stopping.set()
        answers = [answer for one in found for answer in one.result()]
    assert len(answers) > CLIENTS
    assert answers == [(200, b"done")] * len(answered)
