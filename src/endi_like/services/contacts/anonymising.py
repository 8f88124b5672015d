"""Forgetting somebody: all but what the law has the organisation keep, and for good.

Names, addresses, telephones, bank accounts, memos, files, mails and what the history
says of them go.  Control code, numbers, accounts, amounts, papers and the log of moves
stay: they are how the books speak of the entity.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import and_, delete, not_, or_, select, update
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.contacts import Entity, EntityAlias, EntityMerge, EntityPair
from endi_like.models.files import ATTACHMENT, StoredFile
from endi_like.models.forgetting import ADDRESSED, NAMING
from endi_like.models.history import FieldChange
from endi_like.models.memos import Memo
from endi_like.models.sales import Task
from endi_like.services.administration import note
from endi_like.services.beside import Signature
from endi_like.services.contacts import knowing
from endi_like.services.contacts.copies import index
from endi_like.services.contacts.corresponding import forget_mails, forget_told
from endi_like.services.contacts.customers import rename_drafts
from endi_like.services.contacts.keeping import VALID
from endi_like.services.contacts.naming import NAMES
from endi_like.services.contacts.personal import merged_into, of_accounts
from endi_like.services.jobs import enqueue
from endi_like.services.journal import LONGEST_ROW
from endi_like.services.locks import hold_files
from endi_like.services.refusals import WrongValues
from endi_like.workflow.errors import Done

SWEEP: Final = "sweep_forgotten"
"""The job that deletes the bytes of files, once their rows are gone for sure."""

EMPTIED = (
    *NAMES,
    "salutation",
    "personal_id",
    "tax_id",
    "vat_number",
    "licence_number",
    "stage",
)
OWNED = ("other_names", "addresses", "elements", "bank_accounts", "people", "users")
OF_THE_BOOKS = {
    "credit_account": (
        "number",
        "active",
        "currency",
        "credit_limit",
        "threshold",
        "terms_days",
        "discount",
        "discount_days",
        "tax_included",
        "start_date",
        "end_date",
        "taxes",
    ),
    "entity": ("kind", "country", "deleted_at"),
}
"""The fields, by their tables, whose past stays."""

CHANGES: Any = FieldChange.__table__
NAMED_IN = ("before", "after", "row")
NOTHING = {"before": None, "after": None, "row": "", "whole": None}
OTHER_CODE = _("This is not the control code of the contact.")
ALREADY = _("This contact is anonymised already.")


def anonymous_name(entity: Entity) -> str:
    """Return what whoever is forgotten is called, to readers of every language."""
    return f"Anonym {entity.id:06}"


def anonymise(db: Session, entity: Entity, by: Signature, code: str) -> None:
    """Forget an entity and those that were merged into it.

    ``code`` is its control code, typed by who means it.  Raises ``WrongValues`` for
    another one, and ``Done`` when it is forgotten already.
    """
    if entity.anonymised_at:
        raise Done(ALREADY)
    if code.strip().casefold() != entity.code_key:
        raise WrongValues(control_code=OTHER_CODE)
    keys = [entity.id, *merged_into(db, entity.id)]
    hold_files(db)
    for one in db.scalars(select(Entity).where(Entity.id.in_(keys))).all():
        forget(db, one, by)
    forget_merges(db, keys)
    db.flush()
    db.expire_all()


def forget(db: Session, entity: Entity, by: Signature) -> None:
    """Forget one entity; the order is that of what the triggers let go."""
    knowing.read_whole(db, entity)
    names = names_of(db, entity)
    forget_mails(db, entity)
    forget_told(db, entity)
    empty(entity, by)
    address_no_drafts(db, entity)
    db.flush()
    forget_past(db, entity, names)
    for link in knowing.places_of(db, entity.id):
        db.delete(link)
    forget_memos(db, entity)
    forget_files(db, entity, by)
    write_down(db, entity, by)


def names_of(db: Session, entity: Entity) -> list[str]:
    """Return what the entity is and was called, as the past of others has it."""
    query = select(FieldChange.before, FieldChange.after).where(
        FieldChange.node_id == entity.id,
        FieldChange.what == Entity.__tablename__,
        FieldChange.field == "name",
    )
    found = {entity.name, *(name for row in db.execute(query) for name in row if name)}
    return sorted({*found, *(name[:LONGEST_ROW] for name in found)})


def empty(entity: Entity, by: Signature) -> None:
    """Take everything personal out of an entity and its rows."""
    entity.anonymised_at = by.at
    for name in EMPTIED:
        setattr(entity, name, "")
    entity.birth_date = None
    is_one = entity.kind in ("person", "robot")
    setattr(entity, "last_name" if is_one else "legal_name", anonymous_name(entity))
    for name in OWNED:
        setattr(entity, name, [])
    for employment in entity.employments:
        employment.social_security_number = ""
    for account in entity.accounts:
        account.description = account.pay_to_name = ""
        account.primary_contact = None
        account.active = False
    index(entity)


def address_no_drafts(db: Session, entity: Entity) -> None:
    """Take the address out of drafts, and have them be found by the new name."""
    query = select(Task).where(
        of_accounts([entity.id]), Task.validation_status != VALID
    )
    for draft in db.scalars(query).all():
        draft.address = ""
    db.flush()
    for account in entity.accounts:
        rename_drafts(db, account)


def forget_past(db: Session, entity: Entity, names: Sequence[str]) -> None:
    """Empty what the history says: of the entity, of drafts, and by name elsewhere."""
    kept = (
        and_(CHANGES.c.what == table, CHANGES.c.field.in_(fields))
        for table, fields in OF_THE_BOOKS.items()
    )
    drafts = select(Task.id).where(
        of_accounts([entity.id]), Task.validation_status != VALID
    )
    named = or_(*(CHANGES.c[name].in_(names) for name in NAMED_IN))
    for where in (
        and_(CHANGES.c.node_id == entity.id, not_(or_(*kept))),
        and_(CHANGES.c.node_id.in_(drafts), CHANGES.c.field.in_(ADDRESSED)),
        and_(
            CHANGES.c.node_id.in_(knowing.naming(entity.id)),
            CHANGES.c.what.in_(NAMING),
            named,
        ),
    ):
        db.connection().execute(update(CHANGES).where(where).values(NOTHING))


def forget_memos(db: Session, entity: Entity) -> None:
    """Empty every memo, also the private ones, and those that were removed."""
    table: Any = Memo.__table__
    nothing = {"subject": "", "text": "", "search_key": "", "pinned": False}
    mine = update(table).where(table.c.node_id == entity.id)
    db.connection().execute(mine.values(version=table.c.version + 1, **nothing))


def forget_files(db: Session, entity: Entity, by: Signature) -> None:
    """Drop the files, and have their bytes deleted unless something else names them."""
    mine = StoredFile.node_id == entity.id, StoredFile.purpose == ATTACHMENT
    names = sorted(set(db.scalars(select(StoredFile.sha256).where(*mine))))
    if not names:
        return
    db.execute(delete(StoredFile).where(*mine))
    key = f"{SWEEP}:{entity.id}"
    enqueue(db, SWEEP, {"names": names}, dedupe_key=key, at=by.at)


def forget_merges(db: Session, keys: Sequence[int]) -> None:
    """Drop what merges are taken back by, and whom it was thought to be.

    The codes of before still lead here.
    """
    mine = or_(EntityMerge.kept_id.in_(keys), EntityMerge.merged_id.in_(keys))
    merges = select(EntityMerge.id).where(mine)
    aliases = update(EntityAlias).where(EntityAlias.merge_id.in_(merges))
    db.execute(aliases.values(merge_id=None))
    db.execute(delete(EntityMerge).where(mine))
    alike = or_(EntityPair.first_id.in_(keys), EntityPair.second_id.in_(keys))
    db.execute(delete(EntityPair).where(alike))


def write_down(db: Session, entity: Entity, by: Signature) -> None:
    """Keep who has anonymised the entity, and when."""
    change = FieldChange(
        node_id=entity.id,
        actor_id=by.actor_id,
        at=by.at,
        what=Entity.__tablename__,
        row="",
        field="anonymised_at",
        before=None,
        after=by.at.isoformat(),
    )
    db.add(change)
    db.flush()
    note(db, "anonymised", entity)
