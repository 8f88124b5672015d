"""What a search-as-you-type field is answered: a few records, each with a hint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from endi_like.models.catalogue import CatalogueItem, Category
from endi_like.models.contacts import Customer, Entity
from endi_like.models.estimations import Estimation
from endi_like.models.people import Company, User
from endi_like.models.projects import Business, Project
from endi_like.models.sales import CancelInvoice, Invoice
from endi_like.services import choices
from endi_like.services.choices import MOST_FOUND, company_asked

Asked: TypeAlias = Mapping[str, str]
Found: TypeAlias = list[tuple[Any, str]]
Finder: TypeAlias = Callable[[Session, ColumnElement[bool], str, Asked], Found]


def customers(
    db: Session, scope: ColumnElement[bool], typed: str, asked: Asked
) -> Found:
    """Return customers, with the town of each."""
    rows = choices.customers(db, scope, typed, company_asked(asked))
    return [(row, row.entity.city) for row in rows]


def projects(
    db: Session, scope: ColumnElement[bool], typed: str, asked: Asked
) -> Found:
    """Return projects, with the company of each; only open ones, if that is asked."""
    if asked.get("open") == "1":
        scope = choices.open_projects(scope)
    rows = choices.kept_together(db, Project, scope, typed, company_asked(asked))
    return [(row, row.company.name) for row in rows]


def businesses(
    db: Session, scope: ColumnElement[bool], typed: str, asked: Asked
) -> Found:
    """Return businesses, with the company of each."""
    rows = choices.kept_together(db, Business, scope, typed, company_asked(asked))
    return [(row, row.company.name) for row in rows]


def catalogue(
    db: Session, scope: ColumnElement[bool], typed: str, asked: Asked
) -> Found:
    """Return things of the catalogue, with the category of each."""
    rows = choices.catalogue(db, scope, typed, asked)
    return [(row, row.category.label if row.category else "") for row in rows]


def documents_of(model: Any) -> Finder:
    """Return how documents of a kind are found, with the number of each."""

    def documents(
        db: Session, scope: ColumnElement[bool], typed: str, _asked: Asked
    ) -> Found:
        rows = choices.documents(db, model, scope, typed)
        return [(row, row.official_number) for row in rows]

    return documents


def categories(
    db: Session, scope: ColumnElement[bool], typed: str, asked: Asked
) -> Found:
    """Return categories, with the company of each."""
    rows = choices.categories(db, scope, typed, company_asked(asked))
    return [(row, row.company.name) for row in rows]


def entities(
    db: Session, scope: ColumnElement[bool], typed: str, _asked: Asked
) -> Found:
    """Return contacts, with the town of each."""
    return [(row, row.city) for row in choices.entities(db, scope, typed)]


def companies(
    db: Session, scope: ColumnElement[bool], typed: str, _asked: Asked
) -> Found:
    """Return companies, with the code of each."""
    rows = choices.companies(db, scope)
    found = [row for row in rows if choices.matches(row.name, typed)]
    return [(row, row.code) for row in found[:MOST_FOUND]]


def users(db: Session, scope: ColumnElement[bool], typed: str, _asked: Asked) -> Found:
    """Return users, with the login of each."""
    rows = choices.users(db, scope)
    found = [row for row in rows if choices.is_meant(row, typed)]
    return [(row, row.login) for row in found[:MOST_FOUND]]


FINDERS: Mapping[Any, Finder] = {
    Customer: customers,
    Project: projects,
    Business: businesses,
    CatalogueItem: catalogue,
    Category: categories,
    Entity: entities,
    Company: companies,
    User: users,
    **{one: documents_of(one) for one in (Invoice, Estimation, CancelInvoice)},
}


def found(
    db: Session, model: Any, scope: ColumnElement[bool], typed: str, asked: Asked
) -> Found:
    """Return the first records of a kind the words find; of others nothing is."""
    finder = FINDERS.get(model)
    return finder(db, scope, typed, asked) if finder else []
