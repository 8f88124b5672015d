"""Daily work on the history."""

from __future__ import annotations

from endi_like.jobs.core import Work, job
from endi_like.services.seals import append_missing, seal_log


@job("seal_log", hour=1)
def seal_status_log(work: Work) -> None:
    """Seal the moves of the day, in the database and in the file beside it.

    The file gets today's line only when the row is committed: the line of a day
    that ends badly is added the day after.
    """
    now = work.clock()
    seal_log(work.db, day=now.date(), now=now)
    work.after_commit(lambda db: append_missing(db, work.settings.data_folder))
