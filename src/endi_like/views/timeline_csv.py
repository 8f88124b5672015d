"""The timeline of a record as a file: a line for each thing, and each changed field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from decimal import Decimal
from itertools import chain
from typing import Any

from pyramid.httpexceptions import HTTPForbidden
from pyramid.response import Response
from pyramid.view import view_config

from endi_like.grids.export import csv_of
from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.memos import Timeline
from endi_like.services import timeline as past
from endi_like.views.downloads import made
from endi_like.views.history import Changed, Entry, Noted, Reader, begun, timeline
from endi_like.views.timeline import LABELS, Asked

HEAD = (
    _("Time (UTC)"),
    _("Kind"),
    _("Who"),
    _("What happened"),
    _("Field"),
    _("Before"),
    _("After"),
    _("Text"),
)

Say = Callable[[Any], str]


@view_config(
    context=Timeline,
    name="export.csv",
    request_method="GET",
    permission=Permission.EXPORT,
)
def as_csv(context: Timeline, request: Any) -> Response:
    """Download the timeline, or one kind of it; private memos are in no file."""
    if not request.has_permission(Permission.SEE_HISTORY, context):
        raise HTTPForbidden(_("You may see this record, but not its past."))
    asked, node = Asked.by(request), context.node.node
    rows = past.every(request.db, context.place, asked.kind)
    entries = timeline(node, rows, Reader(request.identity.user_id))
    if asked.kind in (None, "moves"):
        entries = chain(entries, [begun(node)])
    say = request.translate
    lines = (line for one in entries for line in lines_of(one, say))
    file = csv_of([say(title) for title in HEAD], lines, request.locale_name)
    name = f"timeline-{context.node.id}-{request.today.isoformat()}.csv"
    return made(request, file, name, "text/csv; charset=utf-8")


def lines_of(entry: Entry, say: Say) -> Iterator[Iterable[tuple[str, Any]]]:
    """Yield the lines of an entry; what is no field stands in every one of them."""
    text = words_of(entry.memo) if entry.memo else entry.comment
    states = [say(one.label) if one else "" for one in (entry.old, entry.new)]
    for one in entry.changes or [Changed("", *states)]:
        yield (
            ("moment", entry.at.astimezone(UTC).replace(tzinfo=None)),
            ("text", say(LABELS[entry.kind])),
            ("text", entry.who),
            ("text", say(entry.text)),
            ("text", say(one.field)),
            cell(one.before, say),
            cell(one.after, say),
            ("text", text),
        )


def words_of(memo: Noted) -> str:
    """Return what a memo says: its subject, if it has one, above its text."""
    return "\n".join(part for part in (memo.subject, memo.text) if part)


def cell(value: Any, say: Say) -> tuple[str, Any]:
    """Return a value as a cell: a number as one, a marked text in words, or nothing."""
    if value is None:
        return "text", ""
    return ("number", value) if isinstance(value, Decimal) else ("text", say(value))
