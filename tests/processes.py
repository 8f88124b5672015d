"""Processes that each run the whole application, and press buttons at one moment.

A ``Place`` is what they share: a database, a folder for files, a secret.  A ``Press``
is one button on one document; what came of it is an ``Answer``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from threading import BrokenBarrierError
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from webtest import TestApp

from endi_like import main
from endi_like.db import Base, make_engine
from endi_like.models.people import User
from endi_like.services.files import Folder, Vault
from endi_like.services.invariants import invariants
from endi_like.services.sessions import Visitor, new_token, start_session
from tests.app_fixtures import COOKIE, csrf_in
from tests.factories import NOW, TestClock, lay_foundations, make_user, signed

PATIENCE = 60.0
NURSERY = get_context("forkserver")
"""Where processes are born: the application is imported once for all of them."""
NURSERY.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Place:
    """A database and a folder that several processes work in."""

    database_url: str
    folder: Path

    @property
    def kind(self) -> str:
        """Return ``sqlite`` or ``postgresql``."""
        return self.database_url.partition("+")[0].partition(":")[0]

    def settings(self, **more: Any) -> dict[str, Any]:
        """Return the settings of an application here, whose clock stands still."""
        return {
            "endi.database_url": self.database_url,
            "endi.secret": "the secret of the tests, and of nobody else",
            "endi.data_folder": str(self.folder),
            "clock": TestClock(),
            **more,
        }

    def engine(self) -> Engine:
        """Return an engine of one's own."""
        return make_engine(self.database_url)


def lay_out(place: Place) -> Place:
    """Make the tables, and what every installation has; return the place."""
    engine = place.engine()
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        lay_foundations(session)
    engine.dispose()
    return place


def in_session(place: Place, work: Callable[[Session], Any]) -> Any:
    """Return what the work returns; what it wrote is committed, signed by user 1."""
    engine = place.engine()
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            return work(signed(session))
    finally:
        engine.dispose()


def wrong(place: Place) -> list[str]:
    """Return a sentence for everything that is not as it must be."""
    vault = Vault(Folder(place.folder / "files"))
    found: list[str] = in_session(place, lambda db: list(invariants(db, vault)))
    return found


def logged_in(session: Session, user: User | None = None) -> str:
    """Return the cookie of a session of the user's; a manager unless one is named."""
    user = user or make_user(session, roles={"manager"})
    token = new_token()
    start_session(session, user.id, token, now=NOW, visitor=Visitor("127.0.0.1"))
    return token


@dataclass(frozen=True)
class Press:
    """A button that somebody presses: whose cookie, where, and what the form sends."""

    cookie: str
    path: str
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Answer:
    """What the application said to a press."""

    press: Press
    status: int
    text: str


def action(cookie: str, node: Any, name: str, **fields: Any) -> Press:
    """Return the press of an action's button on an invoice as it is now."""
    sent = {"action": name, "version": node.version, **fields}
    return Press(
        cookie,
        f"/invoices/{node.id}/do",
        tuple((key, str(value)) for key, value in sent.items()),
    )


def browser(app: Any, cookie: str) -> TestApp:
    """Return the browser of the person whose cookie it is."""
    found = TestApp(app)
    found.set_cookie(COOKIE, cookie)
    return found


def csrf_of(someone: TestApp) -> str:
    """Return the token that the forms of this person carry."""
    return csrf_in(someone.get("/account").text)


@dataclass(frozen=True)
class Share:
    """What one thread of one process does: press one button after the other.

    ``around`` holds while it does so; a press that fails is repeated so many times.
    """

    place: Place
    presses: tuple[Press, ...]
    around: Callable[[], AbstractContextManager[Any]] = nullcontext
    attempts: int = 1


_gate: Any = None


def remember(gate: Any) -> None:
    """Keep what all processes wait at before the first press."""
    global _gate
    _gate = gate


@lru_cache(1)
def application(place: Place) -> Any:
    """Return the application of this process."""
    return main({}, **place.settings())


def work(share: Share, threads: int) -> list[Answer]:
    """Do a share of the work; this is what happens in a process."""
    with share.around():
        app = application(share.place)
        tokens = {
            cookie: csrf_of(browser(app, cookie))
            for cookie in {press.cookie for press in share.presses}
        }
        _gate.wait(PATIENCE)
        with ThreadPoolExecutor(threads) as pool:
            parts = [
                pool.submit(press_all, app, tokens, presses, share.attempts)
                for presses in split(share.presses, threads)
            ]
        app.registry["db.engine"].dispose()
        return [answer for part in parts for answer in part.result()]


def press_all(
    app: Any, tokens: dict[str, str], presses: Sequence[Press], attempts: int
) -> list[Answer]:
    """Return what the application said to each press, and to its repetitions."""
    answers = []
    for press in presses:
        person = browser(app, press.cookie)
        fields = [*press.fields, ("csrf_token", tokens[press.cookie])]
        for _attempt in range(attempts):
            found = person.post(press.path, fields, status="*")
            answers.append(Answer(press, found.status_int, found.text))
            if found.status_int == 303:
                break
    return answers


def split(presses: Sequence[Press], parts: int) -> list[tuple[Press, ...]]:
    """Share presses out: to each part as many as to any other, give or take one."""
    return [tuple(presses[number::parts]) for number in range(parts)]


class Crowd:
    """Processes that wait for one another, then press their buttons at once."""

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self.pool = ProcessPoolExecutor(
            processes, NURSERY, remember, (NURSERY.Barrier(processes),)
        )

    def press(
        self,
        place: Place,
        presses: Sequence[Press],
        *,
        threads: int = 1,
        around: Callable[[], AbstractContextManager[Any]] = nullcontext,
        attempts: int = 1,
    ) -> list[Answer]:
        """Return the answers to the presses, which are shared out evenly."""
        shares = [
            Share(place, mine, around, attempts)
            for mine in split(presses, self.processes)
        ]
        futures = [self.pool.submit(work, share, threads) for share in shares]
        wait(futures, 2 * PATIENCE)
        faults = [future.exception(0) for future in futures]
        # one that fails keeps the others waiting in vain: its own error tells more
        faults.sort(key=lambda fault: isinstance(fault, BrokenBarrierError))
        for fault in faults:
            if fault:
                raise fault
        return [answer for future in futures for answer in future.result()]
