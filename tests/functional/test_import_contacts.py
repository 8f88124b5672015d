"""``endi-like import-contacts``: what it says, and that all goes in or nothing does."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from endi_like.db import make_engine
from endi_like.models.contacts import Customer, Entity
from endi_like.models.node import Node
from endi_like.models.people import Company
from endi_like.scripts.main import main
from tests.conftest import own_database
from tests.importing import COLUMNS, account, contact, files
from tests.servers.http import ini_value

ROOT = Path(__file__).parents[2]
INI = """
[app:main]
use = egg:endi_like
endi.database_url = {url}
endi.data_folder = {folder}/data
endi.secret = 0123456789abcdefghijklmnopqrstuvwxyz

[server:main]
use = egg:waitress#main

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

RUN = "import sys; from endi_like.scripts.main import main; sys.exit(main())"
SIZE, MOST_MEMORY = 200_000_000, 500

DYING = """
import os, signal, sys
from endi_like.scripts import import_contacts
from endi_like.scripts.main import main

class Bar:
    def __call__(self, work, done, total):
        if work == "storing":
            os.kill(os.getpid(), getattr(signal, sys.argv[1]))

import_contacts.Bar = Bar
sys.exit(main(sys.argv[2:]))
"""
"""A program that is killed when a part of the contacts is written."""


class Place:
    def __init__(self, folder, url, capsys):
        self.folder, self.url, self.capsys = folder, url, capsys
        self.ini = folder / "site.ini"
        self.ini.write_text(INI.format(url=ini_value(url), folder=folder))
        self.data = folder / "data of ours"
        self.data.mkdir()
        assert main(["migrate", str(self.ini)]) == 0
        capsys.readouterr()

    def bring(self, *words):
        status = main(
            ["import-contacts", str(self.data), *words, "--ini", str(self.ini)]
        )
        said = self.capsys.readouterr()
        return status, said.out.splitlines(), said.err.splitlines()

    def count(self, *kinds):
        engine = make_engine(self.url)
        with Session(engine) as db:
            found = [db.scalar(select(func.count()).select_from(one)) for one in kinds]
        engine.dispose()
        return found

    def refused(self):
        return self.folder / "data of ours-refused-1"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path, capsys):
    if request.param == "sqlite":
        return Place(tmp_path, f"sqlite:///{tmp_path}/site.sqlite", capsys)
    url = own_database(request.getfixturevalue("postgres_url"), "importing")
    return Place(tmp_path, url, capsys)


def good(count=3):
    contacts = [contact(key) for key in range(1, count + 1)]
    accounts = [account(key, key) for key in range(1, count + 1)]
    return {"contacts": contacts, "credit_accounts": accounts}


def with_one_bad():
    found = good()
    found["contacts"][1] = contact(2, country_code="XX")
    return found


def test_a_folder_is_imported(place):
    files(place.data, **good())
    status, out, err = place.bring()
    assert (status, err) == (0, [])
    assert out[0] == "contacts.csv: 3 right, 0 refused"
    assert out[-1] == "Contacts imported: 3."
    assert place.count(Entity, Node, Customer) == [3, 3, 3]
    assert not place.refused().exists()


def test_again_all_is_refused_and_plainly_said(place):
    files(place.data, **good())
    place.bring()
    status, out, err = place.bring()
    assert status == 1
    assert "All these contacts are in the directory already." in out
    assert "Contacts imported: 0." in out
    assert err[0] == "contacts.csv:2: control_code: “C-1” is stored already."
    assert place.count(Entity, Customer) == [3, 3]


def test_bad_rows_stay_out_and_are_kept(place):
    files(place.data, **with_one_bad())
    status, out, err = place.bring()
    assert status == 1
    assert err == [
        "contacts.csv:3: country_code: “XX” is no country: two letters such as BE are.",
        "credit_accounts.csv:3: contact_key: The contact 2 is refused.",
    ]
    assert out[-1] == "Contacts imported: 2."
    assert out[-2] == f"The refused rows and the reasons are in {place.refused()}."
    assert place.count(Entity, Customer) == [2, 2]
    with (place.refused() / "contacts.csv").open(encoding="utf-8") as file:
        assert next(csv.DictReader(file))["contact_key"] == "2"


def test_all_or_nothing_is_nothing_when_a_row_is_bad(place):
    files(place.data, **with_one_bad())
    status, out, _err = place.bring("--all-or-nothing")
    assert status == 1
    assert out[-1] == "Nothing was imported, as asked for when a row is refused."
    assert place.count(Node, Company) == [0, 0]
    assert (place.refused() / "contacts.csv").is_file()


def test_all_or_nothing_is_all_when_no_row_is_bad(place):
    files(place.data, **good())
    assert place.bring("--all-or-nothing")[0] == 0
    assert place.count(Node) == [3]


def test_a_dry_run_writes_nothing_and_says_what_would_be(place):
    files(place.data, **with_one_bad())
    status, out, err = place.bring("--dry-run")
    assert status == 1
    assert out[0] == "contacts.csv: 2 right, 1 refused"
    assert out[-1] == "Nothing was imported: this was a dry run."
    assert len(err) == 2
    assert place.count(Node, Company) == [0, 0]
    assert not place.refused().exists()


def test_many_bad_rows_are_not_all_shown(place):
    rows = [contact(key, kind="elf") for key in range(1, 301)]
    files(place.data, contacts=rows)
    _status, out, err = place.bring()
    assert len(err) == 101
    assert err[-1] == "… and more, which are not shown here"
    report = (place.refused() / "report.txt").read_text(encoding="utf-8")
    assert len(report.splitlines()) == 300
    assert out[0] == "contacts.csv: 0 right, 300 refused"


def refusal(place, *words):
    status, out, err = place.bring(*words)
    assert (status, out) == (1, [])
    return err


def test_a_company_nobody_knows_is_said(place):
    files(place.data, **good())
    assert refusal(place, "--company", "X") == ["endi-like: There is no company X."]


def test_missing_columns_are_said_before_anything_is_read(place):
    files(place.data, **good())
    (place.data / "notes.csv").write_text("note_key,owner\n")
    (line,) = refusal(place)
    assert line.startswith("endi-like: notes.csv: There are no columns owner_key, sub")
    assert place.count(Node) == [0]


def test_a_folder_that_is_not_there_is_said(place):
    place.data.rmdir()
    assert refusal(place) == [f"endi-like: there is no folder {place.data}"]


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT"])
def test_what_is_interrupted_leaves_nothing(place, name):
    files(place.data, **good(1200))
    command = [sys.executable, "-W", "ignore", "-c", DYING, name, "import-contacts"]
    command += [str(place.data), "--ini", str(place.ini)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(command, env=environment, check=False, capture_output=True)
    expected = {"SIGKILL": -signal.SIGKILL, "SIGINT": 130}
    assert done.returncode == expected[name], done.stderr
    assert place.count(Node, Entity, Customer, Company) == [0, 0, 0, 0]
    assert place.bring()[0] == 0
    assert place.count(Entity) == [1200]


@pytest.mark.nightly
def test_a_file_of_200_megabytes_goes_in_but_for_the_line_that_was_cut(place):
    count = big(files(place.data) / "contacts.csv")
    command = [sys.executable, "-c", RUN, "import-contacts", str(place.data)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    said = place.folder / "said"
    with said.open("w") as out:
        process = subprocess.Popen(
            [*command, "--ini", str(place.ini)], env=environment, stdout=out
        )
        _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    lines = said.read_text().splitlines()

    assert process.returncode == 1
    assert lines[-1] == f"Contacts imported: {count}."
    assert any("contacts.csv does not end: the file may" in line for line in lines)
    assert place.count(Entity) == [count]
    (refused,) = (place.refused() / "report.txt").read_text().splitlines()
    assert refused.startswith(f"contacts.csv:{count + 2}: This line has 3 cells")
    assert used.ru_maxrss / 1024 < MOST_MEMORY


def big(path):
    """Write a file of 200 MB, whose last line is cut; return how many are whole."""
    letter = "Dear all, “so it was”; and on, and on. " * 250
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*COLUMNS["contacts"].split(), "letter"])
        while file.tell() < SIZE:
            count += 1
            writer.writerow([*contact(count, last_name=f"Nom {count}"), letter])
        file.write(f"{count + 1},person,Cu")
    return count
