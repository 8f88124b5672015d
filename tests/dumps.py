"""A database of a released version, as it is kept: dumped, and restored."""

from __future__ import annotations

import gzip
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import make_url

from tests.processes import Place
from tests.servers.postgres import USER, programs

RELEASED = Path(__file__).parent / "data" / "released"


def dump(place: Place, file: Path) -> None:
    """Keep the database of a place in a file."""
    if place.kind == "postgresql":
        content = pg("pg_dump", place, "--no-owner")
    else:
        with TemporaryDirectory() as folder:
            copy = Path(folder) / "copy.sqlite"
            with closing(sqlite3.connect(path_of(place))) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
            content = copy.read_bytes()
    file.write_bytes(gzip.compress(content, mtime=0))


def restore(file: Path, place: Place) -> None:
    """Have the database of a place, which is empty, be that of a file."""
    content = gzip.decompress(file.read_bytes())
    if place.kind == "postgresql":
        pg("psql", place, "--quiet", "--set=ON_ERROR_STOP=1", given=content)
    else:
        path_of(place).write_bytes(content)


def path_of(place: Place) -> Path:
    """Return the file that is the database of a place."""
    return Path(str(make_url(place.database_url).database))


def pg(program: str, place: Place, *words: str, given: bytes | None = None) -> Any:
    """Run a program of PostgreSQL; return what it wrote."""
    url = make_url(place.database_url)
    where = (f"--host={url.query['host']}", f"--username={USER}", str(url.database))
    done = subprocess.run(
        [programs() / program, *words, *where],
        input=given,
        capture_output=True,
        check=True,
    )
    return done.stdout
