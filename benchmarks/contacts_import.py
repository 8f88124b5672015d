"""How long the import of a folder of contacts takes, and how much memory.

    .venv/bin/python benchmarks/contacts_import.py FOLDER

The folder has the CSV files that ``endi-like import-contacts`` reads.  Time is by the
clock and of the processor; of PostgreSQL only the client's processor time is counted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _bench

from tests.servers.http import COMMAND, ini_value
from tests.servers.postgres import create_database, throwaway_cluster

MOST_SECONDS, MOST_MEMORY = 90, 500
FOR_CONTACTS = 100_000


def main() -> None:
    """Print a table."""
    source = Path(sys.argv[1]).resolve()
    with (source / "contacts.csv").open("rb") as file:
        count = sum(1 for _line in file) - 1
    with tempfile.TemporaryDirectory(prefix="endi-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder}/bench.sqlite"
        rows = [("SQLite", *measured(url, source, folder, count))]
        with throwaway_cluster() as cluster:
            url = create_database(cluster, "bench")
            rows.append(("PostgreSQL", *measured(url, source, folder, count)))
    print(_bench.machine())
    _bench.print_table(
        f"Import of {count} contacts",
        ("database", "by the clock", "processor", "memory", "promised", ""),
        rows,
    )


def measured(url: str, source: Path, folder: Path, count: int) -> tuple[str, ...]:
    """Return what is printed of one import into an empty database."""
    ini = folder / "bench.ini"
    ini.write_text(_bench.INI.format(url=ini_value(url), folder=folder))
    subprocess.run([COMMAND, "migrate", ini], stdout=subprocess.DEVNULL, check=True)
    begun = time.perf_counter()
    command = [COMMAND, "import-contacts", source, "--ini", ini]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "a row was refused"
    seconds = time.perf_counter() - begun
    memory = used.ru_maxrss / 1024
    most = max(MOST_SECONDS * count / FOR_CONTACTS, MOST_SECONDS)
    kept = seconds <= most and memory <= MOST_MEMORY
    return (
        f"{seconds:.0f} s",
        f"{used.ru_utime + used.ru_stime:.0f} s",
        f"{memory:.0f} MB",
        f"≤ {most:.0f} s, {MOST_MEMORY} MB",
        _bench.judged(kept),
    )


if __name__ == "__main__":
    _bench.run(main)
