"""What of an entity has matched, where the list does not show it by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import OtherName
from endi_like.services.contacts.naming import NAMES
from endi_like.services.contacts.search.fields import criteria
from endi_like.services.contacts.search.sources import (
    ACCOUNTS,
    ADDRESSES,
    CODES,
    ELEMENTS,
    ENTITY,
    MEMOS,
    NUMBERS,
    Found,
    Source,
)
from endi_like.services.rights.sight import Sight
from endi_like.text import fold, shadow, words

OTHER_NAME = OtherName.__table__.c
LONGEST = 80
BEFORE = 20


class Hit(NamedTuple):
    """What has matched: what it is called, and what it says."""

    label: str
    text: str


Show = Callable[[Any, Mapping[str, str]], str]


def place(row: Any, _asked: Mapping[str, str]) -> str:
    """Return an address as one line."""
    city = " ".join(filter(None, (row.postal_code, row.city)))
    lines = (row.line_one, row.line_two, row.line_three, city, row.state, row.country)
    return ", ".join(line for line in lines if line)


def note(row: Any, asked: Mapping[str, str]) -> str:
    """Return the subject of a note, and of its text what is around the term."""
    wanted = fold(asked.get("notes", ""))
    at = max(fold(row.text).find(wanted) - BEFORE, 0)
    part = row.text[at : at + LONGEST].strip()
    cut = ("…" if at else "", part, "…" if at + LONGEST < len(row.text) else "")
    return " – ".join(filter(None, (row.subject, "".join(cut))))


SHOWN: Mapping[Source, tuple[str, Sequence[str], Show]] = {
    ADDRESSES: (
        _("Address"),
        (
            "line_one",
            "line_two",
            "line_three",
            "postal_code",
            "city",
            "state",
            "country",
        ),
        place,
    ),
    ELEMENTS: (_("Reached by"), ("value",), lambda row, _asked: str(row.value)),
    MEMOS: (_("Note"), ("subject", "text"), note),
    ACCOUNTS: (_("Account"), ("number",), lambda row, _asked: str(row.number)),
    CODES: (_("Control code before"), ("value",), lambda row, _asked: str(row.value)),
    NUMBERS: (
        _("Account number before"),
        ("value",),
        lambda row, _asked: str(row.value),
    ),
}
"""What is told of each table: its name, what of it, and how."""

SEEN_ANYHOW = frozenset({"class", "active_from", "active_to", "only_users"})
"""Fields whose matches a row of the list shows, or that are of no single thing."""


def hits(
    db: Session, ids: Sequence[int], asked: Mapping[str, str], sight: Sight
) -> Mapping[int, Sequence[Hit]]:
    """Return what has matched of some entities, by their ids."""
    found: dict[int, list[Hit]] = defaultdict(list)
    if not ids:
        return found
    if words(asked.get("name", "")):
        names(db, ids, asked["name"], found)
    for criterion in criteria(asked):
        if criterion.name in SEEN_ANYHOW:
            continue
        for one in criterion.found:
            if one.source in SHOWN:
                look(db, ids, one, asked, sight, found)
    return found


def look(
    db: Session,
    ids: Sequence[int],
    found: Found,
    asked: Mapping[str, str],
    sight: Sight,
    into: dict[int, list[Hit]],
) -> None:
    """Put down the first row of each entity that has matched in a table."""
    source = found.source
    label, columns, show = SHOWN[source]
    owner = source.owner.label("owner_")
    listed = [source.table.c[name] for name in columns]
    query = select(owner, *listed).where(source.owner.in_(ids), found.rows(sight))
    first: dict[int, Any] = {}
    for row in db.connection().execute(query.order_by(source.table.c.id)):
        first.setdefault(row.owner_, row)
    for entity, row in first.items():
        into[entity].append(Hit(label, show(row, asked)))


def names(
    db: Session, ids: Sequence[int], typed: str, into: dict[int, list[Hit]]
) -> None:
    """Put down the names that matched beside the one an entity is shown by."""
    columns = [ENTITY.c[name] for name in NAMES]
    known = {
        row[0]: list(row[1:])
        for row in db.connection().execute(
            select(ENTITY.c.id, *columns).where(ENTITY.c.id.in_(ids))
        )
    }
    others = select(OTHER_NAME.entity_id, OTHER_NAME.name).where(
        OTHER_NAME.entity_id.in_(ids)
    )
    for entity, name in db.connection().execute(others.order_by(OTHER_NAME.id)):
        known[entity].append(name)
    for entity, called in known.items():
        trading, legal, first, middle, last, *_more = called
        shown = trading or legal or " ".join((first, middle, last))
        wanted = [word for word in words(typed) if f" {word}" not in shadow(shown)]
        into[entity] += [
            Hit(_("Also called"), name)
            for name in called
            if any(f" {word}" in shadow(name) for word in wanted)
        ]
