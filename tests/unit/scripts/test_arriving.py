"""What a request becomes whose body cannot be kept."""

from __future__ import annotations

import errno
import tempfile

import pytest
from waitress.adjustments import Adjustments

from endi_like.scripts.arriving import Parser

NEXT = b"GET / HTTP/1.1\r\n\r\n"
SIZE = 1_000_000
HEAD = b"POST / HTTP/1.1\r\nHost: localhost\r\n"
WAYS = {
    "of known length": (f"Content-Length: {SIZE}\r\n\r\n".encode(), bytes(SIZE)),
    "in pieces": (
        b"Transfer-Encoding: chunked\r\n\r\n",
        (b"2710\r\n" + bytes(10_000) + b"\r\n") * (SIZE // 10_000) + b"0\r\n\r\n",
    ),
}


def fed(data):
    """Return the parser that was given the data as the network gives them, and what
    it has left over."""
    parser = Parser(Adjustments())
    while data and not parser.completed:
        taken = parser.received(data[:8192])
        data = data[taken:]
    return parser, data


@pytest.mark.parametrize("way", WAYS)
def test_a_body_without_room_is_read_to_its_end_and_refused(way, monkeypatch):
    def full(*_words):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    header, body = WAYS[way]
    parser, left = fed(HEAD + header + body + NEXT)
    assert parser.completed
    assert parser.error.code == 503
    assert left == NEXT, "nothing of it is taken for another request"
    parser.close()


@pytest.mark.parametrize("way", WAYS)
def test_a_body_with_room_is_kept(way):
    header, body = WAYS[way]
    parser, left = fed(HEAD + header + body + NEXT)
    assert parser.completed
    assert parser.error is None
    assert parser.get_body_stream().read() == bytes(SIZE)
    assert left == NEXT
    parser.close()
