"""A PostgreSQL cluster of the tests' own, gone when they end.

It listens on no port, only on a socket in a folder of mode 700: nobody else on the
machine can reach it, and no other cluster is in its way.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

USER = "postgres"

SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    # It is thrown away after a crash, so nothing has to survive one.
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
)

# Runs in a session of its own and waits until our end of the pipe is closed, which
# happens however we end: by exit, by Ctrl-C, or by kill -9.
KEEPER = """
trap '' INT TERM HUP
cat > /dev/null
"$@" stop --mode immediate --silent
rm -rf "$FOLDER"
"""


class NoPostgres(Exception):
    """PostgreSQL's server programs are not installed."""


def programs() -> Path:
    """Return the folder of ``initdb`` and ``pg_ctl``, of the newest version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    versions = sorted(folders, key=lambda path: float(path.parts[-3]))
    if not versions:
        raise NoPostgres("no initdb found")
    return versions[-1].parent


def as_server(*command: str | Path) -> list[str]:
    """Return the command as PostgreSQL allows it: it refuses to run as root."""
    words = [str(word) for word in command]
    if os.geteuid() != 0:
        return words
    return ["/usr/sbin/runuser", "--user", USER, "--", *words]


@contextmanager
def throwaway_cluster() -> Iterator[str]:
    """Start an empty cluster, give SQLAlchemy's address of it, remove it at the end.

    The address names the database ``postgres``; see ``create_database``.
    """
    bin_folder = programs()
    folder = Path(tempfile.mkdtemp(prefix="endi-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    control = as_server(bin_folder / "pg_ctl", "--pgdata", folder / "data")
    keeper = subprocess.Popen(
        ["/bin/sh", "-c", KEEPER, "keeper", *control],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "FOLDER": str(folder)},
        start_new_session=True,
        cwd="/",
    )
    try:
        _initialise(bin_folder, folder)
        _start(control, folder)
        yield f"postgresql+psycopg://{USER}@/postgres?host={folder}"
    finally:
        keeper.communicate()


def _initialise(bin_folder: Path, folder: Path) -> None:
    """Make the files of an empty cluster that trusts whoever reaches its socket."""
    _run(
        as_server(
            bin_folder / "initdb",
            *("--pgdata", folder / "data"),
            *("--username", USER),
            *("--auth", "trust"),
            *("--encoding", "UTF8"),
            *("--locale", "C.UTF-8"),
            "--no-sync",
        )
    )


def _start(control: list[str], folder: Path) -> None:
    """Start the server; it answers when this returns."""
    options = [f"-c unix_socket_directories={folder}"]
    options += [f"-c {setting}" for setting in SETTINGS]
    log = folder / "server.log"
    _run([*control, "start", "--wait", "--log", str(log), "-o", " ".join(options)])


def _run(command: list[str]) -> None:
    """Run a server program; on failure its words are in the exception."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
        cwd="/",
    )
    if done.returncode:
        raise RuntimeError(f"{command} failed:\n{done.stdout}")


def create_database(cluster_url: str, name: str) -> str:
    """Make an empty database in the cluster, in place of an older one of that name."""
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"not a plain name of a database: {name}")
    address = cluster_url.replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name}".encode())
    return cluster_url.replace("/postgres?", f"/{name}?")
