"""How an entity was called, and where it was, as of a day: the history played back.

Each change that came later is undone, the last one first.  What an anonymised entity
was is forgotten: it is what it is now.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.models.contacts import Address, Entity, EntityMerge, OtherName
from endi_like.models.history import FieldChange
from endi_like.services.contacts.naming import NAMES

Row: TypeAlias = dict[str, str | None]
"""What a row said, as the history writes it."""

FIELDS = ("name", *NAMES)
PARTS = {"address": Address, "other_name": OtherName}


@dataclass
class Past:
    """An entity as it was: its names, and its rows by their kind and id."""

    fields: Row
    rows: dict[str, dict[int, Row]] = field(default_factory=dict)
    known: bool = True

    @property
    def name(self) -> str:
        """Return what it was called."""
        return self.fields["name"] or ""

    @property
    def other_names(self) -> list[Row]:
        """Return the other names it had."""
        return [row for _id, row in sorted(self.rows["other_name"].items())]

    @property
    def addresses(self) -> list[Row]:
        """Return all addresses that were known then, used or not."""
        return [row for _id, row in sorted(self.rows["address"].items())]

    def in_use(self, day: dt.date) -> list[Row]:
        """Return the addresses that were used on a day."""
        return [row for row in self.addresses if is_in_use(row, day.isoformat())]


def is_in_use(row: Row, day: str) -> bool:
    """Tell whether an address was used on a day; days compare as they are written."""
    begun, ended = row["active_from"], row["active_to"]
    return (begun is None or begun <= day) and (ended is None or day <= ended)


def as_of(db: Session, entity: Entity, day: dt.date, zone: str) -> Past:
    """Return an entity as it was when a day ended, by the clock of a time zone."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time())
    return before(db, entity, midnight.replace(tzinfo=ZoneInfo(zone)))


def before(db: Session, entity: Entity, moment: dt.datetime) -> Past:
    """Return an entity as it was just before a moment."""
    past = present(entity)
    past.known = entity.created_at < moment
    for change in changes_since(db, entity.id, moment):
        undo(past, change)
    for kind, key in came_by_merging(db, entity.id, moment):
        past.rows[kind].pop(key, None)
    return past


def came_by_merging(
    db: Session, entity_id: int, moment: dt.datetime
) -> Iterator[tuple[str, int]]:
    """Yield the rows, by kind and id, that were another entity's before a moment."""
    merges = select(EntityMerge.moved).where(
        EntityMerge.kept_id == entity_id,
        EntityMerge.at >= moment,
        EntityMerge.undone_at.is_(None),
    )
    for moved in db.scalars(merges):
        told = json.loads(moved)
        for kind in PARTS:
            for key in told["rows"].get(f"{kind}.entity_id", ()):
                yield kind, key
        for key in told["names"]:
            yield "other_name", key


def present(entity: Entity) -> Past:
    """Return an entity as it is."""
    rows = {
        "address": {one.id: said(one) for one in entity.addresses},
        "other_name": {one.id: said(one) for one in entity.other_names},
    }
    return Past({name: getattr(entity, name) or "" for name in FIELDS}, rows)


def said(row: Any) -> Row:
    """Return what a row says, as the history would write it."""
    values = {name: getattr(row, name) for name in row.tracked}
    return {key: None if value is None else str(value) for key, value in values.items()}


def changes_since(
    db: Session, entity_id: int, moment: dt.datetime
) -> Iterator[FieldChange]:
    """Yield what changed in names and addresses since a moment, the last first."""
    query = select(FieldChange).where(
        FieldChange.node_id == entity_id,
        FieldChange.at >= moment,
        FieldChange.what.in_((Entity.__tablename__, *PARTS)),
    )
    yield from db.scalars(query.order_by(FieldChange.at.desc(), FieldChange.id.desc()))


def undo(past: Past, change: FieldChange) -> None:
    """Take one change back; one whose values are forgotten stays."""
    if change.before is None and change.after is None:
        return
    if change.what not in PARTS:
        if change.field in past.fields:
            past.fields[change.field] = change.before
        return
    rows, key = past.rows[change.what], change.row_id
    if not change.field and change.before is None:
        take_out(rows, change)
    elif not change.field:
        put_back(rows, change)
    elif key is not None and change.field in rows.get(key, {}):
        rows[key][change.field] = change.before


def take_out(rows: dict[int, Row], change: FieldChange) -> None:
    """Take out the row that came by a change: the newest that says what came."""
    if not change.whole:
        return
    came = json.loads(change.whole)
    same = [key for key, row in rows.items() if says(row, came)]
    if same:
        del rows[max(same)]


def says(row: Row, came: Mapping[str, Any]) -> bool:
    """Tell whether a row says what came; what was not set yet may be anything."""
    return all(value is None or row[name] == value for name, value in came.items())


def put_back(rows: dict[int, Row], change: FieldChange) -> None:
    """Put back the row that went by a change."""
    if change.row_id is not None and change.whole:
        rows[change.row_id] = json.loads(change.whole)
