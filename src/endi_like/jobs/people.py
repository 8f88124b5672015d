"""Daily work on users."""

from __future__ import annotations

from endi_like.i18n import _, ngettext
from endi_like.jobs.core import Work, scheduled
from endi_like.services import once, users


@scheduled(
    "forget_old_log_ins",
    "0 2 * * *",
    label=_("Forget old log-ins"),
    help=_("Drops attempts at passwords and ended sessions that count no more."),
)
def forget_old_log_ins(work: Work) -> None:
    """Drop attempts at passwords and ended sessions that nothing counts any more."""
    attempts, sessions = users.forget_old(work.db, now=work.clock())
    said = ngettext("${n} attempt forgotten", "${n} attempts forgotten", attempts)
    work.report.done(_("Attempts to log in"), said)
    said = ngettext("${n} session forgotten", "${n} sessions forgotten", sessions)
    work.report.done(_("Sessions"), said)


@scheduled(
    "forget_old_forms",
    "10 2 * * *",
    label=_("Forget old forms"),
    help=_("Drops the keys of forms that nobody has open any more."),
)
def forget_old_forms(work: Work) -> None:
    """Drop the keys of forms that nobody has open any more."""
    count = once.forget_old(work.db, now=work.clock())
    said = ngettext("${n} form forgotten", "${n} forms forgotten", count)
    work.report.done(_("Forms"), said)
