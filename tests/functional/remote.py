"""A real server as WebTest knows applications: its forms are found as theirs are."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from webtest import TestApp, TestRequest, TestResponse

from tests.app_fixtures import COOKIE

PATIENCE = 30.0
WITHIN_ONE_CONNECTION = {"connection", "content-length", "transfer-encoding"}


class RemoteBrowser(TestApp):
    """A browser of somebody who is logged in at a server at an address."""

    def __init__(self, url: str, cookie: str) -> None:
        self.address = urlsplit(url).netloc
        super().__init__(self.answer, lint=False)
        self.set_cookie(COOKIE, cookie)

    def answer(self, environ: dict[str, Any], begin: Callable[..., Any]) -> list[bytes]:
        """Hand a request on to the server, and its answer back."""
        request = TestRequest(environ)
        connection = HTTPConnection(self.address, timeout=PATIENCE)
        try:
            headers = {**request.headers, "Host": self.address}
            connection.request(
                request.method, request.path_qs, request.body or None, headers
            )
            found = connection.getresponse()
            body = found.read()
        finally:
            connection.close()
        kept = [
            (name, value)
            for name, value in found.getheaders()
            if name.lower() not in WITHIN_ONE_CONNECTION
        ]
        begin(f"{found.status} {found.reason}", kept)
        return [body]

    def look(self, path: str) -> TestResponse:
        """Return a page, or what is said of it."""
        return self.get(path, status="*")
