"""Every mapped class; importing this package makes the metadata complete."""

from endi_like.models import (
    administration,
    catalogue,
    contacts,
    estimations,
    files,
    history,
    jobs,
    mail,
    memos,
    node,
    notifications,
    numbering,
    once,
    options,
    organisation,
    payments,
    people,
    projects,
    purchases,
    sales,
    saved_views,
    turnover,
)
from endi_like.models.triggers import make_with_tables

__all__ = [
    "administration",
    "catalogue",
    "contacts",
    "estimations",
    "files",
    "history",
    "jobs",
    "mail",
    "memos",
    "node",
    "notifications",
    "numbering",
    "once",
    "options",
    "organisation",
    "payments",
    "people",
    "projects",
    "purchases",
    "sales",
    "saved_views",
    "turnover",
]

make_with_tables()
