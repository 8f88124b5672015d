"""A list is gone as soon as its page is answered: nothing in it holds it."""

import gc
import weakref

import pytest
from sqlalchemy import true

from endi_like.grids.sales import GRIDS
from tests.factories import TODAY


@pytest.fixture
def uncollected():
    """Have nothing collected meanwhile: what goes, goes because nobody holds it."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("kind", GRIDS, ids=lambda kind: kind.__name__)
def test_a_list_is_not_left_to_the_collector(kind):
    there = weakref.ref(kind(true(), TODAY))
    assert there() is None
