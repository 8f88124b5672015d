"""Mails that really leave: a database workers commit to, a worker, a mail server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from endi_like.db import Base, make_engine
from endi_like.jobs import JOBS
from endi_like.jobs.worker import Worker
from endi_like.models.jobs import Job
from endi_like.models.mail import OutgoingMail
from endi_like.services.mail import Recipient, post
from endi_like.settings import Settings
from tests.conftest import own_database
from tests.factories import lay_foundations, signed

SENDER = "office@horizon.example"
VALUES = {"NAME": "Claire Martin", "LOGIN": "claire", "SITE": "https://x.example"}


def make_site(request: Any, tmp_path_factory: Any) -> Iterator[Engine]:
    """Give an engine with connections of its own: workers really commit."""
    name = request.module.__name__.rpartition(".")[2]
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp(name)}/mail.sqlite"
    else:
        url = own_database(request.getfixturevalue("postgres_url"), name)
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as db, db.begin():
        lay_foundations(db)
    yield engine
    engine.dispose()


def settings_of(folder: Any, server: Any = None, **more: Any) -> Settings:
    """Return settings with the mail server, or without any."""
    found: dict[str, Any] = {"mail_from": SENDER, "smtp_security": "none", **more}
    if server:
        found |= {"smtp_host": "127.0.0.1", "smtp_port": server.port}
    return Settings("sqlite://", "the secret of the tests", folder, **found)


def post_one(engine: Engine, clock: Any, key: str = "one", **more: Any) -> int:
    """Post a mail to Claire and commit; return its id."""
    to = more.pop("to", Recipient("claire@example.org", "Claire Martin", "en"))
    with Session(engine) as db, db.begin():
        found = post(
            signed(db, clock),
            more.pop("template", "welcome"),
            to=to,
            values=more.pop("values", VALUES),
            dedupe_key=key,
            at=clock(),
            **more,
        )
    assert found is not None
    return found


def worker_of(engine: Engine, settings: Settings, clock: Any) -> Worker:
    """Return a worker that knows every job."""
    worker = Worker(engine, JOBS, settings=settings, clock=clock)
    worker.doer.mailer.clock = lambda: clock().timestamp()
    return worker


def run_all(worker: Worker) -> None:
    """Do everything that is due, then leave the mail server."""
    while worker.run_one():
        pass
    worker.doer.mailer.rest(0)


def mails(engine: Engine) -> list[OutgoingMail]:
    """Return every mail, in the order they were posted."""
    with Session(engine) as db:
        return list(db.scalars(select(OutgoingMail).order_by(OutgoingMail.id)))


def forget_mails(engine: Engine) -> None:
    """Begin anew."""
    with Session(engine) as db, db.begin():
        for model in (Job, OutgoingMail):
            db.query(model).delete()
