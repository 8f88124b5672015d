"""Prices and percentages that were altered behind the application's back are named."""

from decimal import Decimal

from sqlalchemy import event

from endi_like.services import progress
from endi_like.services.invariants import invariants
from endi_like.services.invariants.invoicing import too_much_invoiced
from endi_like.services.invoicing import invoice_all
from endi_like.services.sales import compute
from tests.factories import (
    TODAY,
    make_company,
    make_credit_note,
    make_estimation,
    make_invoice,
    make_item,
    move,
)
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


def test_more_than_all_of_an_estimation_is_named(db):
    estimation = make_estimation(db, status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    other = make_invoice(db, estimation.account, status="valid")
    for one in (deposit, balance):
        move(db, one, "validate")
    assert list(invariants(db)) == []

    drop_refusals(db)
    statement = "UPDATE invoice SET estimation_id = :of WHERE id = :id"
    alter(db, statement, of=estimation.id, id=other.id)
    assert (
        f"invoicing: estimation {estimation.id}: more than all of it is invoiced"
        in (list(invariants(db)))
    )


def test_a_deduction_that_is_not_what_was_invoiced_is_named(db):
    estimation = make_estimation(db, status="valid", deposit="30")
    deposit, balance = invoice_all(db, estimation, TODAY)
    for one in (deposit, balance):
        move(db, one, "validate")
    drop_refusals(db)
    alter(db, "UPDATE invoice SET estimation_id = NULL WHERE id = :id", id=deposit.id)
    assert (
        f"invoicing: estimation {estimation.id}: what invoice {balance.id} deducts "
        "is not what was invoiced"
    ) in list(invariants(db))


def test_what_was_credited_and_lowered_at_last_is_nothing_wrong(db):
    estimation = make_estimation(db, status="valid", deposit="30")
    made = invoice_all(db, estimation, TODAY)
    for one in made:
        move(db, one, "validate")
    make_credit_note(db, made[0], status="valid")
    (again,) = invoice_all(db, estimation, TODAY)
    again.groups[0].lines[0].cost = Decimal(90)
    compute(again)
    db.flush()
    move(db, again, "validate")
    assert list(invariants(db)) == []


def test_what_is_invoiced_of_many_estimations_is_read_by_a_few_statements(db):
    def statements():
        noted = []

        def note(_connection, _cursor, statement, *_rest):
            noted.append(statement)

        db.expire_all()
        event.listen(db.connection(), "before_cursor_execute", note)
        assert list(too_much_invoiced(db)) == []
        event.remove(db.connection(), "before_cursor_execute", note)
        return len(noted)

    def invoiced():
        offer = make_estimation(db, status="valid", deposit="30", equal_parts=2)
        first, *rest = invoice_all(db, offer, TODAY)
        for one in (first, *rest):
            move(db, one, "validate")
        make_credit_note(db, first, status="valid")
        share = make_estimation(db, status="valid")
        progress.invoice_progress(db, share, ((Decimal(40),),), TODAY)

    invoiced()
    few = statements()
    invoiced()
    assert statements() == few
