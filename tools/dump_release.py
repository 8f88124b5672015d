#!/usr/bin/env python
"""Keep the demonstration of the version that is released, on either database.

    .venv/bin/python tools/dump_release.py

writes two files into tests/data/released. Later versions prove that they bring them up
to date and lose nothing.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

from endi_like.scripts.main import main as command

sys.path.insert(0, str(Path(__file__).parent.parent))

from tests.dumps import RELEASED, dump
from tests.functional.site import ini
from tests.processes import Place
from tests.servers.postgres import throwaway_cluster


def keep(place: Place) -> Path:
    """Load the demonstration at a place, and return the file it is kept in."""
    file = RELEASED / f"{version('endi_like')}-{place.kind}.gz"
    settings = place.folder / "endi.ini"
    settings.write_text(ini(place))
    for words in (["migrate"], ["demo", "--force"]):
        if status := command([*words, str(settings)]):
            sys.exit(status)
    dump(place, file)
    return file


def main() -> int:
    """Keep both; a version that is kept already stays as it is."""
    if found := list(RELEASED.glob(f"{version('endi_like')}-*.gz")):
        sys.stderr.write(f"{found[0]} is there already\n")
        return 1
    with TemporaryDirectory() as name, throwaway_cluster() as cluster:
        folder = Path(name)
        for url in (f"sqlite:///{folder}/endi.db", cluster):
            sys.stdout.write(f"{keep(Place(url, folder))}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
