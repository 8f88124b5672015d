"""What the web processes weigh, and the virtual environment they run from.

One process serves an SQLite database, two a PostgreSQL one, as ``docs/scaling.md``
advises.  Memory is proportional (PSS): what processes share is counted once.  It is
measured before anybody asks for a PDF, which loads the printing library.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from importlib.metadata import distribution
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import _bench

from benchmarks._measure import CSRF
from tests.servers.http import COMMAND, ini_value, running_server
from tests.servers.postgres import create_database, throwaway_cluster

LOCK = _bench.ROOT / "requirements" / "run.txt"
LOCKED = re.compile(r"^([a-z0-9-]+)==", re.MULTILINE)
CLIENTS, ROUNDS = 4, 25
MOST_MEMORY, MOST_SIZE = 130, 200
INI = (
    _bench.INI
    + """\

[server:main]
use = egg:waitress#main
workers = {workers}
"""
)
LINK = 'href="[^"]*(/invoices/[0-9]+/)'
LISTS = ("/invoices/?validation_status=valid", "/invoices/?validation_status=draft")


def main() -> None:
    """Print two tables."""
    with tempfile.TemporaryDirectory(prefix="endi-bench-") as name:
        folder = Path(name)
        environ = {
            "PYTHONPYCACHEPREFIX": str(folder / "compiled"),
            "PYTHONDONTWRITEBYTECODE": "",
            "PYTHONPATH": hidden_from(folder / "hidden"),
        }
        url = f"sqlite:///{folder}/bench.sqlite"
        rows = [("SQLite", "1", *memory(url, 1, folder, environ))]
        # The compiled modules are those of one start, as in a fresh environment.
        size = environment_size(folder / "compiled")
        with throwaway_cluster() as cluster:
            url = create_database(cluster, "bench")
            rows.append(("PostgreSQL", "2", *memory(url, 2, folder, environ)))
    _bench.print_table(
        "Memory of the web processes together",
        ("database", "processes", "at start", "in use", "promised", ""),
        rows,
    )
    _bench.print_table(
        "Disk",
        ("what", "size", "promised", ""),
        [("virtual environment after a start", *judged(size, MOST_SIZE))],
    )


def hidden_from(folder: Path) -> str:
    """Return a path on which what only tests have installed is not to be had.

    structlog loads rich where it is there: 6 MB that no installation has.
    """
    folder.mkdir()
    (folder / "rich.py").write_text('raise ImportError("not in production")\n')
    before = os.environ.get("PYTHONPATH")
    return os.pathsep.join((str(folder), *([before] if before else [])))


def judged(*megabytes_and_most: float) -> tuple[str, ...]:
    """Return the figures, the promise, and whether it is kept."""
    *found, most = megabytes_and_most
    kept = _bench.judged(max(found) <= most)
    return (*(f"{one:.0f} MB" for one in found), f"≤ {most:.0f} MB", kept)


def memory(
    url: str, workers: int, folder: Path, environ: dict[str, str]
) -> tuple[str, ...]:
    """Return what is printed of so many processes on one database."""
    ini = folder / f"{workers}.ini"
    ini.write_text(INI.format(url=ini_value(url), folder=folder, workers=workers))
    for command in ("migrate", "demo"):
        subprocess.run(
            [COMMAND, command, ini],
            env={**os.environ, **environ},
            stdout=subprocess.DEVNULL,
            check=True,
        )
    # The first start compiles; the second is the one to measure.
    for _ in range(2):
        with running_server(ini, environ, "--no-worker") as server:
            at_start = weight(server.process.pid)
            use(server.url)
            in_use = weight(server.process.pid)
    return judged(at_start, in_use, MOST_MEMORY)


def use(url: str) -> None:
    """Have several people look at pages at the same time, some hundred in all."""
    with ThreadPoolExecutor(CLIENTS) as people:
        list(people.map(look_around, [url] * CLIENTS))


def look_around(url: str) -> None:
    """Log in, then open the home page, the list, a record and a form, many times."""
    browser = logged_in(url)
    record, draft = (
        re.findall(LINK, read(browser, url + address))[0] for address in LISTS
    )
    for _ in range(ROUNDS):
        for address in ("/", "/invoices/", record, f"{draft}edit"):
            read(browser, url + address)


def logged_in(url: str) -> OpenerDirector:
    """Return a browser in which the manager is logged in."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    token = CSRF.findall(read(browser, f"{url}/login"))[0]
    fields = {"csrf_token": token, "login": "manager", "password": "demo"}
    body = urlencode({**fields, "action": "log_in"}).encode()
    with browser.open(f"{url}/login", body) as answer:
        assert not answer.url.endswith("/login"), answer.url
    return browser


def read(browser: OpenerDirector, address: str) -> str:
    """Return a page; it must be there."""
    with browser.open(address) as answer:
        page: str = answer.read().decode()
    return page


def weight(pid: int) -> float:
    """Return the proportional memory of a process and all it has started, in MB."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (kilobytes,) = re.findall(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(kilobytes) * 1024 / 1e6 + sum(weight(int(child)) for child in children)


def environment_size(compiled: Path) -> float:
    """Return what a fresh environment takes on the disk after a start, in MB.

    It is what the lock file names, and pip, as their own lists of files say.
    """
    pip = files_of("pip")
    named = (files_of(name) for name in LOCKED.findall(LOCK.read_text()))
    # pip comes compiled; of the others the tests have compiled more than a start does.
    plain = {path for files in named for path in files if path.suffix != ".pyc"}
    modules = compiled.glob("**/site-packages/**/*.pyc")
    return blocks({*pip, *plain, *modules}) / 1e6


def files_of(name: str) -> Iterator[Path]:
    """Yield the files a distribution has installed."""
    for file in distribution(name).files or ():
        yield Path(str(file.locate()))


def blocks(files: Iterable[Path]) -> int:
    """Return the bytes the files and their folders occupy."""
    there = {path.resolve() for path in files if path.exists()}
    folders = {path.parent for path in there}
    return sum(path.stat().st_blocks * 512 for path in there | folders)


if __name__ == "__main__":
    _bench.run(main)
