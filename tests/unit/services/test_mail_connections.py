"""Threads that send mail share the connections that are left."""

from collections import deque

import pytest

from endi_like.services.mail.smtp import Idle, Mailer
from endi_like.settings import Settings


class TakenMeanwhile(deque):
    """Looks as if something were in it, but another thread has just taken it."""

    def __bool__(self):
        return True

    def __len__(self):
        return 1

    def __getitem__(self, _at):
        return Idle(None, 0.0)


@pytest.fixture
def mailer(tmp_path):
    settings = Settings("sqlite://", "the secret of the tests", tmp_path)
    mailer = Mailer(settings)
    mailer.idle = TakenMeanwhile()
    return mailer


def test_who_comes_second_to_a_connection_makes_one(mailer, monkeypatch):
    monkeypatch.setattr(mailer, "connected", lambda: "a new one")
    assert mailer.connection() == "a new one"


def test_a_connection_that_is_needed_again_is_not_given_back(mailer):
    mailer.rest(0)


def test_of_connections_only_those_are_given_back_that_rested_long_enough(tmp_path):
    ended = []

    class Connection:
        def quit(self):
            ended.append("quit")

        def close(self):
            ended.append("closed")

    settings = Settings("sqlite://", "the secret of the tests", tmp_path)
    mailer = Mailer(settings, lambda: 100.0)
    old, new = Idle(Connection(), 50.0), Idle(Connection(), 95.0)
    mailer.idle.extend([old, new])
    mailer.rest(10)
    assert ended == ["quit", "closed"]
    assert list(mailer.idle) == [new]
