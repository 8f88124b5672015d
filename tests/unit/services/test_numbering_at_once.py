"""T1: whoever comes at once and whatever fails, numbers are 1, 2, 3 …

Two mutations show that the test can fail.
"""

from __future__ import annotations

import pytest

from endi_like.db import make_engine
from tests.conftest import own_database
from tests.unit.services import crowd


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def url(request, tmp_path_factory):
    """Return the address of a database that processes can open."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('numbering')}/numbers.db"
    return own_database(request.getfixturevalue("postgres_url"), "numbering")


def test_T1_eight_processes_draw_400_numbers_without_gap_or_double(url):
    numbers = crowd.numbers_of_a_crowd(url, crowd.draw, documents=400)
    assert len(numbers) == 400
    assert crowd.broken_series(numbers) == {}


def test_T1_would_notice_the_highest_number_and_one_more(url):
    """The mutation; on SQLite it needs a driver that reads before it begins."""
    engine_maker = make_engine if "postgresql" in url else crowd.plain_engine
    numbers = crowd.numbers_of_a_crowd(
        url,
        crowd.draw_one_more_than_given,
        documents=160,
        engine_maker=engine_maker,
    )
    assert len(set(numbers)) < len(numbers) == 160
    assert crowd.broken_series(numbers)


def test_T1_would_notice_numbers_lost_with_their_transaction(url):
    numbers = crowd.numbers_of_a_crowd(url, crowd.draw_apart, documents=80)
    assert len(set(numbers)) == len(numbers) == 80
    assert crowd.broken_series(numbers)
