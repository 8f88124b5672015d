"""Entities as vCards of version 4 (RFC 6350), as far as somebody sees them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.services.contacts.naming import display_name
from endi_like.services.contacts.search.sources import (
    ADDRESSES,
    ELEMENTS,
    ENTITY,
    Source,
)
from endi_like.services.rights.sight import Sight

AT_ONCE = 500
LONGEST_LINE = 75
"""So many octets a line has, without its end; the next one goes on after a blank."""

KINDS = {"person": "individual", "robot": "application", "household": "group"}
PROPERTIES = {"phone": "TEL", "email": "EMAIL", "web": "URL", "other": "X-OTHER"}
ESCAPED = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": ""})


def vcards(db: Session, ids: Iterable[int], sight: Sight) -> Iterator[bytes]:
    """Yield the cards of some entities, many at once."""
    left = iter(ids)
    while some := list(islice(left, AT_ONCE)):
        yield "".join(written(db, some, sight)).encode()


def written(db: Session, ids: Sequence[int], sight: Sight) -> Iterator[str]:
    """Yield the card of each entity, in the order of the ids."""
    query = select(ENTITY).where(ENTITY.c.id.in_(ids))
    known = {row.id: row for row in db.connection().execute(query)}
    places = parts(db, ADDRESSES, ids, sight)
    elements = parts(db, ELEMENTS, ids, sight)
    for key in ids:
        if key in known:
            lines = card(known[key], places[key], elements[key])
            yield "".join(map(folded, lines))


def parts(
    db: Session, source: Source, ids: Sequence[int], sight: Sight
) -> Mapping[int, list[Any]]:
    """Return the rows of a table that belong to some entities, as far as one sees."""
    table = source.table
    seen = (source.owner.in_(ids), *source.seen(sight, table))
    query = select(table).where(*seen).order_by(table.c.position, table.c.id)
    found = defaultdict(list)
    for row in db.connection().execute(query):
        found[row.entity_id].append(row)
    return found


def card(entity: Any, places: Sequence[Any], elements: Sequence[Any]) -> Iterator[str]:
    """Yield the lines of a card."""
    yield "BEGIN:VCARD"
    yield "VERSION:4.0"
    yield f"KIND:{KINDS.get(entity.kind, 'org')}"
    yield f"FN:{said(display_name(entity))}"
    if entity.last_name:
        given = (entity.first_name, entity.middle_name, entity.salutation)
        yield f"N:{listed(entity.last_name, *given, '')}"
    if entity.legal_name:
        yield f"ORG:{said(entity.legal_name)}"
    if entity.birth_date:
        yield f"BDAY:{entity.birth_date:%Y%m%d}"
    yield f"UID;VALUE=text:{said(entity.control_code)}"
    for one in elements:
        yield f"{PROPERTIES[one.kind]}:{said(one.value)}"
    for one in places:
        street = ", ".join(filter(None, (one.line_one, one.line_two, one.line_three)))
        rest = (one.city, one.state, one.postal_code, one.country)
        yield f"ADR:{listed('', '', street, *rest)}"
    yield "END:VCARD"


def listed(*values: str) -> str:
    """Return a value of several parts."""
    return ";".join(map(said, values))


def said(text: str) -> str:
    """Return a text as a value: no sign of it ends the value or the line."""
    return text.translate(ESCAPED)


def folded(line: str) -> str:
    """Return a line, in several where it is long; no letter is cut in two."""
    found, octets = [], 0
    for sign in line:
        size = len(sign.encode())
        if octets + size > LONGEST_LINE:
            found.append("\r\n ")
            octets = 1
        found.append(sign)
        octets += size
    return "".join((*found, "\r\n"))
