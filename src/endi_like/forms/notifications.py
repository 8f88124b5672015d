"""How somebody wants to be told of each event."""

from __future__ import annotations

from collections.abc import Iterable

from endi_like.forms.fields import Choice, Flag, Schema
from endi_like.i18n import _
from endi_like.models.notifications import AT_ONCE, DAILY, NEVER
from endi_like.services.notifications.events import Event

MAIL_LABELS = (
    (NEVER, _("no")),
    (DAILY, _("once a day")),
    (AT_ONCE, _("at once")),
)


def choices_schema(events: Iterable[Event]) -> Schema:
    """Return the schema of a table: for each event the bell, and when by mail."""
    found = Schema()
    for event in events:
        row = Schema(name=event.name, title=event.label)
        row.add(Flag(name="bell", title=_("By the bell")))
        row.add(Choice(MAIL_LABELS, name="mail", title=_("By mail")))
        found.add(row)
    return found
