"""What forms offer: the options in use, and the records that are found by typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session, joinedload

from endi_like.models.catalogue import CatalogueItem, Category, worded
from endi_like.models.contacts import Customer, Entity
from endi_like.models.people import Company, User
from endi_like.models.projects import Business, Phase, Project
from endi_like.models.searching import holding
from endi_like.text import shadow, words

MOST_FOUND = 20
MOST_KINDS = 5
KEPT_QUERIES = 200


def options(db: Session, model: Any, *, keep: Sequence[int | None] = ()) -> list[Any]:
    """Return the options of a kind that are offered, and those used already."""
    kept = [key for key in keep if key is not None]
    return list(db.scalars(options_query(model), {"kept": kept}))


@cache
def options_query(model: Any) -> Select[Any]:
    """Return the query of the options of a kind: made once, as it is asked all day."""
    kept = model.id.in_(bindparam("kept", expanding=True))
    query = select(model).where(or_(model.active, kept))
    return query.order_by(model.position, model.sort_label, model.id)


def preset(found: Sequence[Any]) -> int | None:
    """Return the id of the option a new document starts with."""
    return next((one.id for one in found if one.default), None)


def companies(db: Session, *conditions: ColumnElement[bool]) -> list[Company]:
    """Return the active companies that meet the conditions, by name."""
    query = select(Company).where(Company.active, *conditions)
    return list(db.scalars(query.order_by(Company.sort_name, Company.id)))


def companies_of(db: Session, ids: Sequence[int] | None) -> list[Company]:
    """Return the active companies of the ids, or all for ``None``, by name."""
    return companies(db, *([] if ids is None else [Company.id.in_(ids)]))


def title(
    db: Session, model: Any, key: int, known: Sequence[ColumnElement[bool]]
) -> str | None:
    """Return what a record is called, if one of the conditions lets it be known."""
    query = select(model).where(model.id == key, or_(*known))
    row = db.scalars(query).unique().one_or_none()
    return None if row is None else row.title


def customers(
    db: Session, scope: ColumnElement[bool], typed: str, company_id: int | None = None
) -> list[Customer]:
    """Return the first customers whose name, number or town hold all words typed."""
    query = (
        select(Customer)
        .where(scope, Customer.active)
        .options(joinedload(Customer.entity), joinedload(Customer.company))
    )
    if company_id is not None:
        query = query.where(Customer.company_id == company_id)
    query = query.where(*holding(Customer.search_key, typed))
    query = query.order_by(Customer.sort_name, Customer.id)
    return list(db.scalars(query.limit(MOST_FOUND)))


def customer(
    db: Session, scope: ColumnElement[bool], key: int, *, keep: int | None = None
) -> Customer | None:
    """Return a customer the user may choose, or nothing.

    One that is not in use any more is chosen only where it is kept.
    """
    query = customer_query(scope, in_use=key != keep)
    return db.scalars(query, {"key": key}).one_or_none()


@lru_cache(KEPT_QUERIES)
def customer_query(scope: ColumnElement[bool], *, in_use: bool) -> Select[Customer]:
    """Return the query of one customer, kept by what the user may choose from."""
    query = (
        select(Customer)
        .where(scope, Customer.id == bindparam("key"))
        .options(joinedload(Customer.entity))
    )
    return query.where(Customer.active) if in_use else query


def company_asked(asked: Mapping[str, str]) -> int | None:
    """Return the company among whose records is searched; nothing for nonsense."""
    company = asked.get("company", "")
    return int(company) if company.isdecimal() and len(company) < 10 else None


def kept_together(
    db: Session,
    model: type[Project | Business],
    scope: ColumnElement[bool],
    typed: str,
    company_id: int | None = None,
) -> list[Any]:
    """Return the first projects or businesses whose code or name hold all words."""
    query = select(model).where(scope, model.deleted_at.is_(None))
    if company_id is not None:
        query = query.where(model.company_id == company_id)
    query = query.where(*holding(model.search_key, typed))
    query = query.options(joinedload(model.company))
    query = query.order_by(model.sort_name, model.id)
    return list(db.scalars(query.limit(MOST_FOUND)))


def open_projects(
    scope: ColumnElement[bool], company_id: int | None = None
) -> ColumnElement[bool]:
    """Return the condition on projects something new may be written for."""
    there = (Project.archive_status == "open", Project.deleted_at.is_(None))
    own = () if company_id is None else (Project.company_id == company_id,)
    return and_(scope, *there, *own)


def open_project(db: Session, scope: ColumnElement[bool], key: int) -> Project | None:
    """Return a project something new may be written for, or nothing."""
    query = select(Project).where(open_projects(scope), Project.id == key)
    return db.scalars(query).one_or_none()


def offered(
    scope: ColumnElement[bool], company_id: int | None = None, *kinds: str
) -> ColumnElement[bool]:
    """Return the condition on what of the catalogue documents may load."""
    item = CatalogueItem
    there = (item.offer_status == "offered", item.deleted_at.is_(None))
    own = () if company_id is None else (item.company_id == company_id,)
    kind = (item.kind.in_(kinds),) if kinds else ()
    return and_(scope, *there, *own, *kind)


def catalogue(
    db: Session, scope: ColumnElement[bool], typed: str, asked: Mapping[str, str]
) -> list[CatalogueItem]:
    """Return the first things of the catalogue that hold all words typed.

    ``asked`` may say of which company, and of which kinds; all that is offered, if
    ``open`` is 1.
    """
    kinds = tuple(one for one in asked.get("kinds", "").split(",") if one)[:MOST_KINDS]
    company_id = company_asked(asked)
    if asked.get("open") == "1":
        scope = offered(scope, company_id, *kinds)
    elif company_id is not None:
        scope = and_(scope, CatalogueItem.company_id == company_id)
    query = select(CatalogueItem).where(scope, CatalogueItem.deleted_at.is_(None))
    query = query.options(joinedload(CatalogueItem.category)).where(*worded(typed))
    query = query.order_by(CatalogueItem.sort_name, CatalogueItem.id)
    return list(db.scalars(query.limit(MOST_FOUND)))


def written(model: Any) -> ColumnElement[bool]:
    """Return the condition on documents that have their number, and a paper."""
    return and_(model.validation_status == "valid", model.deleted_at.is_(None))


def documents(
    db: Session, model: Any, scope: ColumnElement[bool], typed: str
) -> list[Any]:
    """Return the latest documents with a number that hold all words typed."""
    query = select(model).where(scope, written(model))
    query = query.where(*holding(model.search_key, typed))
    query = query.order_by(model.date.desc(), model.id.desc())
    return list(db.scalars(query.limit(MOST_FOUND)))


def categories(
    db: Session, scope: ColumnElement[bool], typed: str, company_id: int | None = None
) -> list[Category]:
    """Return the first categories whose label holds all words typed."""
    query = select(Category).where(scope, *holding(Category.search_key, typed))
    if company_id is not None:
        query = query.where(Category.company_id == company_id)
    query = query.options(joinedload(Category.company))
    query = query.order_by(Category.sort_label, Category.id)
    return list(db.scalars(query.limit(MOST_FOUND)))


def phases(
    db: Session, scope: ColumnElement[bool], typed: str, project_id: int
) -> list[Phase]:
    """Return the phases of a project the user may view that hold the words typed."""
    query = select(Phase).join(Phase.project)
    query = query.where(open_projects(scope), Phase.project_id == project_id)
    rows = db.scalars(query.order_by(Phase.position, Phase.id))
    return [row for row in rows if matches(row.name, typed)][:MOST_FOUND]


def phase(db: Session, scope: ColumnElement[bool], key: int) -> Phase | None:
    """Return a phase of a project something new may be written for, or nothing."""
    query = select(Phase).join(Phase.project)
    query = query.where(open_projects(scope), Phase.id == key)
    return db.scalars(query).one_or_none()


def entities(db: Session, scope: ColumnElement[bool], typed: str) -> list[Entity]:
    """Return the first entities found by words of their names, or by control code."""
    meant = Entity.code_key.startswith(typed.strip().casefold(), autoescape=True)
    if named := holding(Entity.names_key, typed):
        meant = or_(meant, and_(*named))
    query = select(Entity).where(scope, Entity.deleted_at.is_(None), meant)
    query = query.order_by(Entity.sort_name, Entity.id)
    return list(db.scalars(query.limit(MOST_FOUND)))


def users(db: Session, *conditions: ColumnElement[bool]) -> list[User]:
    """Return the users who may log in and meet the conditions, by name."""
    query = select(User).where(User.active, *conditions)
    return list(db.scalars(query.order_by(User.name, User.id)))


def is_meant(user: User, typed: str) -> bool:
    """Tell whether the words typed find a user, by name, login or address."""
    return matches(f"{user.name} {user.login} {user.email}", typed)


def matches(text: str, typed: str) -> bool:
    """Tell whether each word typed begins a word of the text."""
    searched = shadow(text)
    return all(f" {word}" in searched for word in words(typed))
