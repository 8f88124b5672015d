"""A program that asks for JSON with an API token."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session
from webtest import TestResponse

from endi_like.models.people import User
from endi_like.services.sessions import make_api_token
from tests.app_fixtures import Browser
from tests.factories import NOW


class Program(Browser):
    """Asks in the name of a user; ``token`` replaces the one it is given."""

    def __init__(
        self, app: Any, db: Session, user: User | None = None, **token: Any
    ) -> None:
        super().__init__(app, db)
        self.headers = {"Accept": "application/json"}
        if user is not None:
            key = make_token(db, user, **token)
            self.headers["Authorization"] = f"Bearer {key}"

    def get(self, url: str, *args: Any, **kw: Any) -> TestResponse:
        """Ask for JSON."""
        return super().get(url, *args, headers=self.headers, **kw)

    def post(self, url: str, values: Any, **kw: Any) -> TestResponse:
        """Send values as JSON."""
        return self.post_json(url, values, headers=self.headers, **kw)

    def attach(self, url: str, *files: tuple[str, str, bytes]) -> TestResponse:
        """Send files: of each the field, its name and its content."""
        return super().post(url, {}, headers=self.headers, upload_files=files)

    def send(self, url: str, body: bytes) -> TestResponse:
        """Send bytes that claim to be JSON; any answer will do."""
        headers = {**self.headers, "Content-Type": "application/json"}
        return super().post(url, body, headers=headers, status="*")

    def send_form(
        self, url: str, values: Any, headers: dict[str, str], status: int
    ) -> TestResponse:
        """Send values as a form."""
        return super().post(url, values, headers=headers, status=status)


def make_token(db: Session, user: User, **settings: Any) -> str:
    """Make an API token for the user, and return what is shown once."""
    usual = {"name": "Test", "read_only": False, "expires_at": None, "now": NOW}
    key = make_api_token(db, user.id, **usual | settings)
    db.flush()
    return key
