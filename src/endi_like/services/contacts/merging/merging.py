"""Making one of two entities, and taking it back within thirty days.

Whatever pointed at the one that goes points at the one that stays.  What was issued
keeps the name and the address it was issued with: it is on its paper.  The one that
goes is in the bin; its control code and its name lead to the one that stays.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from endi_like.i18n import _
from endi_like.models.contacts import (
    CreditAccount,
    Entity,
    EntityAlias,
    EntityMerge,
    OtherName,
)
from endi_like.models.history import FieldChange
from endi_like.services.beside import Signature
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.customers import rename_drafts
from endi_like.services.contacts.duplicates.asking import compare_later
from endi_like.services.contacts.merging import files
from endi_like.services.contacts.merging.fields import differences
from endi_like.services.contacts.merging.rows import (
    PLACED,
    POINTING,
    lead_along,
    place_behind,
    shift,
    take_along,
)
from endi_like.services.journal import stamp
from endi_like.workflow.errors import Refused

UNDONE_WITHIN = dt.timedelta(days=30)
CODE = "control_code"

SAME = _("This is the same contact: choose another one.")
OTHER_KIND = _("A person and a company cannot become one contact.")
GONE = _("One of the two is in the bin.")
FORGOTTEN = _("One of the two is anonymised.")
TOO_LATE = _("It was merged more than 30 days ago: it stays so.")
MERGED_ON = _(
    "“${name}” has been merged into another contact since: take that back first."
)


def check(kept: Entity, merged: Entity) -> None:
    """Raise ``Refused`` where two entities cannot be one."""
    if kept.id == merged.id:
        raise Refused(SAME)
    if kept.kind != merged.kind:
        raise Refused(OTHER_KIND)
    if kept.deleted_at or merged.deleted_at:
        raise Refused(GONE)
    if kept.anonymised_at or merged.anonymised_at:
        raise Refused(FORGOTTEN)


def moving(db: Session, kept: Entity, merged: Entity) -> dict[str, list[int]]:
    """Return the rows that would follow, by the name of what points."""
    found = {name: one.moving(db, merged.id, kept.id) for name, one in POINTING.items()}
    return {name: keys for name, keys in found.items() if keys}


def merge(
    db: Session,
    kept: Entity,
    merged: Entity,
    by: Signature,
    picked: Collection[str] = (),
) -> EntityMerge:
    """Make one of two entities.

    ``picked`` are the fields whose value comes from the one that goes; what the one
    that stays lacks comes from there as well.  Raises ``Refused``.
    """
    check(kept, merged)
    db.flush()
    filled = fill(kept, merged, picked)
    moved = moving(db, kept, merged)
    for name, keys in moved.items():
        POINTING[name].move(db, keys, merged.id, kept.id)
    shifts = {
        one.__tablename__: place_behind(db, one, moved_of(one, moved), kept.id)
        for one in PLACED
    }
    told: dict[str, Any] = {"rows": moved, "fields": filled, "shifts": shifts}
    told["files"] = files.copy(db, merged.id, kept.id)
    told["names"] = remember_name(db, kept, merged)
    one = EntityMerge(
        kept_id=kept.id,
        merged_id=merged.id,
        at=by.at,
        by_id=by.actor_id,
        moved=json.dumps(told),
    )
    db.add(one)
    db.flush()
    code = merged.control_code
    db.add(
        EntityAlias(
            entity_id=kept.id,
            merge_id=one.id,
            kind=CODE,
            value=code,
            key=code.casefold(),
        )
    )
    merged.deleted_at = by.at
    write_down(db, kept, by, None, f"{merged.name} ({code})")
    settle(db, kept, merged, by)
    return one


def moved_of(kind: Any, moved: Mapping[str, list[int]]) -> list[int]:
    """Return the rows of a kind among those that were moved."""
    return moved.get(f"{kind.__tablename__}.entity_id", [])


def fill(kept: Entity, merged: Entity, picked: Collection[str]) -> dict[str, Any]:
    """Write the fields; return what each was and became, as texts."""
    filled = {}
    for one in differences(kept, merged):
        value = one.value(picked)
        if value != one.kept:
            setattr(kept, one.field, value)
            filled[one.field] = [as_text(one.kept), as_text(value)]
    return filled


def as_text(value: Any) -> str | None:
    """Return a value as it is remembered."""
    return value.isoformat() if isinstance(value, dt.date) else value


def from_text(field: str, text: str | None) -> Any:
    """Return the value that was remembered."""
    if field.endswith("_date"):
        return dt.date.fromisoformat(text) if text else None
    return text or ""


def remember_name(db: Session, kept: Entity, merged: Entity) -> list[int]:
    """Have the one that stays be found by the name of the one that goes."""
    known = {kept.name, *db.scalars(names_of(kept.id))}
    if merged.name in known:
        return []
    name = OtherName(entity_id=kept.id, kind="former", name=merged.name)
    db.add(name)
    db.flush()
    return [name.id]


def names_of(entity_id: int) -> Any:
    """Return the query of the other names of an entity."""
    return select(OtherName.name).where(OtherName.entity_id == entity_id)


def settle(db: Session, kept: Entity, merged: Entity, by: Signature) -> None:
    """Write the copies of both anew, and have both compared: their rows are others."""
    db.flush()
    for source, target in ((merged.id, kept.id), (kept.id, merged.id)):
        lead_along(db, source, target)
    db.expire_all()
    for entity in (kept, merged):
        index(entity)
        stamp(entity, by.actor_id, by.at)
        for account in entity.accounts:
            rename_drafts(db, account)
    db.flush()
    for entity in (kept, merged):
        compare_later(db, entity, by.at)


def write_down(
    db: Session, entity: Entity, by: Signature, before: str | None, after: str | None
) -> None:
    """Have the history of the one that stays say what has become part of it."""
    db.add(
        FieldChange(
            node_id=entity.id,
            actor_id=by.actor_id,
            at=by.at,
            what=EntityMerge.__tablename__,
            row="",
            field="",
            before=before,
            after=after,
        )
    )


def last_of(db: Session, entity_id: int) -> EntityMerge | None:
    """Return the merge by which an entity went, if it is not taken back."""
    query = (
        select(EntityMerge)
        .where(EntityMerge.merged_id == entity_id, EntityMerge.undone_at.is_(None))
        .options(joinedload(EntityMerge.kept), joinedload(EntityMerge.by))
    )
    return db.scalars(query.order_by(EntityMerge.id.desc()).limit(1)).first()


def into(db: Session, entity_id: int, now: dt.datetime) -> list[EntityMerge]:
    """Return what became part of an entity and can be taken back, the last first."""
    query = (
        select(EntityMerge)
        .where(
            EntityMerge.kept_id == entity_id,
            EntityMerge.undone_at.is_(None),
            EntityMerge.at > now - UNDONE_WITHIN,
        )
        .options(joinedload(EntityMerge.merged), joinedload(EntityMerge.by))
    )
    return list(db.scalars(query.order_by(EntityMerge.id.desc())))


def undo(db: Session, one: EntityMerge, by: Signature) -> None:
    """Make two of one again: what was moved goes back, unless it has gone since.

    A field that was filled is what it was before, unless somebody changed it since.
    Raises ``Refused`` after thirty days, and while another merge came later.
    """
    kept, merged = one.kept, one.merged
    if by.at - one.at > UNDONE_WITHIN:
        raise Refused(TOO_LATE)
    if kept.deleted_at and last_of(db, kept.id):
        raise Refused(MERGED_ON % {"name": kept.name})
    told: Mapping[str, Any] = json.loads(one.moved)
    db.flush()
    for name, keys in told["rows"].items():
        POINTING[name].move(db, keys, kept.id, merged.id)
    for kind in PLACED:
        keys = moved_of(kind, told["rows"])
        shift(db, kind, keys, -told["shifts"][kind.__tablename__])
    files.take_back(db, told["files"], by)
    accounts = moved_of(CreditAccount, told["rows"])
    take_along(db, accounts, kept.id, merged.id)
    files.follow(db, accounts, kept.id, merged.id, by)
    mine = OtherName.id.in_(told["names"]), OtherName.entity_id == kept.id
    db.execute(delete(OtherName).where(*mine))
    db.execute(delete(EntityAlias).where(EntityAlias.merge_id == one.id))
    for field, (before, after) in told["fields"].items():
        if as_text(getattr(kept, field)) == after:
            setattr(kept, field, from_text(field, before))
    merged.deleted_at = None
    one.undone_at, one.undone_by_id = by.at, by.actor_id
    write_down(db, kept, by, f"{merged.name} ({merged.control_code})", None)
    settle(db, kept, merged, by)
