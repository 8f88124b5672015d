"""Work that follows from moves of sales documents."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from tempfile import TemporaryFile
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from endi_like.jobs.core import Work, job
from endi_like.services import bundles, printouts
from endi_like.services.bundles import Outcome
from endi_like.services.bundling import BUNDLINGS, Page, page_of
from endi_like.services.files import StorageFault
from endi_like.services.official import PRINT_JOB
from endi_like.services.rights.asking import identity_by_id

log = logging.getLogger(__name__)
OFTEN = 5
"""After so many documents a bundle says how far it is."""


@job(PRINT_JOB)
def print_task(work: Work, task_id: int) -> None:
    """Store the official PDF of a validated document, unless somebody was faster."""
    with work.look() as db:
        if printouts.stored(db, task_id):
            return
        printout = printouts.made(db, task_id)
    printouts.keep(work.db, work.vault, printout, work.clock())


@job(bundles.BUNDLE_JOB)
def print_bundle(
    work: Work,
    *,
    user_id: int,
    format: str,
    ids: Sequence[int],
    key: str,
    **_asked: Any,
) -> None:
    """Print documents into one file, those that whoever asked may see now.

    It is written as they come, and nobody waits meanwhile.
    """
    outcome = Outcome()
    with TemporaryFile() as target:
        bundling = BUNDLINGS[format](target, key, work.clock())
        for task_id in ids:
            if page := printed(work, user_id, task_id, outcome):
                bundling.add(page.name, page.data)
            if outcome.looked_at % OFTEN == 0:
                bundles.note(work.db, key, outcome)
                work.db.commit()
        bundling.close()
        if outcome.printed:
            outcome.size = target.tell()
            outcome.sha256 = work.vault.put(target)
    bundles.note(work.db, key, outcome)


def printed(work: Work, user_id: int, task_id: int, outcome: Outcome) -> Page | None:
    """Return a document of a bundle, and count what became of it.

    What is damaged, or cannot be printed, is told to who runs the installation; the
    others go on.  When database or storage fail the whole is tried again.
    """
    try:
        with work.look() as db:
            identity = identity_by_id(db, user_id)
            page = page_of(db, work.vault, identity, task_id)
    except (SQLAlchemyError, StorageFault):
        raise
    except Exception:
        log.exception("document %s is left out of a bundle", task_id)
        outcome.damaged += 1
        return None
    if page is None:
        outcome.unseen += 1
        return None
    if page.unkept:
        data = printouts.keep(work.db, work.vault, page.unkept, work.clock())
        work.db.commit()
        page = replace(page, data=data)
    outcome.printed += 1
    return page
