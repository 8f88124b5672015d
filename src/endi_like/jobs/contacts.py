"""Work on the directory: looking for those who were entered twice."""

from __future__ import annotations

from collections.abc import Sequence

from endi_like.i18n import _
from endi_like.jobs.core import Work, job, scheduled
from endi_like.services.contacts.duplicates import asking
from endi_like.services.contacts.duplicates.finding import Difference, find, keep


@scheduled(
    asking.NIGHTLY,
    "30 3 * * *",
    label=_("Find likely duplicates"),
    help=_("Compares all contacts, for the list of those that may be entered twice."),
)
def find_duplicates(work: Work) -> None:
    """Compare all entities; while they are compared, nobody is kept waiting."""
    with work.look() as db:
        found = find(db)
    say(work, keep(work.db, found))


def say(work: Work, difference: Difference) -> None:
    """Report how many pairs there are now that were not there before."""
    sentence = _(
        "${new} new, ${changed} changed, ${gone} gone",
        mapping={
            "new": difference.new,
            "changed": difference.changed,
            "gone": difference.gone,
        },
    )
    work.report.done(_("Pairs of contacts that may be one"), sentence)


@job(asking.JOB)
def compare_contacts(work: Work, *, ids: Sequence[int] | None = None) -> None:
    """Compare some entities with all others, after they were changed; or simply all."""
    some = None if ids is None else frozenset(ids)
    with work.look() as db:
        found = find(db, some)
    keep(work.db, found, some)
