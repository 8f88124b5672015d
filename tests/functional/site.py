"""An installation with a real server, and clients that speak HTTP with it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup
from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.models.people import User
from endi_like.services.journal import sign
from endi_like.services.sessions import Visitor, new_token, start_session
from tests.app_fixtures import COOKIE
from tests.factories import lay_foundations
from tests.processes import Place, in_session
from tests.servers.http import COMMAND, ini_value

LOST = (OSError, HTTPException)
"""What a client sees when the server dies."""

INI = """
[app:main]
use = egg:endi_like
endi.database_url = {url}
endi.data_folder = {folder}
endi.secret = the secret of the tests, and of nobody else
endi.production = true
{settings}

[server:main]
use = egg:waitress#main
{server}
"""


def ini(place: Place, *, settings: str = "", server: str = "") -> str:
    """Return the settings of a server in production at the place."""
    return INI.format(
        url=ini_value(place.database_url),
        folder=ini_value(str(place.folder)),
        settings=settings,
        server=server,
    )


def install(place: Place) -> str:
    """Make the tables as an administrator does; return the settings of the server."""
    path = place.folder / "endi.ini"
    path.write_text(ini(place))
    done = subprocess.run(
        [str(COMMAND), "migrate", str(path)],
        capture_output=True,
        check=False,
        text=True,
        env=dict(os.environ),
    )
    assert done.returncode == 0, done.stderr
    in_session(place, lay_foundations)
    return path.read_text()


def cookie_of(db: Session, user: User) -> str:
    """Return the cookie of a session that begins now, by the clock of the wall."""
    sign(db, author=lambda: user.id, clock=utcnow)
    token = new_token()
    start_session(db, user.id, token, now=utcnow(), visitor=Visitor("127.0.0.1"))
    return token


@dataclass(frozen=True)
class Said:
    """What the server said: a status, headers by their small names, and a body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()


class Client:
    """Somebody who is logged in, over one connection after the other."""

    def __init__(self, url: str, cookie: str, *, patience: float = 20.0) -> None:
        self.address = urlsplit(url).netloc
        self.headers = {"Cookie": f"{COOKIE}={cookie}"}
        self.patience = patience
        self.token = ""

    def get(self, path: str) -> Said:
        """Ask for a page."""
        return self.send("GET", path)

    def post(self, path: str, fields: Sequence[tuple[str, Any]]) -> Said:
        """Send a form, with the token of the person."""
        self.token = self.token or self.csrf()
        body = urlencode([("csrf_token", self.token), *fields])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send("POST", path, body.encode(), kind)

    def csrf(self) -> str:
        """Return the token that the forms of this person carry."""
        page = BeautifulSoup(self.get("/account").text, "html.parser")
        found = page.select_one("input[name=csrf_token]")
        assert found, "the account page has a form"
        return str(found["value"])

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """Send a request; raise one of ``LOST`` when there is no whole answer."""
        connection = HTTPConnection(self.address, timeout=self.patience)
        try:
            sent = {**self.headers, **(headers or {})}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Said(answer.status, found, answer.read())
        finally:
            connection.close()


def id_of(location: str) -> int:
    """Return the id at the end of an address."""
    return int(Path(urlsplit(location).path).name)
