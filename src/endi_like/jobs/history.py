"""Daily work on the history."""

from __future__ import annotations

from endi_like.i18n import _, ngettext
from endi_like.jobs.core import Work, scheduled
from endi_like.services.seals import append_missing, seal_log


@scheduled(
    "seal_log",
    "0 1 * * *",
    label=_("Seal the status log"),
    help=_("Writes the day’s promise about all moves into the database and beside it."),
)
def seal_status_log(work: Work) -> None:
    """Seal the moves of the day, in the database and in the file beside it.

    The file gets today's line only when the row is committed: the line of a day
    that ends badly is added the day after.
    """
    now = work.clock()
    if seal := seal_log(work.db, day=now.date(), now=now):
        said = ngettext("${n} move sealed", "${n} moves sealed", seal.entries)
        work.report.done(_("Status log"), said)
    else:
        work.report.skip(_("Status log"), _("It was sealed today already."))
    work.after_commit(lambda db: append_missing(db, work.settings.data_folder))
