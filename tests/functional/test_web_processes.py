"""Several web processes on one port: all answer, and none is left behind."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from endi_like.scripts.errors import Unusable
from endi_like.scripts.main import main
from endi_like.scripts.serve import how_many
from tests.conftest import own_database
from tests.servers.http import ini_value, running_server

SECRET = "the secret of the tests, and of nobody else"
PATIENCE = 10.0
INI = """
[app:main]
use = egg:endi_like
endi.database_url = {url}
endi.data_folder = {folder}
endi.secret = {secret}

[server:main]
use = egg:waitress#main
workers = 2
"""


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def ini(request, tmp_path_factory):
    """Return the ini file of an installation with demonstration data."""
    folder = tmp_path_factory.mktemp("processes")
    if request.param == "sqlite":
        url = f"sqlite:///{folder}/site.sqlite"
    else:
        url = own_database(request.getfixturevalue("postgres_url"), "processes")
    path = folder / "site.ini"
    path.write_text(INI.format(url=ini_value(url), folder=folder, secret=SECRET))
    assert main(["migrate", str(path)]) == 0
    assert main(["demo", str(path)]) == 0
    return path


@pytest.fixture
def server(ini):
    with running_server(ini) as found:
        yield found


def other(server):
    """Return the process beside the first."""
    first = server.process.pid
    (found,) = Path(f"/proc/{first}/task/{first}/children").read_text().split()
    return int(found)


def soon(happens):
    """Tell whether something becomes true before long."""
    until = time.monotonic() + PATIENCE
    while not happens() and time.monotonic() < until:
        time.sleep(0.05)
    return happens()


def ends(pid):
    """Tell whether a process ends soon; one that nobody waited for has ended too."""
    return soon(lambda: state(pid) in ("", "Z"))


def state(pid):
    """Return the letter of a process's state, nothing when it is no more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[0]


def is_alive(server):
    with urlopen(f"{server.url}/health/live", timeout=PATIENCE) as answer:
        return answer.status == 200


def test_every_process_answers(server):
    for stopped in (server.process.pid, other(server)):
        os.kill(stopped, signal.SIGSTOP)
        assert is_alive(server)
        os.kill(stopped, signal.SIGCONT)


def test_what_is_done_before_there_are_several_goes_well(server):
    # The second process may answer before the first has said that all is ready.
    assert soon(lambda: "Ctrl-C stops it." in server.printed())
    assert server.printed().count("endi-like is ready") == 1
    assert "rehearsed" not in server.printed()
    assert "Traceback" not in server.printed()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_O5_all_stop_when_the_first_is_told(server, how):
    beside = other(server)
    server.process.send_signal(how)
    assert server.process.wait(PATIENCE) == 0
    assert ends(beside)


def test_O5_all_stop_at_ctrl_c(server):
    beside = other(server)
    os.killpg(server.process.pid, signal.SIGINT)
    assert server.process.wait(PATIENCE) == 0
    assert ends(beside)


def test_O5_when_one_dies_the_first_ends_as_failed(server):
    os.kill(other(server), signal.SIGKILL)
    assert server.process.wait(PATIENCE) == 1


def test_O5_when_the_first_dies_the_others_end(server):
    beside = other(server)
    server.process.kill()
    assert ends(beside)


@pytest.mark.parametrize("workers", ["0", "65", "-1", "two", "1.5", ""])
def test_a_number_of_processes_that_cannot_be_is_refused(workers):
    with pytest.raises(Unusable, match="from 1 to 64"):
        how_many(workers)
