"""The timeline of a record: on its page, as JSON, and as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from endi_like.i18n import _
from endi_like.permissions import Permission
from endi_like.resources.memos import Timeline
from endi_like.services import timeline as past
from endi_like.services.memos import said_before
from endi_like.services.once import new_key
from endi_like.services.streams import CHANGE, KINDS, MAIL, MEMO, MOVE
from endi_like.services.timeline import Count, Key
from endi_like.views.beside import LONGEST_QUERY
from endi_like.views.history import Entry, Reader, begun, timeline
from endi_like.views.programs import plain

ANCHOR = "timeline"
KIND, BEFORE, FROM = "shown", "before", "from"
LABELS = {
    "moves": _("Status"),
    "changes": _("Changes"),
    "memos": _("Memos"),
    "mails": _("Mails"),
    "files": _("Files"),
    "payments": _("Payments"),
}
"""How the kinds of entries are called."""

FACTS = {
    CHANGE: {
        "what": "what",
        "row": "row",
        "field": "field",
        "before": "before",
        "after": "after",
    },
    MOVE: {
        "manager": "what",
        "action": "field",
        "old": "before",
        "new": "after",
        "comment": "text",
    },
    MAIL: {
        "recipient": "field",
        "recipient_name": "row",
        "subject": "after",
        "state": "what",
        "error": "text",
        "sent_at": "changed_at",
    },
    MEMO: {
        "subject": "field",
        "author": "row",
        "text": "text",
        "private": "private",
        "pinned": "pinned",
        "changed_at": "changed_at",
        "removed": "removed",
    },
}
"""What a program is told of a row of each stream, by the columns it stands in."""


@dataclass(frozen=True)
class Tab:
    """A kind one may choose, and how many there are; ``more`` when not all counted."""

    label: str
    url: str
    count: Count | None
    chosen: bool


@dataclass(frozen=True)
class Shown:
    """The timeline as its page shows it; what leads nowhere is empty."""

    entries: Sequence[Entry]
    pinned: Sequence[Entry]
    tabs: Sequence[Tab] = ()
    older: str = ""
    newest: str = ""
    file: str = ""
    write: str = ""
    once: str = ""
    filtered: bool = False


@dataclass(frozen=True)
class Asked:
    """What an address asks for: one kind or all, and from where on; nonsense is not."""

    kind: str | None
    before: Key | None
    kept: dict[str, str]

    @classmethod
    def by(cls, request: Any) -> Asked:
        """Return what a request asks for."""
        kind = request.GET.get(KIND)
        kept = request.GET.get(FROM, "")[:LONGEST_QUERY]
        return cls(
            kind if kind in KINDS else None,
            Key.read(request.GET.get(BEFORE, "")),
            {FROM: kept} if kept else {},
        )

    def url(self, base: str, kind: str | None, before: Key | None = None) -> str:
        """Return the address of another part, with the way back to one's list."""
        asked = {KIND: kind, BEFORE: before and str(before), **self.kept}
        query = urlencode({name: one for name, one in asked.items() if one})
        return f"{base}?{query}#{ANCHOR}" if query else f"{base}#{ANCHOR}"


def shown(request: Any, record: Any) -> Shown:
    """Return the part of a record's timeline that its page is asked for.

    It is empty for who may not see the past.
    """
    if not request.has_permission(Permission.SEE_HISTORY, record):
        return Shown([], [])
    asked, place, reader = Asked.by(request), record.place, reader_of(request, record)
    page = past.read(
        request.db, place, reader.user_id, kind=asked.kind, before=asked.before
    )
    reader = with_memos(request, record, reader, page)
    base, node = request.resource_path(record), record.node.node
    entries = list(timeline(node, page.rows, reader))
    if page.older is None and asked.kind in (None, "moves"):
        entries.append(begun(node))
    return Shown(
        entries,
        list(timeline(node, page.pinned, reader)),
        tabs(asked, base, page.counts),
        older=asked.url(base, asked.kind, page.older) if page.older else "",
        newest=asked.url(base, asked.kind) if asked.before else "",
        file=file_of(request, record, asked),
        write=f"{reader.memos}add" if reader.may_note else "",
        once=new_key() if reader.may_note else "",
        filtered=asked.kind is not None,
    )


def reader_of(request: Any, record: Any) -> Reader:
    """Return who reads, and what they may do."""
    mails = record.__parent__.__parent__["mails"]
    opens = Permission.VIEW in mails.held(request.identity)
    return Reader(
        request.identity.user_id,
        bool(request.has_permission(Permission.NOTE, record)),
        f"{request.resource_path(record)}memos/",
        request.resource_path(mails) if opens else "",
    )


def with_memos(request: Any, record: Any, reader: Reader, page: past.Page) -> Reader:
    """Return the reader with what the memos of a page said before."""
    rows = (row for row in (*page.pinned, *page.rows) if row.stream == MEMO)
    changed = [row.id for row in rows if row.changed_at]
    found = said_before(request.db, record.place.node_id, changed)
    return replace(reader, before=found)


def file_of(request: Any, record: Any, asked: Asked) -> str:
    """Return where the timeline is fetched as a file, for those who may."""
    if not request.has_permission(Permission.EXPORT, record):
        return ""
    query = f"?{KIND}={asked.kind}" if asked.kind else ""
    return f"{request.resource_path(record)}timeline/export.csv{query}"


def tabs(asked: Asked, base: str, counts: Any) -> list[Tab]:
    """Return all and each kind there is something of, or that is asked for."""
    counts = {**counts, "moves": Count(counts["moves"].n + 1, counts["moves"].more)}
    found = [Tab(_("All"), asked.url(base, None), None, asked.kind is None)]
    for kind, label in LABELS.items():
        if counts[kind].n or counts[kind].more or kind == asked.kind:
            url = asked.url(base, kind)
            found.append(Tab(label, url, counts[kind], kind == asked.kind))
    return found


@view_config(
    context=Timeline,
    request_method="GET",
    permission=Permission.SEE_HISTORY,
    renderer="json",
)
def as_json(context: Timeline, request: Any) -> Any:
    """Tell a program what happened to a record; a person sees it on its page."""
    record, asked = context.__parent__, Asked.by(request)
    if not request.wants_json:
        return HTTPSeeOther(asked.url(request.resource_url(record), asked.kind))
    reader = reader_of(request, record)
    page = past.read(
        request.db, context.place, reader.user_id, kind=asked.kind, before=asked.before
    )
    return {
        "pinned": [facts(row, reader) for row in page.pinned],
        "entries": [facts(row, reader) for row in page.rows],
        "counts": {kind: one.n for kind, one in page.counts.items()},
        "before": str(page.older) if page.older else None,
    }


def facts(row: Any, reader: Reader) -> dict[str, Any]:
    """Return what a program is told of one row, as it is stored."""
    known = {name: getattr(row, column) for name, column in FACTS[row.stream].items()}
    if row.stream == MEMO:
        known |= {"id": row.id, "url": f"{reader.memos}{row.id}/"}
    if row.stream == MAIL and reader.mails:
        known["url"] = f"{reader.mails}{row.id}/"
    about = {"kind": row.kind, "at": row.at, "who": row.who}
    return dict(plain(about | known))
