"""What is told of users, companies, the organisation and the options: who changed what.

These are no nodes.  A class that names its fields as ``administered`` has each change
of them written down in the same transaction, whoever writes.  A membership is told on
the page of its user and on that of its company; of a password only that it is another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

from sqlalchemy import Row, insert, inspect, select
from sqlalchemy.orm import Session

from endi_like.models.administration import AdministrationChange
from endi_like.models.people import Company, Membership, User
from endi_like.services.written import changes_of, shown

Told: TypeAlias = dict[str, Any]
Rows: TypeAlias = Sequence[Row[tuple[Any, ...]]]

MEMBERSHIP = "membership"
PASSWORD = "password"  # noqa: S105  # the name of a field
LONGEST_ROW = 80
LAST = 50
UNSAID = (None, "", "0", "False")
"""What is left out of what somebody wrote when they made something."""

GATHERED = "administered"
"""Where a session keeps what its flush changes, until the ids of new rows are known."""


def before_flush(session: Session, _context: Any, _instances: Any) -> None:
    """Gather what a flush changes or removes: now it is known what was stored."""
    if "clock" in session.info:
        with session.no_autoflush:
            session.info[GATHERED] = list(chain(changed(session), removed(session)))


def after_flush(session: Session, _context: Any) -> None:
    """Write it down, with what the flush has made."""
    if "clock" not in session.info:
        return
    with session.no_autoflush:
        found = [*session.info.pop(GATHERED, ()), *made(session)]
        if not found:
            return
        said = {"actor_id": session.info["author"](), "at": session.info["clock"]()}
        rows = [said | one for one in found]
        session.connection().execute(insert(AdministrationChange), rows)


def is_administered(row: Any) -> bool:
    """Tell whether it is told what happens to a row."""
    return hasattr(row, "administered")


def changed(session: Session) -> Iterator[Told]:
    """Yield each field that a flush changes."""
    for row in filter(is_administered, session.dirty):
        if session.is_modified(row):
            for name, before, after in changes_of(row, row.administered):
                yield from told(session, row, name, before, after)
            if has_new_password(row):
                yield from told(session, row, PASSWORD)


def has_new_password(row: Any) -> bool:
    """Tell whether somebody gave a user a password; to hash the same anew is none."""
    if not isinstance(row, User):
        return False
    state: Any = inspect(row)
    if state.attrs.password_changed_at.load_history().deleted:
        return True
    first = state.attrs.password_hash.load_history()
    return bool(row.password_hash and first.deleted and not first.deleted[0])


def removed(session: Session) -> Iterator[Told]:
    """Yield what a flush takes away, also what is only taken out of a list."""
    gone = {row: None for row in session.deleted if is_administered(row)}
    for row in session.dirty:
        if isinstance(row, User | Company):
            state: Any = inspect(row)
            left = state.attrs.memberships.history.deleted or ()
            gone |= {one: None for one in left if inspect(one).persistent}
    for row in gone:
        yield from told_whole(session, row, "before")


def made(session: Session) -> Iterator[Told]:
    """Yield what a flush has made, and all that it says."""
    for row in filter(is_administered, session.new):
        yield from told_whole(session, row, "after")
        for name in row.administered:
            value = shown(row, name, getattr(row, name))
            if value not in UNSAID:
                yield from told(session, row, name, after=value)
        if isinstance(row, User) and row.password_hash:
            yield from told(session, row, PASSWORD)


def told(
    session: Session,
    row: Any,
    field: str,
    before: str | None = None,
    after: str | None = None,
) -> Iterator[Told]:
    """Yield a change as it is told, on each page it is told on."""
    if isinstance(row, Membership):
        user, company = sides(session, row)
        yield line(user, company.title, field, before, after)
        yield line(company, user.title, field, before, after)
    else:
        yield line(row, row.title, field, before, after)


def told_whole(session: Session, row: Any, side: str) -> Iterator[Told]:
    """Yield that something came or went: its title is ``after`` or ``before``."""
    if isinstance(row, Membership):
        user, company = sides(session, row)
        yield line(user, company.title, MEMBERSHIP, **{side: company.title})
        yield line(company, user.title, MEMBERSHIP, **{side: user.title})
    else:
        yield line(row, row.title, "", **{side: row.title})


def sides(session: Session, row: Membership) -> tuple[User, Company]:
    """Return whose membership it is, and of what; also of one just taken out."""
    known = inspect(row).dict
    user = known.get("user") or session.get_one(User, row.user_id)
    return user, known.get("company") or session.get_one(Company, row.company_id)


def line(
    row: Any,
    caption: str,
    field: str,
    before: str | None = None,
    after: str | None = None,
) -> Told:
    """Return the columns of an ``AdministrationChange``."""
    return {
        "what": row.__tablename__,
        "row_id": row.id,
        "row": caption[:LONGEST_ROW],
        "field": field,
        "before": before,
        "after": after,
    }


def read(db: Session, row: Any, most: int = LAST) -> Rows:
    """Return what was changed last of a row, the newest first, with by whom."""
    kept = AdministrationChange
    query: Any = (
        select(
            *(kept.at, kept.actor_id, kept.row, kept.field, kept.before, kept.after),
            User.name.label("who"),
        )
        .join(User, User.id == kept.actor_id, isouter=True)
        .where(kept.what == row.__tablename__, kept.row_id == row.id)
        .order_by(kept.at.desc(), kept.id.desc())
        .limit(most)
    )
    return list(db.execute(query))
