"""Prices and percentages that were altered behind the application's back are named."""

from decimal import Decimal

from endi_like.services import progress
from endi_like.services.invariants import invariants
from tests.factories import TODAY, make_company, make_estimation, make_item
from tests.tampering import alter, drop_refusals

ALTERED = "UPDATE catalogue_item SET cost = cost + 100000 WHERE id = :id"


def test_a_price_that_does_not_follow_from_its_parts_is_named(db):
    board = make_item(db, make_company(db))
    floor = make_item(db, board.company, kind="work", parts=[{"part": board}])
    assert list(invariants(db)) == []

    alter(db, ALTERED, id=floor.id)
    (sentence,) = invariants(db)
    assert sentence.endswith(f"{floor.id}: its price does not follow")


def test_a_price_that_does_not_follow_from_a_changed_part_is_named(db):
    board = make_item(db, make_company(db))
    floor = make_item(db, board.company, kind="work", parts=[{"part": board}])
    alter(db, ALTERED, id=board.id)
    (sentence,) = invariants(db)
    assert f" {floor.id}: " in sentence


def test_more_than_all_of_a_line_is_named(db):
    estimation = make_estimation(db, lines=["100", "50"], status="valid")
    for _time in range(2):
        percents = ((Decimal(40), Decimal(50)),)
        progress.invoice_progress(db, estimation, percents, TODAY)
    assert list(invariants(db)) == []

    drop_refusals(db)
    alter(db, "UPDATE line_progress SET percent = 7000 WHERE percent = 4000")
    (sentence,) = invariants(db)
    assert sentence == (
        f"progress: estimation {estimation.id}: more than a line is invoiced"
    )
