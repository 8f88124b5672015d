"""The filters of the lists of estimations and credit notes, as tables."""

from datetime import date, timedelta

import pytest
from sqlalchemy import true

from endi_like.grids.sales import CancelInvoiceGrid, EstimationGrid, InvoiceGrid
from tests.factories import (
    TODAY,
    make_company,
    make_credit_note,
    make_customer,
    make_estimation,
    make_invoice,
    move,
)

ESTIMATIONS = """
(nothing)                    draft waiting sent signed aborted
signed_status=open           waiting sent
signed_status=sent           sent
signed_status=aborted        aborted
late=1                       sent
validation_status=draft      draft
from=2026-11-10              draft waiting signed aborted
to=2026-11-09                sent
min=200                      waiting
max=100                      draft sent signed aborted
customer={other}             signed
company={other_company}      signed
"""
LONG_AGO = date(2026, 10, 1)


@pytest.fixture
def places(db):
    customer = make_customer(db, make_company(db))
    other = make_customer(db)

    def make(name, account=customer, status="valid", lines=("10",), **columns):
        return make_estimation(
            db, account, name=name, status=status, lines=list(lines), **columns
        )

    ended = TODAY - timedelta(days=1)
    move(db, make("sent", date=LONG_AGO, valid_until=ended), "mark_sent")
    make("draft", status="draft", valid_until=ended)
    make("waiting", lines=["300"], valid_until=TODAY)
    move(db, make("signed", other, valid_until=ended), "sign")
    move(db, make("aborted", valid_until=ended), "abort", "No.")
    return {"other": other.id, "other_company": other.company_id}


def listed(db, grid, asked):
    params = dict(one.split("=") for one in asked.split("&") if "=" in one)
    page = grid(true(), TODAY).run(db, params)
    at = [column.name for column in page.grid.columns].index("customer")
    return {row.under[at] for row in page.rows}, page.count


@pytest.mark.parametrize("row", ESTIMATIONS.strip().splitlines())
def test_each_filter_leaves_what_it_says(db, places, row):
    asked, names = row.split(None, 1)
    expected = set(names.split())
    found = listed(db, EstimationGrid, asked.format(**places))
    assert found == (expected, len(expected))


CREDITED = """
(nothing)                            invoice unpaid | note
kind=invoice                         invoice unpaid |
kind=cancelinvoice                   | note
kind=estimation                      invoice unpaid | note
paid_status=open                     unpaid |
paid_status=resulted                 invoice |
max=-1                               | note
validation_status=valid              invoice unpaid | note
kind=cancelinvoice&paid_status=open  |
late=1                               unpaid |
kind=invoice&late=1                  unpaid |
"""


@pytest.mark.parametrize("row", CREDITED.strip().splitlines())
def test_filters_of_invoices_and_credit_notes(db, row):
    asked, _blank, names = row.partition("  ")
    customer = make_customer(db)
    make_invoice(db, customer, status="valid", name="unpaid", date=LONG_AGO)
    invoice = make_invoice(db, customer, status="valid", name="invoice")
    note = make_credit_note(db, invoice)
    note.name = "note"
    db.flush()
    for name in ("submit", "validate"):
        move(db, note, name)
    make_estimation(db, customer, status="valid", name="estimation")
    expected = set(names.split()) - {"|"}
    assert listed(db, InvoiceGrid, asked) == (expected, len(expected))
    assert listed(db, CancelInvoiceGrid, "") == ({"note"}, 1)
