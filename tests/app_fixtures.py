"""The running application, and browsers for the people who use it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from webtest import TestApp, TestResponse

from endi_like import main
from endi_like.db import make_engine
from endi_like.models.people import User
from endi_like.services.files import open_vault
from endi_like.services.sessions import Visitor, new_token, start_session
from tests.factories import TestClock

COOKIE = "endi"
CSRF = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser(TestApp):
    """A browser, after whose requests the test's session looks again."""

    def __init__(self, app: Any, db: Session) -> None:
        super().__init__(app)
        self.db = db
        self.tokens: dict[str | None, str] = {}

    @property
    def token(self) -> str:
        """Return the token that the forms of this person carry, for each session."""
        session = self.cookies.get(COOKIE)
        if session not in self.tokens:
            self.tokens[session] = csrf_in(self.get("/account").text)
        return self.tokens[session]

    def do_request(self, *args: Any, **kw: Any) -> TestResponse:
        """Send the request; it commits or rolls back as in production."""
        self.db.flush()
        try:
            return super().do_request(*args, **kw)
        finally:
            self.db.expire_all()


def settings_for(connection: Connection, folder: Path, clock: TestClock) -> Any:
    """Return the settings of an application on the test's own connection."""
    return {
        "endi.database_url": "sqlite://",
        "endi.secret": "the secret of the tests, and of nobody else",
        "endi.data_folder": str(folder),
        "db.bind": connection,
        "clock": clock,
    }


def csrf_in(text: str) -> str:
    """Return the token of a page; it has a form."""
    found = CSRF.search(text)
    assert found, text
    return found[1]


@pytest.fixture(scope="session")
def application(tmp_path_factory: Any) -> Iterator[Any]:
    """Return the real application: as in production, made once, its pages kept."""
    with make_engine("sqlite://").connect() as elsewhere:
        folder = tmp_path_factory.mktemp("application")
        yield main({}, **settings_for(elsewhere, folder, TestClock()))


@pytest.fixture
def app(
    application: Any, connection: Connection, tmp_path: Path, clock: TestClock
) -> Any:
    """Return the application in the test's place, its transactions nested in it."""
    registry = application.registry
    typed = registry["settings.typed"]
    registry["settings.typed"] = typed = replace(typed, data_folder=tmp_path)
    registry["vault"] = open_vault(typed)
    registry["clock"] = clock
    registry["db.session_factory"].configure(
        bind=connection, join_transaction_mode="create_savepoint"
    )
    return application


@pytest.fixture
def visitor(app: Any, db: Session) -> Browser:
    """Return the browser of somebody who has not logged in."""
    return Browser(app, db)


@pytest.fixture
def login(app: Any, db: Session, clock: TestClock) -> Callable[[User], Browser]:
    """Return a function that gives a user a browser of their own, logged in."""

    def login(user: User) -> Browser:
        token = new_token()
        start_session(db, user.id, token, now=clock(), visitor=Visitor("127.0.0.1"))
        db.flush()
        browser = Browser(app, db)
        browser.set_cookie(COOKIE, token)
        return browser

    return login


def click(page: TestResponse, label: str, status: int = 303, **fields: Any) -> Any:
    """Press the button that carries this label, after filling in its form."""
    form = next(form for form in page.forms.values() if label in form.text)
    for name, value in fields.items():
        form[name] = value
    return form.submit("name", status=status)
