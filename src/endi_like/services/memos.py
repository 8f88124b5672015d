"""Memos: written, changed, pinned, removed and put back.

Nothing of it touches the record itself: a locked document has memos as well, and who
edits one is not in the way of who writes a memo.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    SQLColumnExpression,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import Session, joinedload

from endi_like.i18n import _
from endi_like.models.contacts import EntityMerge
from endi_like.models.history import FieldChange
from endi_like.models.memos import Memo
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services.beside import Place, Signature
from endi_like.services.notifications.events import MENTION
from endi_like.services.notifications.mentions import (
    mentions,
    take_back,
    tell_mentioned,
)
from endi_like.services.rights.asking import holds, place_of
from endi_like.services.rights.tables import RECORDS, name_of
from endi_like.workflow.errors import Done, NotPermitted, Refused, WrongState

MOST_SHOWN = 100
MOST_PINNED = 10
"""How many shared memos can be pinned to one record, and how many of one's own."""

NOT_THEIRS = _("Only who has written a memo may change or remove it.")


@dataclass(frozen=True)
class Content:
    """What a memo says, to whom, and whether it stays on top."""

    text: str
    subject: str = ""
    private: bool = False
    pinned: bool = False


def readable(
    reader_id: int | SQLColumnExpression[int] | None,
) -> ColumnElement[bool]:
    """Return the condition on the memos that a user may read, or put back."""
    shared = ~Memo.private & Memo.removed_at.is_(None)
    return or_(shared, Memo.author_id == reader_id)


def told_in(place: Place) -> ColumnElement[bool]:
    """Return the condition on the memos that are told of in a place, if one may read.

    They are its own, and those of the companies whose accounts are seen there.
    """
    beside = Memo.node_id == place.node_id
    if place.is_whole:
        return beside
    its_own = Memo.company_id.is_not_distinct_from(place.company_id)
    return and_(beside, or_(its_own, Memo.company_id.in_(place.companies)))


def find(db: Session, place: Place, memo_id: int, reader_id: int | None) -> Memo | None:
    """Return a memo that is there, if the user may read it."""
    seen = (told_in(place), readable(reader_id))
    return db.scalars(select(Memo).where(Memo.id == memo_id, *seen)).one_or_none()


def is_seen(db: Session, memo: Memo, node: Any, reader: Identity) -> bool:
    """Tell whether somebody finds a memo on the page of a record."""
    record = RECORDS[name_of(node)]
    if not holds(reader, Permission.VIEW, record, node):
        return False
    place = place_of(reader, record, node)
    return place is not None and find(db, place, memo.id, reader.user_id) is not None


def write(
    db: Session,
    place: Place,
    by: Signature,
    content: Content,
) -> Memo:
    """Write a memo beside a record."""
    memo = Memo(
        node_id=place.node_id,
        company_id=place.company_id,
        account_id=place.account_id,
        subject=content.subject,
        author_id=by.actor_id,
        at=by.at,
        text=content.text,
        private=content.private,
    )
    if content.pinned:
        pin(db, memo)
    db.add(memo)
    db.flush()
    return memo


def change(
    db: Session,
    memo: Memo,
    by: Signature,
    content: Content,
) -> None:
    """Change one's own memo; what others could read before is kept beside it."""
    check_author(memo, by)
    check_there(memo)
    for name in ("subject", "text"):
        reword(db, memo, by, name, getattr(content, name))
    # shared ones are counted apart from one's own
    moves = memo.private != content.private
    memo.private = content.private
    if content.pinned and (moves or not memo.pinned):
        pin(db, memo)
    memo.pinned = content.pinned


def reword(db: Session, memo: Memo, by: Signature, name: str, words: str) -> None:
    """Write other words into a memo, and keep those that others may have read."""
    before = getattr(memo, name)
    if before == words:
        return
    setattr(memo, name, words)
    memo.changed_at = by.at
    if memo.private:
        return
    db.add(
        FieldChange(
            node_id=memo.node_id,
            company_id=memo.company_id,
            at=by.at,
            actor_id=by.actor_id,
            what=Memo.__tablename__,
            row=str(memo.id),
            field=name,
            before=before,
            after=words,
        )
    )


def said_before(
    db: Session, node_id: int, keys: Iterable[int]
) -> dict[int, list[FieldChange]]:
    """Return what memos said before they were changed, the latest first."""
    wanted = [str(key) for key in keys]
    found: dict[int, list[FieldChange]] = {}
    if not wanted:
        return found
    query = select(FieldChange).where(
        or_(FieldChange.node_id == node_id, FieldChange.node_id.in_(merged(node_id))),
        FieldChange.what == Memo.__tablename__,
        FieldChange.row.in_(wanted),
    )
    for one in db.scalars(query.order_by(FieldChange.at.desc(), FieldChange.id)):
        found.setdefault(int(one.row), []).append(one)
    return found


def merged(node_id: int) -> CompoundSelect[Any]:
    """Return the query of those an entity was ever one with: memos went from there."""
    came = select(EntityMerge.merged_id).where(EntityMerge.kept_id == node_id)
    went = select(EntityMerge.kept_id).where(EntityMerge.merged_id == node_id)
    return union(came, went)


def of_entity(
    db: Session, place: Place, reader_id: int | None = None
) -> Sequence[Memo]:
    """Return the memos on an entity and on those accounts of it that are seen.

    Without a reader they are only shared ones.
    """
    query = (
        select(Memo)
        .where(
            told_in(place),
            readable(reader_id) if reader_id else ~Memo.private,
            Memo.removed_at.is_(None),
        )
        .options(joinedload(Memo.author))
        .order_by(Memo.pinned.desc(), Memo.at.desc(), Memo.id.desc())
        .limit(MOST_SHOWN)
    )
    return db.scalars(query).all()


def pin(db: Session, memo: Memo) -> None:
    """Keep a memo on top of the timeline, unless too many are there already."""
    check_there(memo)
    of_whom = Memo.author_id == memo.author_id if memo.private else true()
    pinned = select(func.count(Memo.id)).where(
        Memo.node_id == memo.node_id,
        Memo.company_id.is_not_distinct_from(memo.company_id),
        Memo.pinned,
        Memo.removed_at.is_(None),
        Memo.private == memo.private,
        of_whom,
        Memo.id != (memo.id or 0),
    )
    with db.no_autoflush:
        if (db.scalar(pinned) or 0) >= MOST_PINNED:
            said = {"n": MOST_PINNED}
            raise Refused(
                _("${n} memos are pinned already: unpin one first.", mapping=said)
            )
    memo.pinned = True


def unpin(memo: Memo) -> None:
    """Let a memo go back to its place in the timeline."""
    memo.pinned = False


def remove(db: Session, memo: Memo, by: Signature) -> None:
    """Take one's own memo off the record; nobody else sees it from then on."""
    check_author(memo, by)
    if memo.removed_at:
        raise Done(_("It is removed already."))
    memo.removed_at, memo.pinned = by.at, False
    take_back(db, key_of(memo))


def restore(memo: Memo, by: Signature) -> None:
    """Put back one's own memo that was removed."""
    check_author(memo, by)
    if not memo.removed_at:
        raise Done(_("It is there already."))
    memo.removed_at = None


def tell_named(db: Session, memo: Memo, node: Any, by: Signature) -> None:
    """Tell whom a memo beside a record names, if they may read it there.

    Its subject may name somebody as well.  What they were told before it became
    private is taken back.
    """
    key = key_of(memo)
    if memo.private:
        take_back(db, key)
        return
    said = " — ".join(part for part in (memo.subject, memo.text) if part)
    named = mentions(db, said, node)
    people = [one for one in named if is_seen(db, memo, node, one)]
    tell_mentioned(db, people, said, node, by, key=key)


def key_of(memo: Memo) -> str:
    """Return what names the text of a memo among all texts that name people."""
    return f"memo:{memo.id}"


def quotes(notification: Any) -> ColumnElement[bool]:
    """Return the condition that a notification says what a memo says.

    It is looked for among the memos of a record: by its key alone it takes long.
    """
    memo_id, told = (cast(one, String) for one in (Memo.id, notification.recipient_id))
    key = literal(f"{MENTION}:memo:").concat(memo_id).concat(":").concat(told)
    return and_(notification.event == MENTION, notification.dedupe_key == key)


def check_there(memo: Memo) -> None:
    """Raise ``WrongState`` for a memo that was removed."""
    if memo.removed_at:
        raise WrongState(_("The memo is removed: put it back first."))


def check_author(memo: Memo, by: Signature) -> None:
    """Raise ``NotPermitted`` unless it is one's own memo."""
    if memo.author_id != by.actor_id:
        raise NotPermitted(NOT_THEIRS)
