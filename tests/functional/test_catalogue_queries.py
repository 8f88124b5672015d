"""How often the pages of the catalogue ask the database, and by which ways."""

from decimal import Decimal

import pytest

from tests.factories import make_category, make_company, make_item
from tests.functional.test_query_counts import (
    FEW,
    MANY,
    counting,
    measured,
    same,
    whisper,
)
from tests.functional.test_query_plans import manager, read_through

__all__ = ["counting", "manager", "read_through"]


def rich_item(db, size):
    """A group of so many lines, each of a product of another category."""
    company = make_company(db)
    parts = []
    for _ in range(size):
        board = make_item(db, company, category=make_category(db, company))
        work = make_item(db, company, parts=[{"part": board}])
        parts += [{"part": board}, {"part": work, "quantity": Decimal(2)}]
    group = make_item(db, company, kind="group", parts=parts)
    whisper(db, group, size)
    return group.id


PLACES = {"": 12, "edit": 8}


@pytest.mark.parametrize("page", PLACES)
def test_a_group_asks_as_often_for_many_lines_as_for_few(page, db, manager, counting):
    found = []
    for size in (FEW, MANY):
        address = f"/catalogue/{rich_item(db, size)}/{page}"
        db.expire_all()
        found.append(measured(counting, lambda path=address: manager.get(path)))
    same(*found)
    assert len(found[0]) <= PLACES[page], "\n".join(found[0].statements)


LISTS = (
    "/catalogue/",
    "/catalogue/?q=boa",
    "/catalogue/export.csv",
    "/catalogue/find?q=boa&open=1",
    "/categories/",
    "/categories/find?q=cat",
)


@pytest.mark.parametrize("path", LISTS)
def test_the_catalogue_is_listed_by_as_much_for_many_as_for_few(
    path, db, manager, counting
):
    rich_item(db, FEW)
    few = measured(counting, lambda: manager.get(path))
    rich_item(db, 4 * FEW)
    same(few, measured(counting, lambda: manager.get(path)))
    assert len(few) <= 3, "\n".join(few.statements)


def test_the_catalogue_finds_its_rows_by_an_index(db, manager, read_through):
    key = rich_item(db, FEW)
    read_through.clear()
    for page in ("", "edit"):
        manager.get(f"/catalogue/{key}/{page}")
    manager.get("/catalogue/")
    manager.get("/categories/")
    assert not read_through
