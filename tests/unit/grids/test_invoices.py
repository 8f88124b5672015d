"""The filters of the list of invoices, as a table: what each leaves."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import true

from endi_like.grids.sales import InvoiceGrid
from endi_like.models.contacts import CreditAccount
from tests.factories import (
    TODAY,
    make_company,
    make_customer,
    make_invoice,
    move,
    pay,
)

TABLE = """
(nothing)                    draft wait sent-back valid late part paid closed
validation_status=draft      draft
validation_status=wait       wait
validation_status=invalid    sent-back
validation_status=valid      valid late part paid closed
validation_status=nonsense   draft wait sent-back valid late part paid closed
paid_status=waiting          valid late
paid_status=paid             part
paid_status=resulted         paid closed
paid_status=open             valid late part
late=1                       late
late=yes                     draft wait sent-back valid late part paid closed
bin=1                        binned
from=2026-11-10              draft wait sent-back valid part paid closed
to=2026-11-09                late
from=2026-11-20&to=2026-11-20  draft wait sent-back valid part paid closed
from=2026-11-20&to=2026-11-19  (none)
from=2026-13-45              draft wait sent-back valid late part paid closed
min=240                      valid late
max=119.99                   draft
max=120&min=120              wait sent-back part paid closed
min=x                        draft wait sent-back valid late part paid closed
min=1e400                    draft wait sent-back valid late part paid closed
min=NaN                      draft wait sent-back valid late part paid closed
q=moulin                     valid
q=MOU                        valid
q=oulin                      (none)
q=rouge+mou                  valid
q=rouge+vert                 (none)
q=etat                       late
q=%                          draft wait sent-back valid late part paid closed
q=_                          draft wait sent-back valid late part paid closed
q=late&paid_status=open      late
customer={other}             late
customer=999999              (none)
company={other_company}      late
company=x                    draft wait sent-back valid late part paid closed
"""
ROWS = [line.split(None, 1) for line in TABLE.strip().splitlines()]


@pytest.fixture
def places(db):
    company = make_company(db)
    customer = make_customer(db, company, name="Boulangerie")
    mill = make_customer(db, company, name="Le Moulin Rouge")
    other = make_customer(db, name="État de Genève")

    def make(name, account=customer, **columns):
        return make_invoice(db, account, name=name, **columns)

    long_ago = date(2026, 10, 1)
    make("late", other, lines=["200"], status="valid", date=long_ago)
    make("valid", mill, lines=["300"], status="valid")
    make("draft", lines=["99"])
    make("wait", status="wait")
    make("sent-back", status="invalid")
    pay(db, make("part", status="valid"), "20")
    pay(db, make("paid", status="valid"))
    move(db, make("closed", status="valid"), "close", "Bankrupt.")
    make("binned").deleted_at = db.info["clock"]()
    db.flush()
    return {"other": other.id, "other_company": other.company_id, "mill": mill.id}


def listed(db, params):
    page = InvoiceGrid(true(), TODAY).run(db, params)
    at = [column.name for column in page.grid.columns].index("customer")
    return {row.under[at] for row in page.rows}, page.count


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_each_filter_leaves_what_it_says(db, places, row):
    asked, names = row
    text = asked.format(**places)
    pairs = (part.partition("=")[::2] for part in text.split("&") if "=" in part)
    params = {name: value.replace("+", " ") for name, value in pairs}
    expected = set() if names == "(none)" else set(names.split())

    assert listed(db, params) == (expected, len(expected))


SHOWN = {
    "draft": ["draft"],
    "wait": ["wait"],
    "sent-back": ["invalid"],
    "valid": ["waiting"],
    "late": ["waiting", "late"],
    "part": ["paid"],
    "paid": ["resulted"],
    "closed": ["closed"],
}


def test_a_row_says_the_state_that_matters(db, places):
    page = InvoiceGrid(true(), TODAY).run(db, {})
    at = [column.name for column in page.grid.columns]
    found = {
        row.under[at.index("customer")]: [
            state.name for state in row.values[at.index("status")]
        ]
        for row in page.rows
    }

    assert found == SHOWN


@pytest.mark.parametrize("sort", ["to_pay", "-to_pay"])
def test_what_is_to_be_paid_is_sorted_as_it_is_shown(db, places, sort):
    mill = db.get_one(CreditAccount, places["mill"])
    make_invoice(db, mill, name="owed to them", status="valid", lines=["-50"])
    grid = InvoiceGrid(true(), TODAY)
    grid.size = 3
    at = [column.name for column in grid.columns].index("to_pay")

    page, shown = grid.run(db, {"sort": sort}), []
    shown += page.rows
    while page.after:
        page = grid.run(db, {"sort": sort, "after": page.after})
        shown += page.rows

    cells = [row.values[at] for row in shown]
    amounts = [Decimal(-60), *[None] * 5, Decimal(100), Decimal(240), Decimal(360)]
    assert cells == (amounts if sort == "to_pay" else amounts[::-1])
    assert [row.values[at] for row in grid.every(db, {"sort": sort})] == cells
    assert page.totals["to_pay"] == sum(filter(None, cells))


@pytest.mark.parametrize("status", ["draft", "wait", "invalid"])
def test_what_awaits_nothing_is_in_the_order_of_its_dates_instead(db, status):
    customer = make_customer(db)
    days = [date(2026, 10, day) for day in (3, 1, 2)]
    for day in days:
        make_invoice(db, customer, status=status, date=day)

    params = {"validation_status": status, "sort": "-to_pay"}
    page = InvoiceGrid(true(), TODAY).run(db, params)

    assert [row.values[1] for row in page.rows] == sorted(days, reverse=True)


def test_an_invoice_is_late_from_the_day_after_it_was_due(db, places):
    def late(today):
        grid = InvoiceGrid(true(), today)
        return [row.under[3] for row in grid.run(db, {"late": "1"}).rows]

    assert late(date(2026, 10, 31)) == []
    assert late(date(2026, 11, 1)) == ["late"]


@pytest.mark.parametrize("sort", ["number", "-number"])
def test_numbers_are_sorted_by_their_figures(db, sort):
    customer = make_customer(db)
    made = [make_invoice(db, customer, status="valid") for _ in range(11)]

    page = InvoiceGrid(true(), TODAY).run(db, {"sort": sort})

    expected = [one.official_number for one in made]
    found = [row.values[0] for row in page.rows]
    assert found == (expected if sort == "number" else expected[::-1])


def test_the_saved_views_name_filters_that_exist(db):
    grid = InvoiceGrid(true(), TODAY)
    by_name = {one.name: one for one in grid.filters}

    for _label, params in grid.views:
        for name, value in params.items():
            assert by_name[name].where(value) is not None
