"""What happened to a record, in words: the lines of its timeline.

Plain functions over the rows of ``services.timeline``, newest first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from endi_like.i18n import _
from endi_like.models.files import PRINTOUT, StoredFile
from endi_like.services.streams import CHANGE, MAIL, MEMO
from endi_like.views.words import CAPTION, DEADLINES, FIELDS, KINDS, ROWS, VALUES
from endi_like.workflow.core import ActionManager, State
from endi_like.workflow.mail import STATES
from endi_like.workflow.purchases import HANDOVER

HANDED = {
    "hand_over": ("box-arrow-right", _("Handed over to ${company}")),
    "receive": ("inbox", _("Received from ${company}")),
    "acknowledge": ("check-circle", _("Acknowledged by ${company}")),
}
"""How the way from one company of the organisation to another is told."""

FORGOTTEN = _("forgotten")
"""What a field was, and became, of somebody who is anonymised."""


@dataclass(frozen=True)
class Reader:
    """Who reads a timeline: their id, whether they may write, and where things are.

    ``mails`` is empty for those who may not open mails; ``before`` is what memos said
    before they were changed, by their id.
    """

    user_id: int
    may_note: bool = False
    memos: str = ""
    mails: str = ""
    before: Mapping[int, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Changed:
    """A field before and after an edit; a line that is new or gone has one of them."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Noted:
    """A memo, and what its reader may do with it; ``url`` is where it is."""

    text: str
    url: str
    private: bool = False
    pinned: bool = False
    removed: bool = False
    changed_at: datetime | None = None
    may_pin: bool = False
    may_edit: bool = False
    subject: str = ""
    before: Sequence[Any] = ()


@dataclass(frozen=True)
class Entry:
    """Something that happened, as a line of the timeline; ``url`` leads to it."""

    at: datetime
    icon: str
    text: str
    old: State | None = None
    new: State | None = None
    comment: str = ""
    changes: list[Changed] = field(default_factory=list)
    kind: str = "moves"
    who: str = ""
    url: str = ""
    memo: Noted | None = None


def timeline(node: Any, rows: Iterable[Any], reader: Reader) -> Iterator[Entry]:
    """Yield what the rows tell of a node; fields saved together are one entry."""
    for (stream, _at, _who), group in groupby(rows, moment_of):
        if stream == CHANGE:
            yield from changes(list(group))
        elif stream == MAIL:
            yield from (mailed(row, reader) for row in group)
        elif stream == MEMO:
            yield from (noted(row, reader) for row in group)
        else:
            yield from (moved(node, row) for row in group)


def moment_of(row: Any) -> tuple[Any, ...]:
    """Return what is the same for all that was saved at once."""
    return row.stream, row.at, row.actor_id


def changes(rows: Sequence[Any]) -> Iterator[Entry]:
    """Yield the entries of what one person changed in one moment."""
    told = [(row, teller(row)) for row in rows]
    rest: dict[str, list[Any]] = {}
    for row, tell in told:
        if tell is None:
            rest.setdefault(row.kind, []).insert(0, row)
    yield from map(edited, rest.values())
    yield from (tell(row) for row, tell in told if tell)


def moved(node: Any, move: Any) -> Entry:
    """Return the entry of a move, or of the printout that was kept."""
    if move.what == PRINTOUT:
        text = _("The PDF is kept for good")
        return Entry(move.at, "filetype-pdf", text, kind=move.kind)
    if move.what == HANDOVER:
        symbol, said = HANDED[move.field]
        return Entry(move.at, symbol, said % {"company": move.text}, kind=move.kind)
    manager = node.lifecycle.managers.get(move.what)
    action = manager.actions.get(move.field) if manager else None
    label = action.label if action else move.field
    old, new = (state_named(manager, name) for name in (move.before, move.after))
    said = {"who": move.who, "action": label}
    text = _("${who}: ${action}", mapping=said) if move.who else label
    if action and action.automatic:
        text = action.said(node)
    return Entry(move.at, new.icon, text, old, new, move.text, who=move.who)


def state_named(manager: ActionManager | None, name: str) -> State:
    """Return a state; one that exists no more is shown by the name that was kept."""
    known = manager.states.get(name) if manager else None
    return known or State(name, name, "arrow-right")


def teller(change: Any) -> Callable[[Any], Entry] | None:
    """Return what makes an entry of a change that is one by itself, if it is."""
    if change.what == "payment" and not change.field:
        return paid
    return filed if change.what == StoredFile.__tablename__ else None


def told(row: Any, icon: str, text: Any, **more: Any) -> Entry:
    """Return the entry of a row of the kind and by whom the row says."""
    return Entry(row.at, icon, text, kind=row.kind, who=row.who, **more)


def filed(change: Any) -> Entry:
    """Return the entry of a file that was attached, removed or put back."""
    symbol, text = became_of(change)
    if change.row:
        said = {"what": text, "account": change.row}
        text = _("${what} (${account})", mapping=said)
    return told(change, symbol, text)


def became_of(change: Any) -> tuple[str, Any]:
    """Return the icon and the sentence of what became of a file."""
    said = {
        "who": change.who or "endi-like",
        "name": change.after or change.before,
        "n": change.field,
    }
    if not said["name"]:
        return "paperclip", _("${who} changed a file that is forgotten", mapping=said)
    if not change.after:
        return "trash", _("${who} removed the file “${name}”", mapping=said)
    if change.before:
        text = _("${who} put the file “${name}” back", mapping=said)
        return "arrow-counterclockwise", text
    if change.field == "1":
        return "paperclip", _("${who} attached “${name}”", mapping=said)
    text = _("${who} attached version ${n} of “${name}”", mapping=said)
    return "paperclip", text


def paid(change: Any) -> Entry:
    """Return the entry of a payment that was recorded, or taken back."""
    said: dict[str, Any] = {"who": change.who or "endi-like"}
    if change.after:
        said["payment"] = in_words("", change.after)
        text = _("${who} recorded a payment: ${payment}", mapping=said)
        return told(change, "cash-coin", text)
    said["payment"] = in_words("", change.before)
    text = _("${who} took a payment back: ${payment}", mapping=said)
    return told(change, "trash", text)


def edited(rows: list[Any]) -> Entry:
    """Return the entry of one edit."""
    first = rows[0]
    fields = [changed(change) for change in rows if change.field != "position"]
    return told(first, "pencil-square", changed_by(first.who), changes=fields)


def changed_by(who: str) -> Any:
    """Return the sentence that somebody changed it, if it is known who."""
    return _("${who} changed it", mapping={"who": who}) if who else _("Changed")


def edited_by(node: Any) -> Entry:
    """Return the entry of a change of which only its author is known."""
    who = node.updated_by.name if node.updated_by else ""
    return Entry(node.updated_at, "pencil-square", changed_by(who), who=who)


def changed(change: Any) -> Changed:
    """Return a field change with its name in words."""
    label = FIELDS.get(change.field, change.field or ROWS.get(change.what, _("Line")))
    if change.row and change.field:
        said = {"field": label, "row": named(change, change.row)}
        label = _("${field} of “${row}”", mapping=said)
    if change.field == "deleted_at":
        return Changed(_("Put into the bin") if change.after else _("Restored"), "", "")
    if change.field == "anonymised_at":
        return Changed(label, "", "")
    if change.before is None and change.after is None:
        return Changed(label, "", FORGOTTEN)
    before, after = (
        value
        and (in_words(change.field, value) if change.field else named(change, value))
        for value in (change.before, change.after)
    )
    return Changed(label, before, after)


def named(change: Any, caption: str) -> Any:
    """Return what the row of a change is called, a nameless deadline by its kind."""
    kinds = DEADLINES if change.what == "payment_deadline" else {}
    return kinds.get(caption) or in_words("", caption)


def in_words(field: str, value: str) -> Any:
    """Return a kept value as what it was: a word, a number or a date."""
    try:
        if not field and (found := CAPTION.fullmatch(value)):
            kept = {"day": date.fromisoformat(found[1]), "amount": Decimal(found[2])}
            if found[3]:
                kept["mode"] = found[3]
                return _("${amount} on ${day}, ${mode}", mapping=kept)
            return _("${amount} on ${day}", mapping=kept)
        return VALUES.get(field, {}).get(value) or KINDS.get(field, str)(value)
    except (ValueError, ArithmeticError):
        return value


def mailed(mail: Any, reader: Reader) -> Entry:
    """Return the entry of a mail: to whom, about what, and what became of it."""
    state = STATES[mail.what]
    name = f"{mail.row} <{mail.field}>" if mail.row else mail.field
    said = {"recipient": name, "subject": mail.after}
    text = _("Mail to ${recipient}: ${subject}", mapping=said)
    url = f"{reader.mails}{mail.id}/" if reader.mails else ""
    more = {"new": state, "comment": mail.text, "url": url}
    return told(mail, "envelope", text, **more)


def noted(memo: Any, reader: Reader) -> Entry:
    """Return the entry of a memo; of one that was removed, only its author has one."""
    mine = reader.may_note and memo.actor_id == reader.user_id
    found = Noted(
        memo.text,
        f"{reader.memos}{memo.id}/",
        memo.private,
        memo.pinned,
        memo.removed,
        memo.changed_at,
        may_pin=reader.may_note,
        may_edit=mine,
        subject=memo.field,
        before=reader.before.get(memo.id, ()),
    )
    if found.removed:
        return told(memo, "trash", _("You removed a memo"), memo=found)
    text = _("Memo of ${who}", mapping={"who": memo.who or memo.row})
    return told(memo, "chat-left-text", text, memo=found)


def begun(node: Any) -> Entry:
    """Return the entry of the node's making."""
    who = node.created_by.name if node.created_by else ""
    text = _("Written by ${who}", mapping={"who": who}) if who else _("Written")
    return Entry(node.created_at, "plus-circle", text, who=who)
