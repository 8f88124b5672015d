"""The running application, and browsers for the people who use it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from webtest import TestApp, TestResponse

from endi_like import main
from endi_like.models.people import User
from endi_like.services.sessions import Visitor, new_token, start_session
from tests.factories import TestClock

COOKIE = "endi"


class Browser(TestApp):
    """A browser, after whose requests the test's session looks again."""

    def __init__(self, app: Any, db: Session) -> None:
        super().__init__(app)
        self.db = db

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


@pytest.fixture
def app(connection: Connection, tmp_path: Path, clock: TestClock) -> Any:
    """Return the real application, its transactions nested in the test's."""
    app = main({}, **settings_for(connection, tmp_path, clock))
    factory = app.registry["db.session_factory"]
    factory.configure(join_transaction_mode="create_savepoint")
    return app


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
