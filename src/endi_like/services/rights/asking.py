"""Asking the tables: whether somebody may, on which rows, and who those are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from endi_like.models.people import Membership, User
from endi_like.permissions import Permission
from endi_like.principals import Identity
from endi_like.services.rights.holders import Grants
from endi_like.services.rights.tables import Record
from endi_like.services.sessions import RIGHTS, WHO, identity_of


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
        one.principal(node) in names for one, held in grants if permission in held
    )


def rows(
    model: Any, grants: Grants, identity: Identity, permission: Permission
) -> ColumnElement[bool]:
    """Return the condition that somebody holds a permission on a row."""
    holders = (one for one, held in grants.items() if permission in held)
    return or_(false(), *(holder.rows(model, identity) for holder in holders))


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
    mine = aliased(Membership)
    ours = exists().where(mine.user_id == User.id, mine.company_id == company_id)
    has_role = User.roles != frozenset()
    return list(identities(db, has_role if company_id is None else or_(has_role, ours)))


def identity_by_id(db: Session, user_id: int) -> Identity | None:
    """Return a user as who they are, unless they are not active any more."""
    return next(identities(db, User.id == user_id), None)


def identities(db: Session, condition: ColumnElement[bool]) -> Iterator[Identity]:
    """Yield the active users of a condition, with all their rights, in one query."""
    query = (
        select(User.id, *WHO, *RIGHTS)
        .outerjoin(Membership, Membership.user_id == User.id)
        .where(User.active, condition)
        .order_by(User.id)
    )
    for _user_id, lines in groupby(db.execute(query), lambda row: row[0]):
        yield identity_of(lines)
