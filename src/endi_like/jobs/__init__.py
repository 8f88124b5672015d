"""All jobs; importing a module here is what makes its jobs known."""

from typing import Any

from endi_like.jobs import (
    contacts,
    files,
    history,
    imports,
    mail,
    notifications,
    people,
    queue,
    sales,
)
from endi_like.jobs.core import JOBS, Postpone, Work, job, scheduled

__all__ = [
    "JOBS",
    "Postpone",
    "Work",
    "contacts",
    "files",
    "history",
    "imports",
    "job",
    "mail",
    "notifications",
    "people",
    "queue",
    "sales",
    "scheduled",
]


def includeme(_config: Any) -> None:
    """Make the scheduled jobs known to the pages that show them."""
