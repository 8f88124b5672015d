"""What came in together is compared by one job: with all, or all with all."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.jobs import JOBS, Work
from endi_like.models.contacts import EntityPair
from endi_like.models.jobs import Job
from endi_like.services.contacts.duplicates import asking
from tests.factories import NOW, make_entity

SAME = "06 55 44 33 22"


@pytest.fixture
def work(connection, db, clock):
    def look():
        return Session(connection, join_transaction_mode="create_savepoint")

    return Work(db, look, settings=None, clock=clock, mailer=None)


@pytest.mark.parametrize("most", [1, 2], ids=["all with all", "these with all"])
def test_they_are_compared_with_one_another_and_who_was_there(
    db, work, monkeypatch, most
):
    monkeypatch.setattr(asking, "MOST_BY_NAME", most)
    there, *came = (make_entity(db, "Nordwind", phone=SAME) for _time in range(3))
    ids = [one.id for one in came]
    asking.compare_many_later(db, ids, NOW)

    (job,) = db.scalars(select(Job))
    assert (job.alone == "find_duplicates") == (most < len(ids))
    db.commit()
    JOBS[job.name].run(work, **json.loads(job.payload))

    pairs = {(one.first_id, one.second_id) for one in db.scalars(select(EntityPair))}
    assert pairs == {(there.id, ids[0]), (there.id, ids[1]), (ids[0], ids[1])}
