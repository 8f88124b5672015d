"""``endi-like …``: what each command does, and what it says when it cannot (O4)."""

from __future__ import annotations

import io
import re
import shutil
import signal
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.orm import Session
from webtest import TestApp

from endi_like import main as make_application
from endi_like import migrations
from endi_like.db import make_engine
from endi_like.migrations.running import ONE_AT_A_TIME
from endi_like.models.people import User
from endi_like.models.sales import Invoice
from endi_like.scripts import serve
from endi_like.scripts.installation import Installation
from endi_like.scripts.main import COMMANDS, USER_COMMANDS, main
from endi_like.services import demo
from endi_like.services.passwords import matches
from endi_like.services.sessions import Visitor, start_session
from endi_like.services.users import find_user
from endi_like.settings import Settings
from tests.conftest import own_database
from tests.factories import NOW
from tests.functional.pages import save
from tests.servers.http import COMMAND, ini_value, running_server
from tests.tampering import drop_refusals

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"
GOOD_PASSWORD = "trois petits cochons verts"
LONGER_THAN_FOR_A_TABLE = 5.5
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

INI = """
[app:main]
use = egg:endi_like
{settings}

[server:main]
use = egg:waitress#main
host = 127.0.0.1
port = {port}

[loggers]
keys = root
[handlers]
keys =
[formatters]
keys =
[logger_root]
level = WARNING
handlers =
"""


@pytest.fixture(autouse=True)
def no_port_of_the_developer(monkeypatch):
    monkeypatch.delenv("PORT", raising=False)


class Site:
    """An installation in a folder of its own, and its command line."""

    def __init__(self, folder, capsys, url=None):
        self.folder = folder
        self.capsys = capsys
        self.url = url or f"sqlite:///{folder}/data/site.sqlite"
        self.ini = folder / "site.ini"
        self.write()

    def write(self, port="0", **settings):
        values = {
            "endi.database_url": self.url,
            "endi.secret": SECRET,
            "endi.data_folder": str(self.folder / "data"),
            **{name.replace("__", "."): value for name, value in settings.items()},
        }
        lines = "\n".join(
            f"{name} = {ini_value(value)}"
            for name, value in values.items()
            if value is not None
        )
        self.ini.write_text(INI.format(settings=lines, port=port))

    def run(self, *words):
        """Run a command; return its status, and what it printed and complained."""
        status = main([*words])
        printed = self.capsys.readouterr()
        return status, printed.out, printed.err

    def do(self, command, *words):
        """Run a command that has to succeed; return what it printed."""
        where = ["--ini", str(self.ini)] if command == "user" else [str(self.ini)]
        status, out, err = self.run(command, *words, *where)
        assert (status, err) == (0, ""), err
        return out

    def refuse(self, command, *words):
        """Run a command that has to fail; return its one line."""
        where = ["--ini", str(self.ini)] if command == "user" else [str(self.ini)]
        status, out, err = self.run(command, *words, *where)
        assert (status, out) == (1, "")
        assert err.count("\n") == 1, err
        assert err.startswith("endi-like: ")
        return err

    @contextmanager
    def session(self):
        engine = make_engine(self.url)
        with Session(engine) as session, session.begin():
            yield session
        engine.dispose()


@pytest.fixture
def site(tmp_path, capsys):
    return Site(tmp_path, capsys)


@pytest.fixture
def migrated(site):
    site.do("migrate")
    return site


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Return a folder whose database has the demonstration data."""
    folder = tmp_path_factory.mktemp("loaded")
    Site(folder, None)
    assert main(["demo", str(folder / "site.ini")]) == 0
    return folder / "data"


@pytest.fixture
def with_data(site, loaded):
    shutil.copytree(loaded, site.folder / "data", dirs_exist_ok=True)
    return site


@pytest.fixture
def on_postgresql(tmp_path, capsys, postgres_url):
    return Site(tmp_path, capsys, own_database(postgres_url, "site"))


def typing(monkeypatch, password):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))


# Help


@pytest.mark.parametrize(
    "words",
    [
        [],
        *([name] for name in (*COMMANDS, "user")),
        *(["user", name] for name in USER_COMMANDS),
    ],
)
def test_every_command_has_its_help(capsys, words):
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    assert "usage: endi-like" in capsys.readouterr().out


def test_help_names_every_command(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    printed = capsys.readouterr().out
    for name in ("serve", "worker", "migrate", "demo", "user", "verify"):
        assert re.search(rf"^ +{name} ", printed, re.MULTILINE)


def test_a_command_nobody_knows_is_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sell"])
    assert ended.value.code == 2


# O4: a configuration that is no use


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"endi__secret": None}, "endi.secret is missing"),
        ({"endi__database_url": None}, "endi.database_url is missing"),
        ({"endi__data_folder": ""}, "endi.data_folder is missing"),
        ({"endi__database_url": "nonsense"}, "endi.database_url is no address"),
        ({"endi__colour": "red"}, "unknown setting: endi.colour"),
        ({"endi__production": "perhaps"}, "endi.production must be true or false"),
        ({"endi__pool_size": "ten"}, "endi.pool_size must be a whole number"),
        ({"endi__pool_size": "0"}, "endi.pool_size must not be 0"),
        ({"endi__smtp_timeout": "0"}, "endi.smtp_timeout must not be 0"),
        (
            {"endi__production": "true", "endi__secret": "short"},
            "endi.secret must be 32 random characters",
        ),
        (
            {
                "endi__production": "true",
                "endi__secret": "for development only, to be changed elsewhere",
            },
            "endi.secret must be 32 random characters",
        ),
        (
            {"endi__production": "true", "pyramid__debug_all": "true"},
            "pyramid.debug_all must not be on in production",
        ),
        ({"endi__data_folder": "/proc/nowhere"}, "endi.data_folder cannot be written"),
        ({"endi__files": "ftp://bucket"}, "endi.files must be like s3://bucket"),
        ({"endi__files": "s3://b?host=x"}, "endi.files must be like s3://bucket"),
        ({"endi__file_mb": "0"}, "endi.file_mb must be a number from 1 to"),
        ({"endi__log_format": "xml"}, "endi.log_format must be one of text, json"),
        ({"endi__trust_request_id": "1"}, "endi.trust_request_id must be true or f"),
        ({"endi__metrics_listen": "9100"}, "endi.metrics_listen must be like 127."),
        ({"endi__metrics_listen": "[::1]:0"}, "endi.metrics_listen must be like 127."),
        ({"endi__sentry_dsn": "https://host/1"}, "endi.sentry_dsn must be like http"),
        ({"endi__sentry_dsn": "https://k@host/x"}, "endi.sentry_dsn must be like http"),
        ({"port": "high"}, "no port has the number high"),
        ({"port": "99999"}, "no port has the number 99999"),
    ],
)
def test_O4_bad_settings_are_one_clear_line(site, settings, sentence):
    site.write(**settings)
    assert sentence in site.refuse("serve")


def test_O4_a_missing_file_is_one_clear_line(site):
    site.ini.unlink()
    assert "there is no file" in site.refuse("serve")


@pytest.mark.parametrize("content", ["", "gibberish", "[app:main]\nuse = egg:nothing"])
def test_O4_a_file_that_is_no_ini_file_is_one_clear_line(site, content):
    site.ini.write_text(content)
    assert "cannot be read" in site.refuse("serve")


def test_O4_a_port_that_is_taken_is_one_clear_line(migrated, monkeypatch):
    migrated.write(endi__production="true")
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setattr("socket.socket.bind", taken)
    assert "cannot listen on port 1: " in migrated.refuse("serve")


def taken(_socket, _address):
    raise OSError("Address already in use")


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request):
    """Return an installation on either database, without any tables."""
    kind = {"sqlite": "site", "postgresql": "on_postgresql"}[request.param]
    return request.getfixturevalue(kind)


@pytest.mark.parametrize("command", ["serve", "worker", "verify", "demo"])
def test_O4_no_tables_are_one_clear_line(on_postgresql, command):
    sentence = "the tables of the database are not those of this version; run: "
    assert sentence in on_postgresql.refuse(command)


@pytest.mark.parametrize("command", ["serve", "worker", "verify", "demo", "migrate"])
def test_O4_tables_of_a_newer_version_are_one_clear_line(anywhere, command):
    anywhere.do("migrate")
    with anywhere.session() as db:
        db.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))
    assert "are those of a newer version: " in anywhere.refuse(command)


def test_O4_a_step_that_would_break_references_is_one_clear_line(site, monkeypatch):
    def upgrade(_url):
        raise migrations.BrokenReferences("table part, row 1")

    monkeypatch.setattr(migrations, "upgrade", upgrade)
    assert "rows that point at nothing: table part, row 1" in site.refuse("migrate")


def test_O4_a_database_that_is_away_is_one_clear_line(site):
    away = "postgresql+psycopg://nobody@/nothing?host=/nowhere"
    site.write(endi__database_url=away)
    assert "the database does not answer" in site.refuse("serve")


# migrate, demo


def test_migrating_twice_is_harmless(site):
    assert "is up to date now" in site.do("migrate")
    assert "was up to date" in site.do("migrate")


def test_whoever_migrates_waits_for_whoever_migrates_already(on_postgresql):
    engine = create_engine(on_postgresql.url)
    with engine.connect() as connection:
        connection.execute(ONE_AT_A_TIME)
        both = [
            subprocess.Popen(
                [str(COMMAND), "migrate", str(on_postgresql.ini)],
                stderr=subprocess.PIPE,
                text=True,
            )
            for _number in range(2)
        ]
        waiting = text(WAITING)
        until = time.monotonic() + 20
        while connection.scalar(waiting) < len(both) and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(LONGER_THAN_FOR_A_TABLE)
    engine.dispose()
    assert [one.communicate(timeout=60)[1] for one in both] == ["", ""]
    assert [one.returncode for one in both] == [0, 0]


def test_demonstration_data_is_loaded_once_and_in_production_by_force_only(site):
    site.write(endi__production="true")
    assert "--force" in site.refuse("demo")
    printed = site.do("demo", "--force")
    assert "Loaded" in printed
    assert "The password of admin, manager" in printed
    assert "not empty" in site.refuse("demo", "--force")
    site.write()
    assert "not empty" in site.refuse("demo")
    assert site.do("verify") == "All is as it was written.\n"


def test_an_installation_in_production_refuses_demonstration_accounts(
    with_data, monkeypatch
):
    site = with_data
    site.write(endi__production="true")
    for _account in demo.LOGINS:
        line = site.refuse("serve")
        login = re.search(r"the demonstration account (\w+) still has", line)[1]
        site.do("user", "disable", login)
    site.do("user", "enable", "member")
    typing(monkeypatch, GOOD_PASSWORD)
    site.do("user", "password", "member")
    site.write(endi__production="true", port="high")
    assert "no port has the number high" in site.refuse("serve"), "all else is well"


# user


def test_a_user_is_added_and_can_log_in(migrated, monkeypatch):
    typing(monkeypatch, GOOD_PASSWORD)
    words = ["--name", "Zoé Été", "--email", "zoe@example.org", "--role", "manager"]
    assert "zoe may log in" in migrated.do("user", "add", "Zoe", *words)
    with migrated.session() as db:
        user = find_user(db, "zoe")
        assert matches(user.password_hash, GOOD_PASSWORD)
        assert (user.name, set(user.roles)) == ("Zoé Été", {"manager"})
    typing(monkeypatch, GOOD_PASSWORD)
    assert "there is a user zoe" in migrated.refuse("user", "add", "zoe", *words)


@pytest.mark.parametrize("password", ["short", "zoe", "", "password1234"])
def test_a_bad_password_is_refused_and_nobody_is_added(migrated, monkeypatch, password):
    typing(monkeypatch, password)
    line = migrated.refuse("user", "add", "zoe", "--name", "Zoé")
    assert "assword" in line
    assert "${" not in line
    with migrated.session() as db:
        assert find_user(db, "zoe") is None


def test_nobody_who_writes_waits_while_a_password_is_typed(migrated, monkeypatch):
    def typed():
        engine = create_engine(migrated.url, connect_args={"timeout": 0})
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        engine.dispose()
        return GOOD_PASSWORD

    monkeypatch.setattr("endi_like.scripts.user.typed_password", typed)
    migrated.do("user", "add", "zoe", "--name", "Zoé")
    assert "is changed" in migrated.do("user", "password", "zoe")


def test_a_new_installation_can_be_furnished_in_the_browser(migrated, monkeypatch):
    typing(monkeypatch, GOOD_PASSWORD)
    migrated.do("user", "add", "zoe", "--name", "Zoé", "--role", "admin")
    migrated.do("migrate")
    browser = TestApp(make_application({}, **Installation.read(str(migrated.ini)).raw))
    form = browser.get("/login").forms[0]
    form["login"], form["password"] = "zoe", GOOD_PASSWORD
    form.submit("action").follow()
    page = browser.get("/organisation/1/edit")
    save(page, name="Coopérative Horizon")
    assert "Coopérative Horizon" in browser.get("/organisation/1/")


def test_a_user_can_be_shut_out_and_let_in_again(migrated, monkeypatch):
    typing(monkeypatch, GOOD_PASSWORD)
    migrated.do("user", "add", "zoe", "--name", "Zoé")
    with migrated.session() as db:
        user = find_user(db, "zoe")
        start_session(db, user.id, "token", now=NOW, visitor=Visitor())
    assert "cannot log in any more" in migrated.do("user", "disable", "zoe")
    with migrated.session() as db:
        assert not find_user(db, "zoe").active
        ended = text("SELECT count(*) FROM user_session WHERE ended_at IS NOT NULL")
        assert db.scalar(ended) == 1
    assert "disabled" in migrated.do("user", "list")
    assert "may log in again" in migrated.do("user", "enable", "zoe")
    assert "disabled" not in migrated.do("user", "list")


def test_everybody_can_be_logged_out_at_once(with_data):
    with with_data.session() as db:
        users = db.scalars(select(User.id)).all()
        for user_id in users:
            start_session(db, user_id, f"{user_id}", now=NOW, visitor=Visitor())
    printed = with_data.do("user", "logout-all")
    assert f"log in again; sessions ended: {len(users)}" in printed
    assert "sessions ended: 0" in with_data.do("user", "logout-all")
    with with_data.session() as db:
        left = text("SELECT count(*) FROM user_session WHERE ended_at IS NULL")
        assert db.scalar(left) == 0


def test_roles_replace_those_before(migrated, monkeypatch):
    typing(monkeypatch, GOOD_PASSWORD)
    migrated.do("user", "add", "zoe", "--name", "Zoé", "--role", "admin")
    printed = migrated.do("user", "roles", "zoe", "auditor", "accountant")
    assert printed == "zoe: accountant auditor\n"
    assert migrated.do("user", "list") == "zoe\tZoé\taccountant auditor\n"
    assert "no role king" in migrated.refuse("user", "roles", "zoe", "king")
    assert migrated.do("user", "roles", "zoe") == "zoe: no role\n"


@pytest.mark.parametrize("what", ["password", "disable", "enable", "roles"])
def test_a_user_nobody_knows_is_one_clear_line(migrated, what):
    assert "there is no user nemo" in migrated.refuse("user", what, "nemo")


# verify


def tamper(site, statement):
    with site.session() as db:
        drop_refusals(db)
        assert db.execute(text(statement)).rowcount


def findings(site, *words):
    status, out, err = site.run("verify", str(site.ini), *words)
    assert (status, err) == (1, "")
    return out.splitlines()


def test_E1_verify_prints_the_first_altered_row_of_each_kind(with_data):
    assert with_data.do("verify") == "All is as it was written.\n"
    tamper(with_data, "UPDATE status_log_entry SET comment = 'x' WHERE id >= 10")
    status_log, status, *_triggers = findings(with_data)
    about = r"status log: \w+ \d+, move \d+ \(entry (\d+)\) is not what was written"
    assert int(re.fullmatch(about, status_log)[1]) >= 10
    assert re.match(r"status: \w+ \d+: ", status)


def test_verify_names_a_changed_total(with_data):
    with with_data.session() as db:
        first = db.scalars(select(Invoice.id).order_by(Invoice.id)).first()
    tamper(with_data, f"UPDATE task SET ttc = 0, due = 0 WHERE id = {first}")
    found = findings(with_data)
    assert found[0].startswith(f"documents: invoice {first}: its totals")


def test_E3_verify_misses_a_trigger_that_was_taken_away(with_data):
    with with_data.session() as db:
        table = " ON stored_file" if db.get_bind().dialect.name == "postgresql" else ""
        db.execute(text(f"DROP TRIGGER stored_file_no_delete{table}"))

    assert findings(with_data) == ["triggers: stored_file_no_delete is missing"]


def test_a_seal_shows_later_that_the_last_moves_are_gone(with_data):
    assert "Sealed: " in with_data.do("verify", "--seal")
    assert "has its seal already" in with_data.do("verify", "--seal")
    seals = with_data.folder / "data" / "seals.log"
    assert seals.read_text().count("\n") == 1
    tamper(
        with_data,
        "DELETE FROM status_log_entry WHERE id = "
        "(SELECT max(id) FROM status_log_entry)",
    )
    assert any(
        line.startswith("seals: the moves sealed on") for line in findings(with_data)
    )


def test_a_seal_that_is_taken_away_is_missed_by_the_file(with_data):
    with_data.do("verify", "--seal")
    tamper(with_data, "DELETE FROM log_seal")
    line, *_triggers = findings(with_data)
    assert line.startswith("seals: seals.log holds a seal of")


# serve, worker: as processes


def test_serve_begins_with_data_that_is_readable_by_its_own_account_only(site):
    data = site.folder / "data"
    data.mkdir(mode=0o755)
    command = [str(COMMAND), "migrate", str(site.ini)]
    subprocess.run(command, check=True, umask=0o022, stdout=subprocess.DEVNULL)
    with running_server(site.ini), site.session() as db:
        assert not demo.is_empty(db), "it loads the demonstration"
        written = list(data.rglob("*"))
        assert {"site.sqlite", "site.sqlite-wal"} <= {one.name for one in written}
        assert [one.name for one in written if one.stat().st_mode & 0o077] == []


def stop(process, how):
    process.send_signal(how)
    return process.wait(10)


@pytest.fixture
def made(monkeypatch):
    """Return the workers that ``serve`` makes; it stops at once."""
    found = []

    def make(installation):
        found.append(installation)
        return SimpleNamespace(run=lambda _stopping: None)

    monkeypatch.setattr(serve, "make_worker", make)
    server = SimpleNamespace(url="", run=lambda stopping: stopping.set())
    monkeypatch.setattr(serve, "Server", lambda _application, _doors: server)
    for name in ("listen", "stop_on_signals", "take_all", "save_memory"):
        monkeypatch.setattr(serve, name, lambda *_words: None)
    return found


@pytest.mark.parametrize(("words", "many"), [([], 1), (["--no-worker"], 0)])
def test_serve_makes_a_worker_only_where_it_is_to_work(with_data, made, words, many):
    with_data.do("serve", *words)
    assert len(made) == many


def test_the_worker_and_the_pages_share_the_connections_of_a_process(
    with_data, made, monkeypatch
):
    applications = []

    def load(installation):
        applications.append(really_load(installation))
        return applications[0]

    really_load = serve.load
    monkeypatch.setattr(serve, "load", load)
    with_data.do("serve")
    assert applications[0].registry["db.engine"] is made[0].engine


def test_O4_a_broker_without_its_libraries_is_one_clear_line(
    migrated, made, monkeypatch
):
    migrated.write(endi__broker="redis://localhost")
    monkeypatch.setattr("endi_like.scripts.worker.find_spec", lambda _name: None)
    for command in ("serve", "worker"):
        assert "endi.broker needs more libraries" in migrated.refuse(command)
    assert made == []
    migrated.do("serve", "--no-worker")


def test_serve_says_where_it_is_and_who_may_log_in(with_data):
    with running_server(with_data.ini) as server:
        began = time.monotonic()
        assert stop(server.process, signal.SIGTERM) == 0
        assert time.monotonic() - began < 10
        printed = server.printed()
    assert f"endi-like is ready: {server.url}" in printed
    assert "Log in as admin, manager, accountant, auditor, social_worker" in printed
    assert "password: demo" in printed
    assert "Traceback" not in printed


def test_serve_in_production_says_nothing_of_accounts(site):
    site.do("migrate")
    site.write(endi__production="true")
    with running_server(site.ini) as server:
        assert "demo" not in server.printed()
    with site.session() as db:
        assert demo.is_empty(db)


def test_the_worker_stops_when_it_is_told(migrated):
    with subprocess.Popen(
        [str(COMMAND), "worker", str(migrated.ini)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert "The worker has started" in process.stdout.readline()
        assert stop(process, signal.SIGINT) == 0


def test_every_setting_of_the_sample_files_is_known(site):
    for name in ("development.ini", "production.ini.sample"):
        lines = (ROOT / name).read_text().splitlines()
        named = {line.split("=")[0].strip() for line in lines if line[:5] == "endi."}
        assert named
        assert {one[5:] for one in named} <= set(Settings.__dataclass_fields__)


def test_no_user_is_left_active_by_chance(with_data):
    with with_data.session() as db:
        db.execute(update(User).values(active=False))
    assert with_data.do("user", "list").count("disabled") == len(demo.LOGINS) + 1
