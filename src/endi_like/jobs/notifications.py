"""Notifications by mail, and forgetting those of long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from endi_like.clock import day_of
from endi_like.forms.jobs import Keeping
from endi_like.i18n import _, ngettext
from endi_like.jobs.core import Work, job, scheduled
from endi_like.services.notifications import mailing, reading
from endi_like.services.notifications.telling import MAIL_AT_ONCE
from endi_like.services.sales import organisation


@job(MAIL_AT_ONCE)
def mail_notifications(work: Work, ids: Sequence[int]) -> None:
    """Post a mail to each who is told something that is not to wait."""
    mailing.mail_at_once(work.db, ids, work.settings.url, work.clock())


@job(mailing.DIGEST)
def mail_digest(work: Work, user_id: int, day: str) -> None:
    """Post one user's mail of the day."""
    mailing.mail_digest(work.db, user_id, day, work.settings.url, work.clock())


@scheduled(
    "notifications_of_the_day",
    "0 7 * * 1-5",
    label=_("Mail the notifications of the day"),
    help=_("Writes one mail to each user for whom something is new and unread."),
)
def notifications_of_the_day(work: Work) -> None:
    """Ask for the mail of the day of each user for whom something waits."""
    now = work.clock()
    day = day_of(now, organisation(work.db).time_zone)
    users = mailing.waiting_for_digest(work.db)
    asked = [mailing.ask_for_digest(work.db, one, day, now) for one in users]
    if new := sum(asked):
        said = ngettext("${n} mail of the day", "${n} mails of the day", new)
        work.report.done(_("Notifications"), said)
    if old := len(asked) - new:
        said = ngettext(
            "${n} user has had the mail of the day.",
            "${n} users have had the mail of the day.",
            old,
        )
        work.report.skip(_("Notifications"), said)
    if not asked:
        work.report.skip(_("Notifications"), _("Nothing is new for anybody."))


@scheduled(
    "forget_old_notifications",
    "30 2 * * *",
    label=_("Forget old notifications"),
    help=_("Drops what was read long ago, and what nobody has read for a year."),
    parameters=Keeping,
)
def forget_old_notifications(work: Work, days: int) -> None:
    """Drop notifications that nobody needs any more."""
    now = work.clock()
    before = now - timedelta(days=days)
    count = reading.forget_old(work.db, read_before=before, now=now)
    said = ngettext(
        "${n} notification forgotten", "${n} notifications forgotten", count
    )
    work.report.done(_("Notifications"), said)
