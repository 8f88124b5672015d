"""What journeys share: databases that many processes open, and the processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.orm import Session

from endi_like.models.catalogue import CatalogueItem
from endi_like.models.contacts import CreditAccount
from endi_like.models.people import Company, User
from endi_like.models.projects import Business, Project
from tests.conftest import own_database
from tests.factories import (
    make_business,
    make_company,
    make_customer,
    make_item,
    make_member,
    make_project,
)
from tests.processes import Crowd, Place, lay_out

PROCESSES = 8


@pytest.fixture
def company(db: Session) -> Company:
    """Return a company; where its name counts, the tests say which."""
    return make_company(db)


@pytest.fixture
def customer(db: Session, company: Company) -> CreditAccount:
    """Return a customer of that company."""
    return make_customer(db, company, name="Ville de Rennes")


@pytest.fixture
def author(db: Session, company: Company) -> User:
    """Return a member of that company."""
    return make_member(db, company, name="Claire Delmas")


@pytest.fixture
def member(author: User, login: Callable[[User], Any]) -> Any:
    """Return the author's browser."""
    return login(author)


@pytest.fixture
def project(db: Session, company: Company) -> Project:
    """Return a project of the company."""
    return make_project(db, company)


@pytest.fixture
def business(db: Session, company: Company) -> Business:
    """Return a business of the company."""
    return make_business(db, company)


@pytest.fixture
def item(db: Session, company: Company) -> CatalogueItem:
    """Return something of the company's catalogue."""
    return make_item(db, company)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def empty_place(request: Any, tmp_path_factory: Any) -> Place:
    """Return a place on either database, without tables, for the tests of a module."""
    name = request.module.__name__.rpartition(".")[2]
    folder = tmp_path_factory.mktemp(name)
    if request.param == "sqlite":
        return Place(f"sqlite:///{folder}/endi.db", folder)
    url = own_database(request.getfixturevalue("postgres_url"), name)
    return Place(url, folder)


@pytest.fixture(scope="module")
def place(empty_place: Place) -> Place:
    """Return a place on either database, laid out for the tests of a module."""
    return lay_out(empty_place)


@pytest.fixture(scope="session")
def crowd() -> Iterator[Crowd]:
    """Return eight processes that press buttons at once."""
    found = Crowd(PROCESSES)
    yield found
    found.pool.shutdown(cancel_futures=True)
