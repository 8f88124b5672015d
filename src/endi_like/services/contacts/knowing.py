"""What somebody may know of the directory: entities with all their rows, and others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    func,
    select,
    union,
)
from sqlalchemy.orm import Session, joinedload, load_only, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from endi_like.models.contacts import (
    CreditAccount,
    Employment,
    Entity,
    EntityBankAccount,
    EntityLink,
    EntityUser,
)
from endi_like.models.people import User

PLAIN = ("other_names", "addresses", "elements")
"""Rows of an entity that lead nowhere else."""

ITS_USERS = (
    select(User)
    .join(EntityUser, EntityUser.user_id == User.id)
    .where(EntityUser.entity_id == bindparam("key"))
    .options(load_only(User.name, User.login))
    .order_by(User.id)
)


# Made once: to build them takes longer than to run them.
@cache
def parts() -> Mapping[str, Select[Any]]:
    """Return the query of each kind of rows of an entity, by what they are there."""
    return {
        **{name: rows(name) for name in PLAIN},
        "employments": rows("employments", joinedload(Employment.manager)),
        "bank_accounts": rows(
            "bank_accounts", joinedload(EntityBankAccount.approved_by)
        ),
        "people": rows("people", joinedload(EntityLink.person)),
        "users": ITS_USERS,
        "accounts": rows(
            "accounts",
            joinedload(CreditAccount.company),
            joinedload(CreditAccount.primary_contact),
            selectinload(CreditAccount.taxes),
        ),
    }


def rows(name: str, *options: Any) -> Select[Any]:
    """Return the query of the rows of a relation, in its order."""
    relation = getattr(Entity, name).property
    (pointing,) = relation.remote_side
    query = select(relation.mapper.class_).where(pointing == bindparam("key"))
    return query.options(*options).order_by(*relation.order_by)


def read_whole(db: Session, entity: Entity) -> None:
    """Read every row of an entity: as many statements as there are kinds of rows."""
    for name, query in parts().items():
        found = db.scalars(query, {"key": entity.id}).all()
        set_committed_value(entity, name, found)


def named_by(entity: Entity) -> list[int]:
    """Return the ids of those whom an entity names: people, managers, contacts."""
    found = [
        *(one.person_id for one in entity.people),
        *(one.manager_id for one in entity.employments),
        *(one.primary_contact_id for one in entity.accounts),
    ]
    return [one for one in found if one is not None]


def known(
    db: Session, scope: ColumnElement[bool], keys: Iterable[int]
) -> frozenset[int]:
    """Return which entities of some ids the user may know of."""
    wanted = set(keys)
    if not wanted:
        return frozenset()
    return frozenset(db.scalars(select(Entity.id).where(scope, Entity.id.in_(wanted))))


def belongs_to(
    db: Session, scope: ColumnElement[bool], entity: Entity
) -> Sequence[EntityLink]:
    """Return where a person belongs: companies and households the user may know of."""
    query = (
        select(EntityLink)
        .join(EntityLink.organisation)
        .where(EntityLink.person_id == entity.id, scope, Entity.deleted_at.is_(None))
        .options(joinedload(EntityLink.organisation))
        .order_by(Entity.sort_name, EntityLink.id)
    )
    return db.scalars(query).all()


def places_of(db: Session, person_id: int) -> Sequence[EntityLink]:
    """Return where a person belongs, whoever may know of it."""
    query = select(EntityLink).where(EntityLink.person_id == person_id)
    return db.scalars(query.order_by(EntityLink.id)).all()


def naming(person_id: int) -> CompoundSelect[Any]:
    """Return the query of the entities that name somebody in some row of theirs."""
    queries = (
        select(column).where(pointing == person_id)
        for column, pointing in (
            (EntityLink.organisation_id, EntityLink.person_id),
            (Employment.entity_id, Employment.manager_id),
            (CreditAccount.entity_id, CreditAccount.primary_contact_id),
        )
    )
    return union(*queries)


def taken_users(db: Session, keys: Iterable[int], but: int | None) -> list[int]:
    """Return which users are somebody else in the directory already."""
    query = select(EntityUser.user_id).where(
        EntityUser.user_id.in_(set(keys)), EntityUser.entity_id != func.coalesce(but, 0)
    )
    return list(db.scalars(query))


def names_of_named(entity: Entity, known: frozenset[int]) -> dict[int, str]:
    """Return how those are called whom an entity names, as far as they are known."""
    found = [
        *(one.person for one in entity.people),
        *(one.manager for one in entity.employments),
        *(one.primary_contact for one in entity.accounts),
    ]
    return {one.id: one.name for one in found if one and one.id in known}
