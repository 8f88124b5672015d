"""Texts are found by how their words begin, by an index where there is one."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text, true

from endi_like.db import Base, make_engine
from endi_like.grids.sales import InvoiceGrid
from endi_like.models import searching
from endi_like.models.sales import Task
from endi_like.services import choices
from tests.conftest import own_database
from tests.factories import TODAY, make_customer, make_invoice

FOUND = """
toit            toit
TOÎT            toit
to              toit
oit             -
toit neuf       toit
neuf toit       toit
neuf porte      -
porte           porte
100             porte
d'éon           porte
eon d           porte
%               toit,porte
_oit            -
toit%           toit
'               toit,porte
"""
ROWS = [line.split("  ", 1) for line in FOUND.strip().splitlines()]


@pytest.fixture
def grid():
    return InvoiceGrid(true(), TODAY)


@pytest.mark.parametrize(("typed", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_every_word_typed_begins_a_word(db, grid, typed, expected):
    for name in ("Toît neuf", "Porte d'Éon 100%"):
        customer = make_customer(db, name="Qui", place={"city": "Ici"})
        invoice = make_invoice(db, customer, name=name)
        customer.search_key = invoice.search_key
    db.flush()
    names = {"Toît neuf": "toit", "Porte d'Éon 100%": "porte"}

    listed = grid.every(db, {"q": typed, "sort": "date"})
    rows = [names[row.under[3]] for row in listed]
    found = choices.customers(db, true(), typed)

    assert rows == [name for name in expected.strip().split(",") if name != "-"]
    assert len(found) == len(rows)


@pytest.fixture
def postgresql(postgres_url):
    """Return an empty PostgreSQL database that nobody else uses."""
    engine = make_engine(own_database(postgres_url, "searching"))
    yield engine
    engine.dispose()


def test_a_rare_word_is_found_by_the_index(postgresql):
    Base.metadata.create_all(postgresql)
    column = Task.__table__.c.search_key
    query = select(column).where(*searching.holding(column, "Élan neuf"))
    with postgresql.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        written = query.compile(postgresql, compile_kwargs={"literal_binds": True})
        plan = connection.exec_driver_sql(f"EXPLAIN {written}").scalars().all()

    assert "search_task" in "\n".join(plan)
    assert "~~ '% elan%'" in "\n".join(plan)


def test_who_may_not_make_the_extension_goes_without(postgresql):
    with postgresql.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE searching_without")
        connection.exec_driver_sql("SET LOCAL ROLE searching_without")
        asking = (one for one in searching.statements("postgresql") if "DO" in one[:2])
        for statement in asking:
            connection.exec_driver_sql(statement)
        found = text("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
        assert connection.scalar(found) == 0
