"""An installation with a real server, and clients that speak HTTP with it."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlencode, urlsplit

from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.models.people import User
from endi_like.services.journal import sign
from endi_like.services.sessions import Visitor, new_token, start_session
from tests.app_fixtures import COOKIE, csrf_in
from tests.factories import (
    lay_foundations,
    make_conditions,
    make_customer,
    make_mode,
    make_user,
    make_vat,
)
from tests.functional.pages import empty
from tests.processes import Place, in_session
from tests.servers.http import COMMAND, ini_value

PATIENCE = 20.0
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
class Office:
    """Ids of what an invoice and its payment need, and a manager's cookie.

    The company is asked for where there are several.
    """

    account: int
    conditions: int
    vat: int
    mode: int
    cookie: str
    company: int | None = None


def furnish(db: Session) -> Office:
    """Store what an invoice and its payment need."""
    return Office(
        account=make_customer(db).id,
        conditions=make_conditions(db).id,
        vat=make_vat(db).id,
        mode=make_mode(db).id,
        cookie=cookie_of(db, make_user(db, roles={"manager"})),
    )


OPENING = "groups:sequence", "group:mapping", "lines:sequence", "line:mapping"


def new_invoice(office: Office, today: str) -> list[tuple[str, Any]]:
    """Return the fields of a new invoice of 100 before tax."""
    return [
        *([("company_id", office.company)] if office.company else []),
        ("account_id", office.account),
        ("date", today),
        ("name", "Repairs"),
        ("payment_conditions_id", office.conditions),
        *(("__start__", name) for name in OPENING),
        ("description", "Work"),
        ("cost", "100"),
        ("vat_id", office.vat),
        *(("__end__", name) for name in reversed(OPENING)),
        *empty("discounts", "post_tax_lines"),
        ("action", "save"),
    ]


def multipart(name: str, data: bytes) -> tuple[bytes, str]:
    """Return the body a browser makes of a file, and of what kind it is."""
    head = (
        '--B\r\nContent-Disposition: form-data; name="description"\r\n\r\n\r\n'
        f'--B\r\nContent-Disposition: form-data; name="file"; filename="{name}"'
        "\r\nContent-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + data + b"\r\n--B--\r\n"
    return body, "multipart/form-data; boundary=B"


@dataclass(frozen=True)
class Said:
    """What the server said of a path: status, headers by their small names, body."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """Return the body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """Return the body as what a program reads of it."""
        return json.loads(self.body)


Note: TypeAlias = Callable[[Said, float], None]


class Client:
    """Somebody who is logged in, over one connection after the other.

    ``note`` is told of each answer, with the moment it was asked for; who has waited
    longer than ``patience`` goes away.
    """

    def __init__(
        self,
        url: str,
        cookie: str,
        *,
        note: Note | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self.address = urlsplit(url).netloc
        self.headers = {"Cookie": f"{COOKIE}={cookie}"}
        self.note = note
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

    def upload(self, record: str, name: str, data: bytes) -> Said:
        """Attach a file to a record, as the script of its page does."""
        self.token = self.token or self.csrf()
        body, kind = multipart(name, data)
        headers = {
            "Content-Type": kind,
            "X-CSRF-Token": self.token,
            "Accept": "application/json",
        }
        return self.send("POST", f"{record}files/", body, headers)

    def csrf(self) -> str:
        """Return the token that the forms of this person carry."""
        return csrf_in(self.get("/account").text)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Said:
        """Send a request; raise one of ``LOST`` when there is no whole answer."""
        asked = time.monotonic()
        connection = HTTPConnection(self.address, timeout=self.patience)
        try:
            sent = {**self.headers, **(headers or {})}
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            found = {name.lower(): value for name, value in answer.getheaders()}
            said = Said(path, answer.status, found, answer.read())
        finally:
            connection.close()
        if self.note:
            self.note(said, asked)
        return said


def id_of(location: str) -> int:
    """Return the id at the end of an address."""
    return int(Path(urlsplit(location).path).name)
