"""Nonsense in an address is no filter and no page, and never an error."""

from __future__ import annotations

import base64
import json

import pytest

from endi_like.grids.sales import InvoiceGrid
from tests.factories import TODAY, make_company, make_invoice, make_member, make_user

CURSORS = [
    [0, 1],
    ["2026-01-01", 10**30],
    ["2026-01-01", -1],
    ["0001-13-99", 3],
    ["NaN", 3],
    ["1e30", 3],
    ["0.0000001", 3],
    ["\u0000", 3],
    ["\ud800", 3],
    [None, None],
    {},
]
SORTS = ["date", "-number", "ttc", "-customer"]


def cursor(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@pytest.mark.parametrize("sort", SORTS)
def test_a_cursor_that_is_none_leads_nowhere_bad(db, sort):
    make_invoice(db)
    grid = InvoiceGrid(InvoiceGrid.model.id > 0, TODAY)
    for value in CURSORS:
        for name in ("after", "before"):
            page = grid.run(db, {"sort": sort, name: cursor(value)})
            assert page.count == 1


def test_a_filter_on_an_impossible_record_is_none(db, login):
    make_invoice(db)
    manager = login(make_user(db, roles=["manager"]))
    for key in ("999999999999999", "-1", "x", "1" * 30):
        assert "2026" in manager.get(f"/invoices/?company={key}&customer={key}")


def test_members_are_not_offered_a_filter_they_may_not_list(db, login):
    manager = login(make_user(db, roles=["manager"]))
    assert 'name="company"' in manager.get("/invoices/")
    member = login(make_member(db, make_company(db)))
    assert 'name="company"' not in member.get("/invoices/")
