"""The lock files: exact, hashed, in agreement, and naming no registry."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = ROOT / "requirements" / "run.txt"
EXTRAS = ROOT / "requirements" / "extras.txt"
DEV = ROOT / "requirements" / "dev.txt"
LOCKED = re.compile(
    r"([a-z0-9-]+)==([0-9][^ ]*) \\((?:\n +--hash=sha256:[0-9a-f]{64}( \\)?)+)\n"
)


def locked(path):
    return {name: version for name, version, *_ in LOCKED.findall(path.read_text())}


@pytest.mark.parametrize("path", [RUN, EXTRAS, DEV], ids=lambda path: path.name)
def test_O6_a_lock_file_holds_exact_versions_and_hashes_and_nothing_else(path):
    assert LOCKED.sub("", path.read_text()) == ""
    assert len(locked(path)) > 40


def test_O6_tests_run_with_the_versions_of_production():
    assert locked(RUN).items() <= locked(EXTRAS).items() <= locked(DEV).items()
    assert locked(RUN) != locked(EXTRAS) != locked(DEV)
