"""What journeys share: databases that many processes open, and the processes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import own_database
from tests.processes import Crowd, Place, lay_out

PROCESSES = 8


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request: Any, tmp_path_factory: Any) -> Place:
    """Return a place on either database, laid out for the tests of one module."""
    name = request.module.__name__.rpartition(".")[2]
    folder = tmp_path_factory.mktemp(name)
    if request.param == "sqlite":
        return lay_out(Place(f"sqlite:///{folder}/endi.db", folder))
    url = own_database(request.getfixturevalue("postgres_url"), name)
    return lay_out(Place(url, folder))


@pytest.fixture(scope="session")
def crowd() -> Iterator[Crowd]:
    """Return eight processes that press buttons at once."""
    found = Crowd(PROCESSES)
    yield found
    found.pool.shutdown(cancel_futures=True)
