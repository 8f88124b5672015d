"""Work that follows from moves of sales documents."""

from __future__ import annotations

from endi_like.jobs.core import Work, job
from endi_like.services import printouts
from endi_like.services.official import PRINT_JOB


@job(PRINT_JOB)
def print_task(work: Work, task_id: int) -> None:
    """Store the official PDF of a validated document, unless somebody was faster."""
    with work.look() as db:
        if printouts.stored(db, task_id):
            return
        printout = printouts.made(db, task_id)
    printouts.keep(work.db, work.vault, printout, work.clock())
