"""I15 for every field there is: what is typed anywhere makes no line of the log.

A real server whose log tells all it can, each statement too.  All its forms are found
by following its links, and sent with breaks of lines, signs that steer a terminal, and
a line that looks like one of the log's.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from sqlalchemy.orm import Session
from webtest import TestResponse

from tests.app_fixtures import COOKIE
from tests.functional.hostile import (
    DIGITS,
    Control,
    Sheet,
    crawl,
    everything,
    insist,
    send,
    share_of,
    sheets,
)
from tests.functional.remote import RemoteBrowser
from tests.functional.site import Client, cookie_of, ini, install
from tests.functional.test_promises_fields import once_each
from tests.functional.test_promises_logs import HOSTILE, LINE, LOGGING
from tests.processes import Place, in_session
from tests.servers.http import Server, running_server

pytestmark = pytest.mark.shared_out

FORGED = f"a\x1b[2K\x1b[1G\r\n{LINE}\r\n"
TYPED = FORGED, f"a\r\n{LINE}\r\n", LINE, '{"event": "forged"}'
"""The first one is refused; the second is taken by texts, the others by names."""

STATEMENTS = """
[logger_statements]
level = INFO
handlers =
qualname = sqlalchemy.engine
"""
TELLING = LOGGING.replace("keys = root", "keys = root, statements", 1) + STATEMENTS
LAST = "/account"
"""Who sends these forms may have ended the session."""


@dataclass
class Tried:
    """What was sent, and what came of it."""

    forms: int = 0
    fields: set[tuple[str, str]] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    faults: list[Any] = field(default_factory=list)
    printed: str = ""

    @cached_property
    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of the log, each read as JSON."""
        return [json.loads(line) for line in self.printed.split("\n") if line]

    def note(self, sheet: Sheet, answer: TestResponse, *names: str) -> None:
        """Keep what a form was answered that had it in the fields of these names."""
        address = DIGITS.sub("#", sheet.address)
        self.fields |= {(address, name) for name in names}
        is_out = "/login" in answer.headers.get("location", "")
        if answer.status_int == 303 and not is_out:
            self.taken.add(address)
        if answer.status_int >= 500 or (is_out and sheet.address != LAST):
            self.faults.append((sheet.address, names, answer.status))


def kind_of(sheet: Sheet) -> tuple[Any, ...]:
    """Return what a form has in common with that of another record."""
    names = frozenset(one.name for one in sheet.controls)
    hidden = [one.value for one in sheet.controls if one.name == "action"]
    return (DIGITS.sub("#", sheet.address), sheet.actions, *hidden, names)


def forms(pages: list[TestResponse], method: str) -> list[Sheet]:
    """Return one form of each kind."""
    found = {kind_of(sheet): sheet for page in pages for sheet in sheets(page, method)}
    return sorted(found.values(), key=lambda one: one.address == LAST)


def candidates(_at: int, _control: Control) -> tuple[str, ...]:
    """Return what to type into a control."""
    return TYPED


def fill_in(browser: RemoteBrowser, sheet: Sheet, tried: Tried) -> None:
    """Send a form with it in all fields one types into, then in each field alone."""
    answer, typed = insist(browser, sheet, candidates)
    tried.note(sheet, answer, *(sheet.controls[at].name for at in typed))
    sent = sheet.body({})
    for at in once_each(sent):
        name, value = sent[at]
        if name != "csrf_token":
            for pair in ((name, FORGED), (FORGED, value)):
                changed = [*sent[:at], pair, *sent[at + 1 :]]
                tried.note(sheet, send(browser, sheet.address, changed), name)


def attach(client: Client, sheet: Sheet) -> None:
    """Send a file that is called so."""
    name = quote(FORGED, safe=" {}:,")
    said = client.upload(sheet.address.removesuffix("files/"), name, b"as agreed")
    assert said.status < 500, said.text


def search(browser: RemoteBrowser, sheet: Sheet, tried: Tried) -> None:
    """Look for it in each field of a form that searches."""
    for one in sheet.controls:
        query = urlencode([(one.name or "", HOSTILE), (FORGED, HOSTILE)])
        tried.note(sheet, browser.look(f"{sheet.address}?{query}"), one.name)


def furnish(db: Session) -> str:
    """Store some of everything; return the cookie of who may do all with it."""
    return cookie_of(db, everything(db))


def try_all(server: Server, cookie: str, kind: str) -> Tried:
    """Send every form, those that search and those that change something."""
    browser, tried = RemoteBrowser(server.url, cookie), Tried()
    client = Client(server.url, browser.cookies[COOKIE])
    found = crawl(browser).values()
    pages = [page for page in found if page.content_type == "text/html"]
    for sheet in share_of(kind, forms(pages, "get")):
        search(browser, sheet, tried)
    for sheet in share_of(kind, forms(pages, "post")):
        tried.forms += 1
        fill_in(browser, sheet, tried)
        if any(one.kind == "file" for one in sheet.controls):
            attach(client, sheet)
    return tried


@pytest.fixture(scope="module")
def tried(empty_place: Place) -> Tried:
    """Return what came of sending every form, and all that was logged meanwhile."""
    install(empty_place)
    cookie = in_session(empty_place, furnish)
    settings = ini(empty_place, settings="endi.log_format = json") + TELLING
    with running_server(settings) as server:
        tried = try_all(server, cookie, empty_place.kind)
        tried.printed = server.printed()
    return tried


def test_I15_every_field_of_every_form_was_sent(tried: Tried) -> None:
    assert tried.faults == []
    assert tried.forms > 100
    assert len(tried.fields) > 400
    assert len(tried.taken) > 50


def test_I15_what_is_typed_makes_no_line(tried: Tried) -> None:
    told = [line for line in tried.lines if "forged" in str(line)]
    assert told, "what is looked for is in the statements"
    for line in tried.lines:
        assert {"at", "level", "logger", "event"} <= line.keys()
        assert "forged" not in (line["event"], line["level"], line["logger"])


def test_I15_nothing_typed_steers_a_terminal(tried: Tried) -> None:
    lines = tried.printed.rstrip("\n").split("\n")
    assert tried.printed.isascii()
    assert all(line.isprintable() for line in lines)
    assert tried.printed.splitlines() == lines
