"""Promise T6 as rows: whatever is invoiced in between, all is the estimation."""

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from endi_like.models.sales import DiscountLine, LineGroup, PostTaxLine
from endi_like.services import progress
from endi_like.workflow.errors import Refused
from tests.factories import (
    TODAY,
    make_credit_note,
    make_customer,
    make_estimation,
    make_line,
    make_vat,
    move,
)
from tests.unit.totals.estimations import numbers

HUNDRED = Decimal(100)
COSTS = numbers(1, 30, 5) | numbers(-200, 2000, 2)
QUANTITIES = st.sampled_from([Decimal(1)]) | numbers(1, 20, 2)
LINES = st.tuples(COSTS, QUANTITIES, st.integers(0, 2))
SHAPES = st.fixed_dictionaries(
    {
        "mode": st.sampled_from(["ht", "ttc"]),
        "groups": st.lists(
            st.lists(LINES, min_size=1, max_size=3), min_size=1, max_size=2
        ),
        "discounts": st.lists(
            st.tuples(numbers(0, 50, 2), st.integers(0, 2)), max_size=2
        ),
        "expenses": numbers(0, 100, 2),
        "post_tax": st.lists(numbers(-100, 100, 2), max_size=1),
        "steps": st.lists(
            st.tuples(
                st.lists(numbers(0, 100, 2), min_size=6, max_size=6),
                st.sampled_from(["draft", "bin", "valid", "credited"]),
            ),
            max_size=3,
        ),
    }
)


def offered(db, shape, **columns):
    """Return a validated estimation of that shape."""
    rates = [make_vat(db, one) for one in ("20", "5.5", "10")]
    groups = [
        LineGroup(
            position=at,
            lines=[
                make_line(db, str(cost), quantity=quantity, vat=rates[rate], position=n)
                for n, (cost, quantity, rate) in enumerate(lines)
            ],
        )
        for at, lines in enumerate(shape["groups"])
    ]
    return make_estimation(
        db,
        make_customer(db),
        status="valid",
        mode=shape["mode"],
        groups=groups,
        discounts=[
            DiscountLine(description="Off", amount=amount, vat=rates[rate])
            for amount, rate in shape["discounts"]
        ],
        expenses_ht=shape["expenses"],
        expenses_vat=rates[0],
        post_tax_lines=[
            PostTaxLine(label="+", amount=one) for one in shape["post_tax"]
        ],
        **columns,
    )


def by_rate(*tasks):
    """Return what documents come to together at each rate; zeros are left out."""
    found = defaultdict(lambda: [Decimal(0)] * 3)
    for task in tasks:
        for one in task.vat_totals:
            amounts = one.ht, one.tva, one.ttc
            found[one.vat_id] = [
                a + b for a, b in zip(found[one.vat_id], amounts, strict=True)
            ]
    return {key: amounts for key, amounts in found.items() if any(amounts)}


def step(db, estimation, drawn, fate):
    """Invoice some percent of each line, as far as they are left."""
    wanted = iter(drawn)
    rest = progress.left(db, estimation)
    now = tuple(tuple(min(one, next(wanted)) for one in group) for group in rest)
    if not any(map(any, now)):
        return []
    invoice = progress.invoice_progress(db, estimation, now, TODAY)
    if fate == "bin":
        invoice.deleted_at = invoice.created_at
        db.flush()
        assert progress.left(db, estimation) == rest
        return []
    deducted = (row.source for row in invoice.deductions)
    if fate == "draft" or any(one.validation_status == "draft" for one in deducted):
        return [invoice]  # what is deducted has to be validated first
    move(db, invoice, "submit")
    move(db, invoice, "validate")
    if fate == "credited" and invoice.due:
        note = make_credit_note(db, invoice, status="valid")
        assert progress.left(db, estimation) == rest
        return [invoice, note]
    return [invoice]


def often(examples):
    """Return the settings of so many cases, each in a savepoint of one database."""
    shared = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, suppress_health_check=shared)


@often(40)
@given(SHAPES)
def test_T6_invoices_by_progress_are_the_estimation_at_last(db, shape):
    savepoint = db.begin_nested()
    try:
        estimation = offered(db, shape)
        made = []
        for drawn, fate in shape["steps"]:
            if progress.is_open(db, estimation):
                break
            made += step(db, estimation, drawn, fate)
        if any(map(any, progress.left(db, estimation))):
            rest = progress.left(db, estimation)
            made.append(progress.invoice_progress(db, estimation, rest, TODAY))
        assert not any(map(any, progress.left(db, estimation)))
        assert by_rate(*made) == by_rate(estimation)
        for name in ("ht", "tva", "ttc", "due"):
            assert sum(getattr(one, name) for one in made) == getattr(estimation, name)
        with pytest.raises(Refused, match="All of it is invoiced"):
            progress.invoice_progress(
                db, estimation, progress.done(db, estimation), TODAY
            )
    finally:
        savepoint.rollback()
        db.expire_all()


@pytest.mark.nightly
@pytest.mark.parametrize("turn", range(10))
def test_T6_so_it_is_of_a_thousand_estimations(db, turn):
    promise = test_T6_invoices_by_progress_are_the_estimation_at_last.hypothesis

    @often(100)
    @given(SHAPES)
    def again(shape):
        promise.inner_test(db, shape)

    again()  # others are drawn each time


def test_more_than_is_left_is_refused_whoever_asks(db):
    estimation = make_estimation(db, lines=["100", "50"], status="valid")
    progress.invoice_progress(db, estimation, ((Decimal(60), Decimal(0)),), TODAY)
    for now in ((Decimal("40.01"), Decimal(0)), (Decimal(0), Decimal(101))):
        with pytest.raises(Refused, match="More than all of"):
            progress.invoice_progress(db, estimation, (now,), TODAY)
    with pytest.raises(Refused, match="Say of at least one line"):
        progress.invoice_progress(db, estimation, ((Decimal(0), Decimal(0)),), TODAY)
