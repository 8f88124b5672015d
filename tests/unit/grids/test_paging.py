"""Paging by key: the pages put together are the whole list, in every order."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import true, update

from endi_like.grids.options import GRIDS as OPTION_GRIDS
from endi_like.grids.page import COUNTED
from endi_like.grids.sales import InvoiceGrid
from endi_like.models.sales import Invoice, Task
from tests.factories import TODAY, make_company, make_customer, make_invoice

ROWS = 13
DAYS = [date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20)]
AMOUNTS = [Decimal("-1"), Decimal("0"), Decimal("0.00001"), Decimal("99.5")]
SORTS = ["date", "number", "customer", "ht", "ttc", "to_pay", "nonsense"]


class Small(InvoiceGrid):
    """The list of invoices, a few at a time."""


@pytest.fixture
def invoices(db):
    companies = [make_company(db, name=name) for name in ("Same", "Same", "Été")]
    customers = [make_customer(db, company) for company in companies]
    return [make_invoice(db, customers[n % 3], lines=["10"]) for n in range(ROWS)]


def grid(size=80):
    found = Small(true(), TODAY)
    found.size = size
    return found


def walked(db, found, params):
    """Return all pages, from the first to the last."""
    page = found.run(db, params)
    pages = [page]
    while page.after:
        page = found.run(db, {**params, "after": page.after})
        pages.append(page)
        assert len(pages) < 50
    return pages


def ids(pages):
    return [row.id for page in pages for row in page.rows]


@settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    days=st.lists(st.sampled_from(DAYS), min_size=ROWS, max_size=ROWS),
    amounts=st.lists(st.sampled_from(AMOUNTS), min_size=ROWS, max_size=ROWS),
    sort=st.sampled_from(SORTS),
    downwards=st.booleans(),
    size=st.integers(1, ROWS + 2),
)
def test_the_pages_are_the_whole_list_forwards_and_backwards(
    db, invoices, days, amounts, sort, downwards, size
):
    for invoice, day, amount in zip(invoices, days, amounts, strict=True):
        db.execute(
            update(Task.__table__)
            .where(Task.__table__.c.id == invoice.id)
            .values(date=day, ht=amount, ttc=amount, number_key=str(amount))
        )
    params = {"sort": f"-{sort}" if downwards else sort}
    whole = ids([grid().run(db, params)])

    pages = walked(db, grid(size), params)

    assert sorted(whole) == sorted(invoice.id for invoice in invoices)
    assert ids(pages) == whole
    assert [len(page.rows) for page in pages[:-1]] == [size] * (len(pages) - 1)
    page, seen = pages[-1], [pages[-1]]
    while page.before:
        page = grid(size).run(db, {**params, "before": page.before})
        seen.insert(0, page)
    assert ids(seen) == whole


def test_the_first_page_has_none_before_it_and_the_last_none_after(db, invoices):
    pages = walked(db, grid(5), {})

    assert [(bool(page.before), bool(page.after)) for page in pages] == [
        (False, True),
        (True, True),
        (True, False),
    ]


def test_a_row_that_comes_in_between_is_neither_shown_twice_nor_skips_one(db, invoices):
    first = grid(5).run(db, {})
    make_invoice(db, invoices[0].account, date=date(2026, 12, 1))

    second = grid(5).run(db, {"after": first.after})

    whole = [row.id for row in grid().run(db, {}).rows if row.id <= invoices[-1].id]
    assert [row.id for row in first.rows] + [row.id for row in second.rows] == whole[
        :10
    ]


def test_a_row_that_was_the_last_of_a_page_may_go(db, invoices):
    whole = ids([grid().run(db, {})])
    first = grid(5).run(db, {})
    gone = db.get(Invoice, first.rows[-1].id)
    gone.deleted_at = db.info["clock"]()
    db.flush()

    assert ids([grid(5).run(db, {"after": first.after})]) == whole[5:10]


def test_neighbours_are_those_of_the_list(db, invoices):
    whole = ids([grid().run(db, {"sort": "customer"})])

    for before, here, after in zip(
        [None, *whole], whole, [*whole[1:], None], strict=False
    ):
        found = grid().neighbours(db, {"sort": "customer"}, here)
        assert found == (before, after)


def test_neighbours_stay_within_the_filter(db, invoices):
    company = invoices[0].company_id
    params = {"company": str(company)}
    whole = ids([grid().run(db, params)])

    assert grid().neighbours(db, params, whole[1]) == (whole[0], whole[2])
    assert grid().neighbours(db, params, 999_999) == (None, None)


def test_totals_are_those_of_all_rows_and_of_the_page(db, invoices):
    page = grid(4).run(db, {})

    assert (page.count, page.complete) == (ROWS, True)
    assert page.totals == {"ht": 130, "ttc": 156, "to_pay": 0}
    assert page.page_totals() == {"ht": 40, "ttc": 48, "to_pay": 0}


def test_an_empty_list_adds_up_to_nothing(db):
    page = grid().run(db, {})

    assert (page.rows, page.count) == ([], 0)
    assert page.totals == {"ht": 0, "ttc": 0, "to_pay": 0}
    assert page.page_totals() == {"ht": 0, "ttc": 0, "to_pay": 0}
    assert (page.before, page.after) == (None, None)


def test_counting_stops_and_then_there_are_no_totals_of_all(db, monkeypatch, invoices):
    monkeypatch.setattr("endi_like.grids.core.COUNTED", ROWS - 1)
    monkeypatch.setattr("endi_like.grids.page.COUNTED", ROWS - 1)

    page = grid(3).run(db, {})

    assert COUNTED == 1000
    assert (page.count, page.complete, page.totals) == (ROWS, False, None)


def test_every_row_is_exported_whatever_the_page(db, invoices):
    found = grid(3)

    whole = ids([grid().run(db, {"sort": "-ttc"})])
    assert [row.id for row in found.every(db, {"sort": "-ttc", "after": "x"})] == whole


def test_pick_gives_only_what_the_scope_holds(db, invoices):
    mine, other = invoices[0], invoices[1]
    found = Small(Invoice.company_id == mine.company_id, TODAY)

    assert found.pick(db, [mine.id, other.id, 999_999]) == [mine]


def test_the_address_of_a_page_keeps_filter_and_order_but_not_the_place(db, invoices):
    page = grid(4).run(db, {"sort": "ttc", "q": "repairs", "after": "", "x": "y"})

    assert page.query() == {"sort": "ttc", "q": "repairs"}
    assert page.query(q="", min="3") == {"sort": "ttc", "min": "3"}


def test_a_heading_flips_the_order_and_says_it(db, invoices):
    page = grid().run(db, {"sort": "ttc"})
    by_name = {column.name: column for column in page.grid.columns}

    assert page.sort_query(by_name["ttc"]) == {"sort": "-ttc"}
    assert page.sort_query(by_name["date"]) == {"sort": "date"}
    assert page.sorted_by(by_name["ttc"]) == "ascending"
    assert page.sorted_by(by_name["date"]) is None
    assert grid().run(db, {"sort": "-ttc"}).sorted_by(by_name["ttc"]) == "descending"


@pytest.mark.parametrize("grid_class", OPTION_GRIDS, ids=lambda one: one.__name__)
def test_lists_of_options_can_be_read_in_every_order(db, grid_class):
    found = grid_class(true(), TODAY)

    for column in found.columns:
        if column.sort is not None:
            for sort in (column.name, f"-{column.name}"):
                listed = [row.id for row in found.run(db, {"sort": sort}).rows]
                assert listed == [row.id for row in found.every(db, {"sort": sort})]
