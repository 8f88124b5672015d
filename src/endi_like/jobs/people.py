"""Daily work on users."""

from __future__ import annotations

from endi_like.jobs.core import Work, job
from endi_like.services import once, users


@job("forget_old_log_ins", hour=2)
def forget_old_log_ins(work: Work) -> None:
    """Drop attempts at passwords and ended sessions that nothing counts any more."""
    users.forget_old(work.db, now=work.clock())


@job("forget_old_forms", hour=2)
def forget_old_forms(work: Work) -> None:
    """Drop the keys of forms that nobody has open any more."""
    once.forget_old(work.db, now=work.clock())
