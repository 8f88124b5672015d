"""Stored files are swept up at night, while people go on working."""

import os
from io import BytesIO

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from endi_like.jobs import JOBS
from endi_like.jobs.worker import Worker
from endi_like.models.jobs import Schedule, ScheduledRun
from endi_like.services import schedules
from endi_like.services.files import Folder, Vault
from endi_like.services.files.naming import SWEPT_AT_ONCE

MANY = 2 * SWEPT_AT_ONCE + 5


def test_whoever_names_files_waits_for_a_few_that_are_deleted_not_for_all(
    engine, settings, clock, monkeypatch
):
    folder = Folder(settings.data_folder / "files")
    for number in range(MANY):
        name = Vault(folder).put(BytesIO(b"%d" % number))
        os.utime(folder.place(name), (0, 0))
    with Session(engine) as db, db.begin():
        schedules.make_known(db, ["sweep_files"], clock())
        schedules.ask(db, db.scalars(select(Schedule)).one(), clock(), clock())
    deleted, delete = [0], Folder.delete

    def count(folder, name):
        deleted[-1] += 1
        delete(folder, name)

    monkeypatch.setattr(Folder, "delete", count)
    event.listen(engine, "commit", lambda _connection: deleted.append(0))
    Worker(engine, JOBS, settings=settings, clock=clock).run_one()

    assert list(Vault(folder).everything()) == []
    assert sum(deleted) == MANY
    assert max(deleted) == SWEPT_AT_ONCE
    with Session(engine) as db:
        assert db.scalars(select(ScheduledRun.state)).one() == "done"
