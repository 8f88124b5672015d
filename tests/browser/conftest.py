"""The running application with its demonstration data, and people who use it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import make_url

from tests.servers.http import Server, ini_value, running_server
from tests.servers.postgres import create_database

INI = """
[app:main]
use = egg:endi_like
endi.database_url = {url}
endi.data_folder = {folder}
endi.secret = a secret for the browser tests and for nothing else

[server:main]
use = egg:waitress#main
threads = 8
"""

ANSWERS = ("status of 409", "status of 422")
serial = itertools.count(1)


def empty_database(request: Any, folder: Any) -> str:
    """Return the address of an empty database of the kind the fixture asks for."""
    if request.param == "sqlite":
        return f"sqlite:///{folder}/site.sqlite"
    url = make_url(request.getfixturevalue("postgres_url"))
    cluster = url.set(database="postgres").render_as_string(hide_password=False)
    return create_database(cluster, f"{url.database}_site_{next(serial)}")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def site(request: Any, tmp_path_factory: Any) -> Iterator[Server]:
    """Return the application, served with its demonstration data."""
    folder = tmp_path_factory.mktemp("site")
    url = empty_database(request, folder)
    ini = INI.format(url=ini_value(url), folder=folder)
    if request.param == "postgresql":
        prepare(ini, folder)
    with running_server(ini) as server:
        yield server


def prepare(ini: str, folder: Any) -> None:
    """Migrate a database that does not migrate itself, and fill it."""
    from endi_like.scripts.main import main  # noqa: PLC0415

    path = folder / "site.ini"
    path.write_text(ini)
    main(["migrate", str(path)])
    main(["demo", str(path)])


def enter(context: BrowserContext, login: str) -> None:
    """Log in as the form does, without having the browser draw any page."""
    form = BeautifulSoup(context.request.get("/login").text(), "html.parser")
    token = form.select_one("input[name=csrf_token]")
    assert token, "the form carries a token"
    typed = {"login": login, "password": "demo", "csrf_token": str(token["value"])}
    answer = context.request.post("/login", form=typed, max_redirects=0)
    assert urlsplit(answer.headers["location"]).path == "/"


@pytest.fixture
def log_in(site: Server, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser for somebody, logged in.

    The test fails when the console of one of these browsers has seen an error, other
    than an answer to the person, or one whose text holds a word of ``forgiven``.
    """
    contexts, complaints = [], []

    def open_for(login: str, forgiven: tuple[str, ...] = (), **settings: Any) -> Page:
        known = (*ANSWERS, *forgiven)

        def listen(said: Any) -> None:
            if said.type == "error" and not any(text in said.text for text in known):
                complaints.append(said.text)

        context = browser.new_context(
            base_url=site.url,
            **{
                "locale": "en-GB",
                "viewport": {"width": 1280, "height": 900},
                **settings,
            },
        )
        contexts.append(context)
        enter(context, login)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", listen)
        return page

    yield open_for
    for context in contexts:
        context.close()
    assert complaints == []
