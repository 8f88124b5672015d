"""Promises of a start: the garbage collector is back at work, whatever happens."""

import gc

import pytest

from endi_like.scripts.starting import uncollected


def test_the_collector_is_out_while_something_is_made_and_back_after():
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_back_after_a_failure_too():
    with pytest.raises(ValueError, match="broken"), uncollected():
        raise ValueError("broken")
    assert gc.isenabled()
