"""``endi-like serve``: the web server, and on one machine the worker with it."""

from __future__ import annotations

import os
from argparse import Namespace
from threading import Event, Thread
from typing import Any

from sqlalchemy import select

from endi_like import main as make_application
from endi_like.logs import take_all
from endi_like.models.people import User
from endi_like.scripts.demo import load_into_empty
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.rehearsal import rehearse
from endi_like.scripts.schema import require_current, update
from endi_like.scripts.server import GRACE, Server, open_doors
from endi_like.scripts.siblings import Siblings, save_memory
from endi_like.scripts.starting import uncollected
from endi_like.scripts.watching import Watching
from endi_like.scripts.worker import make_worker, require_broker, stop_on_signals
from endi_like.services.demonstration import LOGINS, PASSWORD
from endi_like.services.passwords import matches
from endi_like.settings import MEGABYTE, BadSettings

DEFAULTS: dict[str, Any] = {
    "host": "127.0.0.1",
    "port": "6543",
    "threads": "8",
    # A few hundred connections that send nothing must not keep everybody out.
    "connection_limit": "1000",
    "channel_timeout": "30",
    "ident": "",
}
PATIENCE_WITH_JOB = 5.0
MOST_WORKERS = 64
LARGEST_PORT = 65535


def run(arguments: Namespace) -> int:
    """Serve until a signal comes; then finish what has begun, and stop."""
    installation, worker = Installation.read(arguments.ini), not arguments.no_worker
    options = server_options(installation)
    count = how_many(options.pop("workers", 1))
    stopping = Event()
    save_memory()
    with answering(installation):
        prepare(installation, worker=worker)
        application = load(installation)
        doors = listen(options)
        watching = watch(installation, application, count)
        if count > 1:
            rehearse_once(installation, application)
        # Before there are several: one that answers already may be told to stop.
        stop_on_signals(stopping)
        siblings = Siblings(count - 1)
        watching.begin(siblings.number)
        server = Server(application, doors)
        siblings.follow(stopping)
        work = None
        if siblings.is_first:
            work = begin(installation, server, stopping, worker=worker)
        server.run(stopping)
        finish(siblings, work)
    return int(siblings.failed)


def watch(installation: Installation, application: Any, count: int) -> Watching:
    """Open the ports of metrics, and have all that happens be logged."""
    watching = Watching(installation, application, count)
    take_all(installation.settings.log_format)
    return watching


def rehearse_once(installation: Installation, application: Any) -> None:
    """Do what several processes are to share, before there are several."""
    rehearse(application)


def make_work(installation: Installation, stopping: Event) -> Thread:
    """Return the thread of the worker beside the web server."""
    run = make_worker(installation).run
    return Thread(target=run, args=(stopping,), daemon=True)


def begin(
    installation: Installation, server: Server, stopping: Event, *, worker: bool
) -> Thread | None:
    """Begin with what only the first process does; return the work beside it."""
    work = make_work(installation, stopping) if worker else None
    if work:
        work.start()
    installation.tell(*welcome(installation, server.url))
    return work


def finish(siblings: Siblings, work: Thread | None) -> None:
    """Wait a while for what may still be going on beside the web server."""
    siblings.join(GRACE)
    if work and work.is_alive():
        work.join(PATIENCE_WITH_JOB)


def load(installation: Installation) -> Any:
    """Return the application, or raise ``Unusable`` with what its settings lack.

    Whatever else is done in this process, it shares its connections with.
    """
    shared = {"db.bind": installation.engine}
    try:
        with uncollected():
            return make_application({}, **installation.raw, **shared)
    except BadSettings as error:
        raise Unusable(f"{installation.ini}: {error}") from error


def prepare(installation: Installation, *, worker: bool) -> None:
    """Have all that is needed, such as the right tables, or raise ``Unusable``."""
    if worker:
        require_broker(installation.settings)
    if installation.embedded:
        update(installation)
    require_current(installation)
    if installation.settings.production:
        refuse_demonstration(installation)
    else:
        load_into_empty(installation)


def refuse_demonstration(installation: Installation) -> None:
    """Raise ``Unusable`` if a demonstration account would let anybody in."""
    with installation.snapshot() as db:
        wanted = select(User).where(User.login.in_(LOGINS), User.active)
        for user in db.scalars(wanted):
            if matches(user.password_hash, PASSWORD):
                raise Unusable(
                    f"the demonstration account {user.login} still has its password; "
                    f"run: endi-like user disable {user.login} --ini {installation.ini}"
                )


def server_options(installation: Installation) -> dict[str, Any]:
    """Return what waitress is told; the environment's PORT wins over the ini file."""
    # a little more than may be attached, so that we can say what is too much
    most = installation.settings.largest_upload + MEGABYTE
    largest = {"max_request_body_size": str(most)}
    options = DEFAULTS | largest | installation.server
    options.pop("use", None)
    port = os.environ.get("PORT") or str(options["port"])
    if not port.isdecimal() or int(port) > LARGEST_PORT:
        raise Unusable(f"no port has the number {port}")
    return options | {"port": port}


def how_many(workers: Any) -> int:
    """Return the number of web processes asked for: they share port and memory."""
    if not str(workers).isdecimal() or not 1 <= int(workers) <= MOST_WORKERS:
        raise Unusable(f"workers must be a number from 1 to {MOST_WORKERS}")
    return int(workers)


def listen(options: dict[str, Any]) -> dict[str, Any]:
    """Return options that hold the port, or say why it cannot be had."""
    try:
        return open_doors(options)
    except (OSError, ValueError) as error:
        raise Unusable(f"cannot listen on port {options['port']}: {error}") from error


def welcome(installation: Installation, url: str) -> list[str]:
    """Return what is printed when all is ready."""
    lines = [f"endi-like is ready: {url}"]
    if not installation.settings.production:
        with installation.snapshot() as db:
            there = set(db.scalars(select(User.login).where(User.active)))
        found = [login for login in LOGINS if login in there]
        if found:
            lines.append(f"Log in as {', '.join(found)}; password: {PASSWORD}")
    return [*lines, "Ctrl-C stops it."]
