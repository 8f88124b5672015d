"""Of which tables the timeline of a record is made, and what it takes from each.

Moves, changed fields, mails and memos are tables of their own; here they are streams
of the same columns.  Files and payments are known by what the history keeps of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    literal_column,
    not_,
    null,
    or_,
    select,
    true,
)

from endi_like.models.contacts import CreditAccount, EntityLink
from endi_like.models.files import FIX, PRINTOUT, StoredFile
from endi_like.models.history import FieldChange, StatusLogEntry
from endi_like.models.mail import OutgoingMail
from endi_like.models.memos import Memo
from endi_like.models.payments import Payment
from endi_like.models.types import Instant
from endi_like.services.memos import readable

KINDS = ("moves", "changes", "memos", "mails", "files", "payments")
"""What the timeline holds, in the order in which it is offered."""

CHANGE, MOVE, MAIL, MEMO = 1, 2, 3, 4
"""The streams, in the order of what is done in one moment."""

ITS_OWN = (CreditAccount.__tablename__, StoredFile.__tablename__)
"""What the history of a node of many companies holds for each of them.

Other rows may be of one company too: they say so themselves.
"""

NAMES = ("users", "person_id", "manager_id", "primary_contact_id")
"""Fields of an entity that name others, whom not everybody may know of."""

NODE = bindparam("node", type_=Integer)
COMPANY = bindparam("company", type_=Integer)
EVERY = bindparam("every", type_=Boolean)
CAPTION = bindparam("caption", type_=String)
READER = bindparam("reader", type_=Integer)
TEXTS = ("what", "row", "field", "before", "after", "text")
FLAGS = ("private", "pinned", "removed")


def word(text: str) -> Any:
    """Return a word of ours as it stands in a statement, which is then the same."""
    return literal_column(f"'{text}'", String)


NOTHING: Mapping[str, Any] = {
    **dict.fromkeys(("part", "stream", "id"), literal_column("0", Integer)),
    "at": cast(null(), Instant),
    "actor_id": cast(null(), Integer),
    **dict.fromkeys(("kind", *TEXTS), word("")),
    **dict.fromkeys(FLAGS, false()),
    "changed_at": cast(null(), Instant),
    **dict.fromkeys(("told", "looked"), literal_column("0", Integer)),
}
"""The columns of the timeline, and what stands in those that a table does not have."""


@dataclass(frozen=True)
class Stream:
    """A table as part of the timeline: which rows, of what kinds, and what they say.

    ``together`` are the rows that are told as one where they are of one moment.
    """

    number: int
    table: Any
    at: Any
    actor: Any
    kinds: Mapping[str, ColumnElement[bool]]
    where: ColumnElement[bool]
    columns: Mapping[str, Any]
    together: Any = None
    there: ColumnElement[bool] = field(default_factory=true)

    @property
    def kind(self) -> Any:
        """Return the expression that names the kind of a row."""
        names = [word(kind) for kind in self.kinds]
        if len(names) == 1:
            return names[0]
        return case(*zip(self.kinds.values(), names, strict=True))

    def rows(self, kind: str | None, *columns: Any) -> Select[Any]:
        """Return the query of the rows of one kind, or of all kinds."""
        query = select(*columns).where(self.table.node_id == NODE, self.where)
        return query if kind is None else query.where(self.kinds[kind])


PAID = FieldChange.what == word(Payment.__tablename__)
FILED = FieldChange.what == word(StoredFile.__tablename__)
COMMON = and_(
    *(FieldChange.what != word(table) for table in ITS_OWN),
    FieldChange.company_id.is_(None),
)
NAMING = or_(
    FieldChange.what == word(EntityLink.__tablename__),
    *(FieldChange.field == word(name) for name in NAMES),
)
SAID_BEFORE = FieldChange.what == word(Memo.__tablename__)  # is shown beside the memo
PRINTED = StatusLogEntry.manager == word(PRINTOUT)

STREAMS = (
    Stream(
        CHANGE,
        FieldChange,
        FieldChange.at,
        FieldChange.actor_id,
        {"payments": PAID, "files": FILED, "changes": not_(or_(PAID, FILED))},
        and_(
            or_(
                and_(
                    or_(COMMON, FieldChange.company_id.is_not_distinct_from(COMPANY)),
                    not_(NAMING),
                ),
                EVERY,
            ),
            not_(SAID_BEFORE),
        ),
        {
            "what": FieldChange.what,
            "row": FieldChange.row,
            "field": FieldChange.field,
            "before": FieldChange.before,
            "after": FieldChange.after,
        },
        together=not_(or_(FILED, and_(PAID, FieldChange.field == word("")))),
    ),
    Stream(
        MOVE,
        StatusLogEntry,
        StatusLogEntry.at,
        StatusLogEntry.actor_id,
        {"files": PRINTED, "moves": not_(PRINTED)},
        StatusLogEntry.action != word(FIX),  # goes without saying
        {
            "what": StatusLogEntry.manager,
            "field": StatusLogEntry.action,
            "before": StatusLogEntry.old,
            "after": StatusLogEntry.new,
            "text": StatusLogEntry.comment,
        },
    ),
    Stream(
        MAIL,
        OutgoingMail,
        OutgoingMail.created_at,
        OutgoingMail.created_by_id,
        {"mails": true()},
        or_(
            OutgoingMail.company_id == COMPANY,
            and_(OutgoingMail.company_id.is_(None), word("") == CAPTION),
            EVERY,
        ),
        {
            "what": OutgoingMail.state,
            "row": OutgoingMail.recipient_name,
            "field": OutgoingMail.recipient,
            "after": OutgoingMail.subject,
            "text": OutgoingMail.error,
            "changed_at": OutgoingMail.sent_at,
        },
    ),
    Stream(
        MEMO,
        Memo,
        Memo.at,
        Memo.author_id,
        {"memos": true()},
        and_(
            or_(Memo.company_id.is_not_distinct_from(COMPANY), EVERY),
            readable(READER),
        ),
        {
            "row": Memo.author_name,
            "field": Memo.subject,
            "text": Memo.text,
            "private": Memo.private,
            "pinned": Memo.pinned,
            "changed_at": Memo.changed_at,
            "removed": Memo.removed_at.is_not(None),
        },
        there=Memo.removed_at.is_(None),
    ),
)
