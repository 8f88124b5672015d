"""Asking the tables: whether somebody may, on which rows, and who those are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from endi_like.models.people import Membership, User
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services.beside import Place
from endi_like.services.rights.holders import Grants
from endi_like.services.rights.tables import Record
from endi_like.services.session_rows import RIGHTS, WHO
from endi_like.services.sessions import identity_of

# Made once: to build them takes longer than to run them.
MINE = aliased(Membership)
HAS_ROLE = User.roles != frozenset()
PEOPLE: Any = (
    select(User.id, *WHO, *RIGHTS)
    .outerjoin(Membership, Membership.user_id == User.id)
    .where(User.active)
    .order_by(User.id)
)
WITH_ROLES = PEOPLE.where(HAS_ROLE)
INSIDERS = PEOPLE.where(
    HAS_ROLE
    | exists().where(
        MINE.user_id == User.id, MINE.company_id == bindparam("company_id")
    )
)
BY_ID = PEOPLE.where(User.id == bindparam("user_id"))
BY_LOGIN = PEOPLE.where(User.login.in_(bindparam("logins", expanding=True)))


def holds(
    identity: Identity, permission: Permission, record: Record, node: Any
) -> bool:
    """Tell whether somebody holds a permission on a record, whatever its state.

    To view depends on no state; what else the page of a record may withhold for its
    state is not asked here.
    """
    names = set(identity.principals(record.weight(node)))
    grants = record.grants.items()
    return any(
        not names.isdisjoint(one.principals(node))
        for one, held in grants
        if permission in held
    )


def rows(
    model: Any, grants: Grants, identity: Identity, permission: Permission
) -> ColumnElement[bool]:
    """Return the condition that somebody holds a permission on a row."""
    holders = (one for one, held in grants.items() if permission in held)
    return or_(false(), *(holder.rows(model, identity) for holder in holders))


def companies_of(
    grants: Grants, identity: Identity, permission: Permission
) -> tuple[int, ...] | None:
    """Return in whose records somebody holds a permission; ``None`` for all."""
    held_by = (one for one, held in grants.items() if permission in held)
    found = [holder.companies(identity) for holder in held_by]
    ids = [some for some in found if some is not None]
    return None if len(ids) < len(found) else tuple(sorted(set().union(*ids)))


def place_of(identity: Identity, record: Record, node: Any) -> Place | None:
    """Return where memos and files of a record are for somebody, if it has any.

    ``node`` is the record, or its class: then the place is made of columns.
    """
    if record.place is None:
        return None
    return record.place(node, companies_of(record.grants, identity, Permission.VIEW))


def holds_somewhere(identity: Identity, permission: Permission, grants: Grants) -> bool:
    """Tell whether somebody may hold a permission on some record."""
    names = set(identity.principals())
    return any(
        one.anywhere() in names for one, held in grants.items() if permission in held
    )


def insiders(db: Session, company_id: int | None) -> list[Identity]:
    """Return who may have rights in a company: its members, and who has a role.

    Whoever is not active any more has none.
    """
    if company_id is None:
        return list(identities(db, WITH_ROLES))
    return list(identities(db, INSIDERS, company_id=company_id))


def identity_by_id(db: Session, user_id: int) -> Identity | None:
    """Return a user as who they are, unless they are not active any more."""
    return next(identities(db, BY_ID, user_id=user_id), None)


def identities(db: Session, query: Select[Any], **values: Any) -> Iterator[Identity]:
    """Yield the users of a query made of ``PEOPLE``, with all their rights."""
    lines = db.connection().execute(query, values)
    for _user_id, mine in groupby(lines, lambda row: row[0]):
        yield identity_of(mine)
