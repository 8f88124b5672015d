"""Nightly work on stored files."""

from __future__ import annotations

from endi_like.i18n import _, ngettext
from endi_like.jobs.core import Work, job, scheduled
from endi_like.services.contacts.anonymising import SWEEP
from endi_like.services.files.naming import SWEPT_AT_ONCE, in_parts, leftovers, sweep


@scheduled(
    "sweep_files",
    "30 2 * * *",
    label=_("Sweep up stored files"),
    help=_("Deletes what was stored more than a day ago and belongs to no record."),
)
def sweep_files(work: Work) -> None:
    """Delete what an upload has stored that ended before anything named it.

    What there is to delete is found while reading; then it is looked at once more,
    some at a time, while nobody can name it.  A sweep that ends in the middle leaves
    the rest to the next.
    """
    with work.look() as db:
        found = leftovers(db, work.vault, work.clock())
    if not work.dry_run:
        for part in in_parts(found, SWEPT_AT_ONCE):
            sweep(work.db, work.vault, part)
            work.db.commit()
    said = ngettext("${n} file deleted", "${n} files deleted", len(found))
    work.report.done(_("Stored files"), said)


@job(SWEEP)
def sweep_forgotten(work: Work, names: list[str]) -> None:
    """Delete the bytes of files whose rows are gone, unless others name them too."""
    for part in in_parts(names, SWEPT_AT_ONCE):
        sweep(work.db, work.vault, part)
        work.db.commit()
