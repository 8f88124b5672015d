"""O1: a backup that is made under load comes back consistent and complete.

Clients write invoices and attach files without pause, and somebody writes to the
database without ever drawing breath.  Meanwhile a backup is made as operations.md
says; then it is restored to an empty place, where a server is started.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import textwrap
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import make_url, select, text

from endi_like.clock import utcnow
from endi_like.models.files import StoredFile
from endi_like.models.sales import Invoice
from endi_like.services.passwords import hash_password
from endi_like.services.seals import append_missing, seal_log
from tests.attaching import PDF
from tests.conftest import own_database
from tests.factories import make_user
from tests.functional.site import (
    LOST,
    Client,
    furnish,
    id_of,
    ini,
    install,
    new_invoice,
)
from tests.processes import Place, in_session, wrong
from tests.servers.http import COMMAND, running_server
from tests.servers.postgres import USER, programs

CLIENTS = 3
ENOUGH, MEANWHILE = 8, 3
ROUNDS = 10
"""How many backups are made at most: of a small database one takes no time at all."""

PATIENCE = 30.0
OPERATIONS = Path(__file__).parents[2] / "docs" / "operations.md"
LOGIN, PASSWORD = "claire", "trois petits cochons verts"


@dataclass
class Noted:
    """What was acknowledged: ids of invoices, and the sha256 of their attachments."""

    written: list = field(default_factory=list)
    attached: dict = field(default_factory=dict)
    wrong: list = field(default_factory=list)

    def copy(self):
        """Return what was acknowledged until now."""
        attached = dict(self.attached)
        return Noted(list(self.written), attached, [])


def work(server, office, noted, stopping):
    """Write invoices and attach a file to each, until told to stop."""
    client, today = Client(server.url, office.cookie), utcnow().date().isoformat()
    with suppress(*LOST):
        while not stopping.is_set():
            said = client.post("/invoices/add", new_invoice(office, today))
            key = id_of(said.headers["location"])
            noted.written.append(key)
            data = PDF + str(key).encode() * 2000
            said = client.upload(f"/invoices/{key}/", "plan.pdf", data)
            if said.status != 201:
                noted.wrong.append(said)
            noted.attached[key] = hashlib.sha256(data).hexdigest()


def write_without_pause(place, stopping):
    """Commit one change after the other: a copy page by page would never end."""
    engine = place.engine()
    change = text("UPDATE schedule SET enabled = enabled")
    while not stopping.is_set():
        with engine.begin() as connection:
            connection.execute(change)
    engine.dispose()


def until(happens):
    """Wait until something becomes true."""
    end = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < end
        time.sleep(0.01)


def run(*words, **how):
    """Run a command that has to succeed; return what it said."""
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        check=False,
        text=True,
        **how,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def documented(beginning):
    """Return the one command root is told to give that begins so, its lines joined."""
    text = re.sub(r" \\\n +", " ", OPERATIONS.read_text(encoding="utf-8"))
    pattern = rf"^    runuser -u (?:endi|postgres) -- ({re.escape(beginning)}.*)$"
    (found,) = set(re.findall(pattern, text, re.MULTILINE))
    return found


def as_documented(beginning, place, backup, database="endi", **environment):
    """Run a command of operations.md as it stands there, but for names of places."""
    places = {
        ".venv/bin/endi-like": COMMAND,
        "/backup": backup,
        "/var/lib/endi-like": place.folder,
        "production.ini": place.folder / "endi.ini",
        # the settings of these tests are in the data folder
        "--exclude=./compiled": "--exclude=./endi.ini",
    }
    names = "|".join(re.escape(name) for name in places)
    command = re.sub(names, lambda found: str(places[found[0]]), documented(beginning))
    command = re.sub(r"(?<=[ =])endi(?= |$)", database, command)
    path = f"{programs()}:{os.environ['PATH']}"
    return run(
        "/bin/sh", "-c", command, env={**os.environ, "PATH": path, **environment}
    )


def as_role(url, role):
    """Return by which settings PostgreSQL's programs find a server, as a role."""
    asked = make_url(url)
    return {"PGHOST": asked.query["host"], "PGUSER": role}


def back_up(place, to):
    """Make a backup as operations.md says; return how long it took."""
    began = time.monotonic()
    if place.kind == "sqlite":
        as_documented(".venv/bin/endi-like backup", place, to)
    else:
        url = make_url(place.database_url)
        role = as_role(url, url.username)
        as_documented("pg_dump --format=custom", place, to, url.database, **role)
        as_documented("tar -C /var/lib/endi-like --exclude", place, to)
    return time.monotonic() - began


def come_back(place, source):
    """Restore to an empty place as operations.md says; return what verify says."""
    path = place.folder / "endi.ini"
    path.write_text(ini(place))
    if place.kind == "sqlite":
        return as_documented(".venv/bin/endi-like restore", place, source)
    url = make_url(place.database_url)
    role = as_role(url, USER)
    as_documented("pg_restore", place, source, url.database, **role)
    as_documented("tar -C /var/lib/endi-like -xf", place, source)
    as_documented(".venv/bin/endi-like migrate", place, source)
    return as_documented(".venv/bin/endi-like verify", place, source)


def createdb(server):
    """Make an empty database as operations.md says; its owner is called like it."""
    url = make_url(server)
    name = f"{url.database}_empty"
    nowhere, role = Place(server, Path()), as_role(server, USER)
    as_documented("createuser endi", nowhere, Path(), name, **role)
    as_documented("createdb", nowhere, Path(), name, **role)
    return url.set(database=name, username=name).render_as_string()


def prepare(db):
    """Store somebody who may log in, and seal the log."""
    make_user(db, login=LOGIN, password_hash=hash_password(PASSWORD), roles={"manager"})
    seal_log(db, day=utcnow().date(), now=utcnow())


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def places(request, tmp_path_factory):
    """Return a place to back up, a folder for the backup, and an empty place."""
    folders = [tmp_path_factory.mktemp(name) for name in ("live", "backup", "empty")]
    live, backup, empty = folders
    if request.param == "sqlite":
        urls = [f"sqlite:///{folder}/endi.db" for folder in (live, empty)]
    else:
        server = request.getfixturevalue("postgres_url")
        urls = [own_database(server, "backup_live"), createdb(server)]
    return Place(urls[0], live), backup, Place(urls[1], empty)


@dataclass(frozen=True)
class Outcome:
    """What there is after a backup under load, and its restoration."""

    source: Path
    restored: Place
    before: Noted
    during: int
    took: float
    said: str


@pytest.fixture(scope="module")
def outcome(places):
    """Make a backup under load, and restore it."""
    live, folder, empty = places
    settings = install(live)
    office = in_session(live, furnish)
    in_session(live, prepare)
    in_session(live, lambda db: append_missing(db, live.folder))
    noted, stopping = Noted(), threading.Event()
    with running_server(settings) as server:
        threads = [
            threading.Thread(target=work, args=(server, office, noted, stopping))
            for _ in range(CLIENTS)
        ]
        hasty = threading.Thread(target=write_without_pause, args=(live, stopping))
        for thread in (*threads, hasty):
            thread.start()
        try:
            until(lambda: len(noted.attached) >= ENOUGH)
            before, took, during = noted.copy(), [], 0
            while during < MEANWHILE and len(took) < ROUNDS:
                began, source = len(noted.written), folder / str(len(took))
                source.mkdir()
                took.append(back_up(live, source))
                during += len(noted.written) - began
            until(lambda: len(noted.written) >= len(before.written) + MEANWHILE)
        finally:
            stopping.set()
            for thread in (*threads, hasty):
                thread.join(PATIENCE)
    assert noted.wrong == []
    said = come_back(empty, source)
    return Outcome(source, empty, before, during, max(took), said)


def test_O1_a_backup_is_made_while_people_work(outcome):
    assert outcome.during >= MEANWHILE, "nobody had to wait for it"
    assert outcome.took < PATIENCE / 2


def test_O1_what_comes_back_is_consistent(outcome):
    assert outcome.said == "All is as it was written.\n"
    assert wrong(outcome.restored) == [], "numbers, log, documents, files, seals"


def test_O1_everything_acknowledged_before_is_there(outcome):
    def compare(db):
        if outcome.restored.kind == "sqlite":
            assert db.scalar(text("PRAGMA integrity_check")) == "ok"
        assert set(outcome.before.written) <= set(db.scalars(select(Invoice.id)))
        found = db.execute(select(StoredFile.node_id, StoredFile.sha256)).all()
        assert outcome.before.attached.items() <= dict(found).items()
        return found

    kept = outcome.restored.folder / "files"
    for _node, sha256 in in_session(outcome.restored, compare):
        data = (kept / sha256[:2] / sha256).read_bytes()
        assert hashlib.sha256(data).hexdigest() == sha256


def test_O1_people_log_in_and_go_on_where_it_came_back(outcome):
    with running_server((outcome.restored.folder / "endi.ini").read_text()) as server:
        browser = build_opener(HTTPCookieProcessor(CookieJar()))

        def read(path, fields=None):
            body = urlencode(fields).encode() if fields else None
            with browser.open(f"{server.url}{path}", body, PATIENCE) as answer:
                return answer.read()

        page = BeautifulSoup(read("/login"), "html.parser")
        token = page.select_one("input[name=csrf_token]")["value"]
        fields = {"login": LOGIN, "password": PASSWORD, "action": "log_in"}
        read("/login", {**fields, "csrf_token": token})
        key, sha256 = next(iter(outcome.before.attached.items()))
        page = BeautifulSoup(read(f"/invoices/{key}/"), "html.parser")
        assert "Repairs" in page.text
        link = next(a["href"] for a in page.select("a[href]") if "plan.pdf" in a.text)
        found = read(urlsplit(link).path)
        assert hashlib.sha256(found).hexdigest() == sha256
        assert json.loads(read("/health/ready"))["status"] == "ready"


@pytest.fixture
def elsewhere(places, request, tmp_path):
    """Return one more empty place of the kind that is tried."""
    live, _backup, _empty = places
    if live.kind == "sqlite":
        return Place(f"sqlite:///{tmp_path}/endi.db", tmp_path)
    server = request.getfixturevalue("postgres_url")
    return Place(createdb(own_database(server, "backup_cut")), tmp_path)


CUT_OFF = 1, 0.01, 0.5
"""How much lacks at the end: so many bytes, or such a share."""


def cut_off(path, lacking):
    """Return a file without its end."""
    whole = path.read_bytes()
    return whole[: -(lacking if lacking >= 1 else int(len(whole) * lacking))]


def is_empty(place):
    """Tell whether nothing was restored."""
    if {path.name for path in place.folder.iterdir()} != {"endi.ini"}:
        return False
    if place.kind == "sqlite":
        return True
    tables = text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    return in_session(place, lambda db: db.scalar(tables)) == 0


def test_O1_a_backup_that_was_cut_off_is_refused(outcome, elsewhere, tmp_path_factory):
    source, (whole,) = tmp_path_factory.mktemp("cut"), outcome.source.glob("endi*")
    for lacking in CUT_OFF:
        (source / whole.name).write_bytes(cut_off(whole, lacking))
        with pytest.raises(AssertionError, match="could not read|is no backup|damaged"):
            come_back(elsewhere, source)
        assert is_empty(elsewhere), lacking
    for files in outcome.source.glob("files.tar"):
        shutil.copy(whole, source)
        (source / files.name).write_bytes(cut_off(files, 0.5))
        with pytest.raises(AssertionError, match="tar: Unexpected EOF|lacks"):
            come_back(elsewhere, source)


SCRIPTS = re.compile(r"^    #!/bin/sh\n(?:(?:    .*)?\n)+", re.MULTILINE)


def test_every_script_of_the_document_is_one():
    scripts = SCRIPTS.findall(OPERATIONS.read_text(encoding="utf-8"))
    assert len(scripts) == 3
    for script in scripts:
        run("/bin/sh", "-n", "-c", textwrap.dedent(script))


def test_no_command_of_the_document_is_looked_for_in_vain():
    """Nobody but root has a shell, and the program is in no folder of PATH."""
    text = OPERATIONS.read_text(encoding="utf-8")
    assert not re.search(r"^    (?:endi-like|pg_restore|createdb) ", text, re.MULTILINE)
    given = re.findall(r"^    runuser -u (\w+) -- (\S+)", text, re.MULTILINE)
    for account, program in given:
        owns = program in ("createuser", "createdb", "pg_restore")
        assert (account == "postgres") == owns
        assert owns or program in (".venv/bin/endi-like", "pg_dump", "tar")
