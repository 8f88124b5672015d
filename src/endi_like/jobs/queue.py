"""Work on the queue itself."""

from __future__ import annotations

from datetime import timedelta

from endi_like.forms.jobs import Keeping
from endi_like.i18n import _, ngettext
from endi_like.jobs.core import Work, scheduled
from endi_like.services import tidying


@scheduled(
    "forget_done_jobs",
    "20 2 * * *",
    label=_("Forget jobs that are done"),
    help=_("Drops jobs that ended well, so that the list shows what matters."),
    parameters=Keeping,
)
def forget_done_jobs(work: Work, days: int) -> None:
    """Drop what was done long ago; what failed stays until somebody has looked."""
    now = work.clock()
    before = now - timedelta(days=days)
    count = tidying.forget_done(work.db, before=before)
    said = ngettext("${n} job forgotten", "${n} jobs forgotten", count)
    work.report.done(_("Jobs"), said)
    count = tidying.forget_runs(work.db, before=before, now=now)
    said = ngettext("${n} run forgotten", "${n} runs forgotten", count)
    work.report.done(_("Runs"), said)
