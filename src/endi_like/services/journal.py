"""Who did what: the signature under every change, and the log of every move.

Nothing here depends on a writer remembering to sign.  A session carries its author
and its clock; a listener stamps each node that is touched, even when only one of its
lines is, and writes down each field that changed, in the same transaction.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, event, inspect, select
from sqlalchemy.orm import Session

from endi_like.clock import Clock
from endi_like.models.history import FieldChange, StatusLogEntry
from endi_like.models.node import Node
from endi_like.services import administered, owners
from endi_like.services.canonical import line
from endi_like.services.written import changes_of, whole_of
from endi_like.workflow.core import Change

HASH_VERSION = 1
LONGEST_ROW = 80
HEAD = (
    select(StatusLogEntry.position, StatusLogEntry.hash)
    .where(StatusLogEntry.node_id == bindparam("node_id"))
    .order_by(StatusLogEntry.position.desc())
    .limit(1)
)


def sign(session: Session, *, author: Callable[[], int | None], clock: Clock) -> None:
    """Say on whose behalf the session writes, and what time it is for it."""
    session.info.update(author=author, clock=clock)


def canonical(entry: StatusLogEntry, previous: str) -> str:
    """Return what is hashed of a log entry: one line of JSON, the same everywhere."""
    values = [
        entry.hash_version,
        previous,
        entry.node_id,
        entry.position,
        entry.manager,
        entry.action,
        entry.old,
        entry.new,
        entry.actor_id,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        unicodedata.normalize("NFC", entry.comment),
        entry.visibility,
    ]
    return line(values)


def digest(text: str) -> str:
    """Return the sha256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def head(session: Session, node_id: int) -> tuple[int, str]:
    """Return position and hash of a node's last move, written or about to be."""
    pending = [
        row
        for row in session.new
        if isinstance(row, StatusLogEntry) and row.node_id == node_id
    ]
    if pending:
        last = max(pending, key=lambda entry: entry.position)
        return last.position, last.hash
    stored = session.execute(HEAD, {"node_id": node_id}).first()
    return (stored.position, stored.hash) if stored else (0, "")


def chain(session: Session, node_id: int, change: Change) -> StatusLogEntry:
    """Add an entry to the log of a node, chained to the one before."""
    position, previous = head(session, node_id)
    entry = StatusLogEntry(
        node_id=node_id,
        position=position + 1,
        manager=change.manager,
        action=change.action,
        old=change.old,
        new=change.new,
        actor_id=change.actor_id,
        at=change.at,
        comment=change.comment,
        visibility="public",
        hash_version=HASH_VERSION,
    )
    entry.hash = digest(canonical(entry, previous))
    session.add(entry)
    return entry


def write_down(session: Session, node: Node, change: Change) -> StatusLogEntry:
    """Add a move to the node's log, and sign the node."""
    entry = chain(session, node.id, change)
    for column, value in (
        ("user_id", change.actor_id),
        ("at", change.at),
        ("comment", change.comment),
    ):
        if hasattr(type(node), name := f"{change.manager}_{column}"):
            setattr(node, name, value)
    stamp(node, change.actor_id, change.at)
    return entry


def stamp(node: Node, author_id: int | None, at: datetime) -> None:
    """Say who touched a node last; this also makes it a new version."""
    node.updated_by_id = author_id
    node.updated_at = at


def field_changes(session: Session) -> Iterator[tuple[Node, dict[str, Any]]]:
    """Yield what the history keeps of a flush: the node and the change of one field."""
    for row in session.dirty:
        if (node := node_of(row)) and session.is_modified(row):
            for name, before, after in changes_of(row, getattr(row, "tracked", ())):
                yield node, described(row, name, before, after)
            for side in owners.sides(row) if is_part(row) else ():
                yield node, described_side(row, side)
            for part in removed_from(row):
                yield node, described(part, "", part.caption, None)
    for row in filter(is_part, session.new):
        yield row.node, described(row, "", None, row.caption)
    for row in filter(is_part, session.deleted):
        yield row.node, described(row, "", row.caption, None)


def is_part(row: Any) -> bool:
    """Tell whether a row is a part of a node whose comings and goings are kept."""
    return hasattr(row, "tracked") and not isinstance(row, Node)


def node_of(row: Any) -> Node | None:
    """Return the node a row belongs to; one that was taken out belongs to none."""
    found = getattr(row, "node", None)
    return found if isinstance(found, Node) else None


@cache
def owning(mapper: Any) -> tuple[str, ...]:
    """Return the relations by which rows of a kind own others."""
    relations = mapper.relationships
    return tuple(one.key for one in relations if one.cascade.delete_orphan)


def removed_from(row: Any) -> Iterator[Any]:
    """Yield the parts that were taken out of a row, and what goes along with them."""
    state = inspect(row)
    for name in owning(state.mapper):
        for part in state.attrs[name].history.deleted or ():
            # What somebody deletes by name is in ``session.deleted`` already.
            if is_part(part) and part not in state.session.deleted:
                yield part
                yield from parts_of(part)


def parts_of(row: Any) -> Iterator[Any]:
    """Yield the parts of a row."""
    for name in owning(inspect(row).mapper):
        yield from filter(is_part, getattr(row, name))


def described(
    row: Any, name: str, before: str | None, after: str | None
) -> dict[str, Any]:
    """Return the columns of a ``FieldChange``."""
    caption = "" if isinstance(row, Node) else row.caption[:LONGEST_ROW]
    return {
        "company_id": company_of(row),
        "what": row.__tablename__,
        "row": caption,
        "field": name,
        "before": before,
        "after": after,
        "row_id": None if isinstance(row, Node) else row.id,
        "whole": None if name else whole_of(row),
    }


def described_side(row: Any, side: owners.Side) -> dict[str, Any]:
    """Return what people of a company are told of a row that changes its account."""
    columns = described(row, owners.FIELD, side.before, side.after)
    caption = side.row.caption[:LONGEST_ROW]
    return {**columns, "company_id": side.company_id, "row": caption}


def company_of(row: Any) -> int | None:
    """Return whose row of a node it is, if others may have rows of it as well.

    What belongs to an account is of the account's company.
    """
    if isinstance(row, Node):
        return None
    if account := getattr(row, "account", None):
        return company_of(account)
    if not hasattr(row, "company_id"):
        return None
    # of a new row only the company itself is known
    found: int | None = row.company_id or row.company.id
    return found


def touched(session: Session) -> set[Node]:
    """Return the nodes a flush changes, themselves or by one of their rows."""
    rows = [*session.new, *session.deleted]
    rows += [row for row in session.dirty if session.is_modified(row)]
    return {node for row in rows if (node := node_of(row))}


def caused_at(
    nodes: Iterable[Node], entries: Iterable[StatusLogEntry]
) -> dict[int, datetime]:
    """Return when changes of nodes happened that were the cause of all their moves.

    In the moment in which these follow: of one moment moves are told last.
    """
    managers = {node.id: node.lifecycle.managers for node in nodes}
    found: dict[int, datetime] = {}
    pressed = set()
    for entry in entries:
        manager = managers.get(entry.node_id, {}).get(entry.manager)
        if manager and manager.actions[entry.action].automatic:
            found[entry.node_id] = entry.at
        else:
            pressed.add(entry.node_id)
    return {key: at for key, at in found.items() if key not in pressed}


def before_flush(session: Session, _context: Any, _instances: Any) -> None:
    """Stamp every touched node and keep its field changes."""
    if "clock" not in session.info:
        return
    with session.no_autoflush:
        nodes = touched(session)
        if not nodes:
            return
        author_id, at = session.info["author"](), session.info["clock"]()
        entries = [row for row in session.new if isinstance(row, StatusLogEntry)]
        # What a move writes happens when the move does: pages tell by it what was last.
        moved_at = {entry.node_id: entry.at for entry in entries}
        caused = caused_at(nodes, entries)
        kept = [
            FieldChange(
                node_id=node.id,
                actor_id=author_id,
                at=caused.get(node.id, at),
                **columns,
            )
            for node, columns in field_changes(session)
            if node not in session.new
        ]
        for node in nodes:
            if node in session.new:
                node.created_at = node.created_at or at
                node.created_by_id = node.created_by_id or author_id
            stamp(node, author_id, moved_at.get(node.id, at))
        session.add_all(kept)


event.listen(Session, "before_flush", before_flush)
event.listen(Session, "before_flush", administered.before_flush)
event.listen(Session, "after_flush", administered.after_flush)
