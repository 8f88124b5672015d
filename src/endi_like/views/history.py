"""Where a record stands, and how it came there: what its page shows of both.

Plain functions over a node, its moves and its field changes, all loaded already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from endi_like.i18n import _
from endi_like.models.files import FIX, PRINTOUT, StoredFile
from endi_like.views.words import CAPTION, FIELDS, KINDS, ROWS, VALUES
from endi_like.workflow.core import ActionManager, State


@dataclass(frozen=True)
class Step:
    """A state on a line of progress: passed, present or still to come."""

    label: str
    icon: str
    classes: str
    now: bool
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Track:
    """The line of one machine; ``alert`` is for the page to fill in."""

    label: str
    steps: list[Step]
    alert: str = ""


@dataclass(frozen=True)
class Changed:
    """A field before and after an edit; a line that is new or gone has one of them."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """Something that happened, as a line of the timeline."""

    at: datetime
    icon: str
    text: str
    old: State | None = None
    new: State | None = None
    comment: str = ""
    changes: list[Changed] = field(default_factory=list)


def tracks(node: Any, moves: Sequence[Any]) -> list[Track]:
    """Return a line of progress for each machine that is awake.

    ``moves`` are the node's log entries, oldest first.  A machine in a quiet state,
    such as a closure that was not decided, has nothing to say.
    """
    found = []
    for manager in node.lifecycle.managers.values():
        state = manager.state_of(node)
        if state is None or state.quiet:
            continue
        mine = {move.new: move for move in moves if move.manager == manager.key}
        path = path_through(manager, state)
        steps = [step(one, path, state, mine) for one in path]
        found.append(Track(manager.label, steps))
    return found


def path_through(manager: ActionManager, present: State) -> list[State]:
    """Return the states from the first to the last, without detours not taken."""
    final = {state.name for state in manager.states.values() if state.locked}
    path = [
        state
        for state in manager.states.values()
        if not state.quiet and (state.tone != "bad" or state is present)
    ]
    return sorted(path, key=lambda state: state.name in final)


def step(state: State, path: list[State], present: State, moves: Any) -> Step:
    """Return how a state looks from where the node is now."""
    at, now = path.index(state), path.index(present)
    complete = state is present and state is path[-1] and state.tone == "good"
    passed = at < now or complete
    classes = [
        *(["done"] if passed else []),
        *(["now"] if state is present else []),
        *(["bad"] if state is present and state.tone == "bad" else []),
    ]
    icon = "check-lg" if passed else state.icon if state is present else ""
    move = moves.get(state.name) if at <= now else None
    return Step(
        state.label,
        icon,
        " ".join(classes),
        state is present,
        move.who if move else "",
        move.at if move else None,
    )


def timeline(node: Any, moves: Iterable[Any], changes: Iterable[Any]) -> list[Entry]:
    """Return everything that happened to a node, newest first.

    Field changes saved together are one entry; that the paper is fixed goes without
    saying.
    """
    entries = [begun(node)]
    for group in map(list, together(changes)):
        single = [(one, told) for one in group if (told := teller(one))]
        entries += [told(one) for one, told in single]
        done = [one for one, _told in single]
        if rest := [one for one in group if one not in done]:
            entries.append(edited(rest))
    entries += [moved(node, move) for move in moves if move.action != FIX]
    # what happened in one moment stays in its order, so that is turned round last
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def moved(node: Any, move: Any) -> Entry:
    """Return the entry of a move, or of the printout that was kept."""
    if move.manager == PRINTOUT:
        return Entry(move.at, "filetype-pdf", _("The PDF is kept for good"))
    manager = node.lifecycle.managers.get(move.manager)
    action = manager.actions.get(move.action) if manager else None
    label = action.label if action else move.action
    old, new = (state_named(manager, name) for name in (move.old, move.new))
    if action and action.automatic:
        return Entry(move.at, new.icon, action.said(node), old, new, move.comment)
    said = {"who": move.who, "action": label}
    text = _("${who}: ${action}", mapping=said) if move.who else label
    return Entry(move.at, new.icon, text, old, new, move.comment)


def state_named(manager: ActionManager | None, name: str) -> State:
    """Return a state; one that exists no more is shown by the name that was kept."""
    known = manager.states.get(name) if manager else None
    return known or State(name, name, "arrow-right")


def together(changes: Iterable[Any]) -> Iterable[Iterable[Any]]:
    """Yield the changes of each edit."""
    rows = sorted(changes, key=lambda change: (change.at, change.id))
    for _key, group in groupby(rows, key=lambda change: (change.at, change.actor_id)):
        yield group


def teller(change: Any) -> Callable[[Any], Entry] | None:
    """Return what makes an entry of a change that is one by itself, if it is."""
    if change.what == "payment" and not change.field:
        return paid
    return filed if change.what == StoredFile.__tablename__ else None


def filed(change: Any) -> Entry:
    """Return the entry of a file that was attached, removed or put back."""
    said = {
        "who": change.who or "endi-like",
        "name": change.after or change.before,
        "n": change.field,
    }
    if not change.after:
        text = _("${who} removed the file “${name}”", mapping=said)
        return Entry(change.at, "trash", text)
    if change.before:
        text = _("${who} put the file “${name}” back", mapping=said)
        return Entry(change.at, "arrow-counterclockwise", text)
    if change.field == "1":
        text = _("${who} attached “${name}”", mapping=said)
    else:
        text = _("${who} attached version ${n} of “${name}”", mapping=said)
    return Entry(change.at, "paperclip", text)


def paid(change: Any) -> Entry:
    """Return the entry of a payment that was recorded, or taken back."""
    said: dict[str, Any] = {"who": change.who or "endi-like"}
    if change.after:
        said["payment"] = in_words("", change.after)
        text = _("${who} recorded a payment: ${payment}", mapping=said)
        return Entry(change.at, "cash-coin", text)
    said["payment"] = in_words("", change.before)
    text = _("${who} took a payment back: ${payment}", mapping=said)
    return Entry(change.at, "trash", text)


def edited(changes: list[Any]) -> Entry:
    """Return the entry of one edit."""
    who = changes[0].who
    text = _("${who} changed it", mapping={"who": who}) if who else _("Changed")
    rows = [changed(change) for change in changes if change.field != "position"]
    return Entry(changes[0].at, "pencil-square", text, changes=rows)


def changed(change: Any) -> Changed:
    """Return a field change with its name in words."""
    label = FIELDS.get(change.field, change.field or ROWS.get(change.what, _("Line")))
    if change.row and change.field:
        said = {"field": label, "row": in_words("", change.row)}
        label = _("${field} of “${row}”", mapping=said)
    if change.field == "deleted_at":
        return Changed(_("Put into the bin") if change.after else _("Restored"), "", "")
    before, after = (
        value and in_words(change.field, value)
        for value in (change.before, change.after)
    )
    return Changed(label, before, after)


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


def begun(node: Any) -> Entry:
    """Return the entry of the node's making."""
    who = node.created_by.name if node.created_by else ""
    text = _("Written by ${who}", mapping={"who": who}) if who else _("Written")
    return Entry(node.created_at, "plus-circle", text)
