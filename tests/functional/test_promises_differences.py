"""Promise O3: what the two databases do differently, and is alike here.

The whole suite runs on both.  These are the differences that are known.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from sqlalchemy import UniqueConstraint, func, insert, inspect, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError
from transaction import TransactionManager

from endi_like.db import Base, request_session
from endi_like.grids import GRIDS
from endi_like.models.options import PaymentMode
from endi_like.models.parts import TaskLine
from endi_like.models.people import Company, Membership, User
from endi_like.money import MAX_AMOUNT
from endi_like.services.administration import is_taken
from endi_like.text import sort_key
from tests.factories import (
    NOW,
    make_company,
    make_customer,
    make_invoice,
    make_line,
    make_user,
    pay,
)
from tests.functional.pages import button, document_form, save


@pytest.fixture
def manager(db, login):
    return login(make_user(db, roles={"manager"}))


def test_O3_amounts_are_added_up_exactly(db):
    lines = [make_line(db, "0.10") for _ in range(1000)]
    invoice = make_invoice(db, lines=[*lines, "0.005", "0.015"])
    mine = TaskLine.group_id == invoice.groups[0].id

    total = db.scalar(select(func.sum(TaskLine.cost)).where(mine))

    assert total == Decimal("100.02")


@pytest.mark.parametrize("amount", [MAX_AMOUNT, -MAX_AMOUNT, Decimal("0.00001")])
def test_O3_an_amount_is_read_as_it_was_written(db, amount):
    line = make_invoice(db, lines=[make_line(db, "1")]).lines[0]
    db.execute(update(TaskLine).where(TaskLine.id == line.id).values(cost=amount))

    assert db.scalar(select(TaskLine.cost).where(TaskLine.id == line.id)) == amount


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "Infinity", "0.000001"])
def test_O3_what_is_no_amount_is_not_written(db, amount):
    line = make_invoice(db).lines[0]
    change = update(TaskLine).where(TaskLine.id == line.id)
    change = change.values(cost=Decimal(amount))
    objections = StatementError, ArithmeticError, ValueError
    with pytest.raises(objections), db.begin_nested():
        db.execute(change)


def test_O3_a_reference_to_nothing_is_refused(db):
    row = {"user_id": make_user(db).id, "company_id": 99_999, "rights": frozenset()}
    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(insert(Membership).values(**row))


def test_O3_a_state_that_does_not_exist_is_refused(db):
    invoice = make_invoice(db)
    with pytest.raises(IntegrityError), db.begin_nested():
        db.execute(
            text("UPDATE task SET validation_status = 'nonsense' WHERE id = :id"),
            {"id": invoice.id},
        )


def test_O3_after_a_refusal_the_transaction_goes_on(db):
    make_company(db, code="X")
    with pytest.raises(IntegrityError), db.begin_nested():
        make_company(db, code="X")

    assert db.scalar(select(func.count()).where(Company.code == "X")) == 1


def test_O3_a_text_is_never_longer_than_its_column(db, manager):
    """SQLite would store it: the forms refuse it before any database is asked."""
    invoice = make_invoice(db)

    page = save(manager.get(f"/invoices/{invoice.id}/edit"), status=422, name="x" * 256)

    assert "256 characters long" in page.text
    save(manager.get(f"/invoices/{invoice.id}/edit"), name="é" * 255)
    assert invoice.name == "é" * 255


def test_O3_nul_is_never_stored(db, manager):
    """PostgreSQL would refuse it, SQLite would store it: it does not come that far."""
    invoice = make_invoice(db)
    form = document_form(manager.get(f"/invoices/{invoice.id}/edit"))
    form["notes"] = "a\x00b"

    answer = form.submit("action", status=400)

    assert "cannot be stored" in answer.text
    assert invoice.notes == ""


@pytest.mark.parametrize("key", [2**31 - 1, 2**31, 2**63 - 1, 2**63, 10**30])
def test_O3_a_number_too_large_for_a_row_is_the_number_of_none(manager, key):
    assert manager.get(f"/invoices/{key}/", status=404)
    for name in ("company", "customer", "after"):
        assert manager.get(f"/invoices/?{name}={key}").status_int == 200


@pytest.mark.parametrize("typed", ["ÉLAN", "élan", "elan", "Elan", "E\u0301lan", "éLa"])
def test_O3_a_search_finds_words_however_they_are_written(db, manager, typed):
    """LIKE minds the case on PostgreSQL, and on SQLite that of accented letters."""
    make_customer(db, name="Garage Élan")
    make_customer(db, name="GARAGE ELANOR")
    make_customer(db, name="Garage Relan")

    found = manager.get("/customers/", {"q": typed, "fmt": "json"}).json["rows"]

    assert {row["name"] for row in found} == {"Garage Élan", "GARAGE ELANOR"}


@pytest.mark.parametrize("code", ["É1", "é1", "Ex", "STRASSE"])
def test_O3_capitals_of_every_alphabet_are_known(db, code):
    """SQLite's lower() knows those of English alone."""
    make_company(db, code="é1")
    make_company(db, code="straße")

    assert is_taken(db, Company.code, code, None) == (code != "Ex")


def test_O3_names_are_sorted_alike(db, manager):
    names = ["abc", "Abd", "Zoé", "élan", "Élan", "a b", "a-b", "_x", "10", "9"]
    for name in names:
        make_customer(db, name=name)

    found = manager.get("/customers/", {"sort": "name", "fmt": "json"}).json["rows"]

    assert [row["name"] for row in found] == sorted(names, key=sort_key)


@pytest.mark.parametrize("model", GRIDS, ids=lambda model: model.__name__)
def test_O3_no_list_is_sorted_by_what_may_be_missing(model):
    """NULL comes last on PostgreSQL and first on SQLite."""
    grid = GRIDS[model](model.id > 0, date(2026, 11, 20))
    sorts = [column.sort for column in grid.columns if column.sort is not None]

    assert sorts
    assert [one for one in sorts if getattr(one, "nullable", False)] == []


def test_O3_a_moment_keeps_its_zone_and_a_day_its_day(db):
    moment = datetime(2026, 3, 29, 1, 30, 0, 123456, tzinfo=UTC)
    user = make_user(db, created_at=moment)
    invoice = make_invoice(db, date=date(2026, 3, 29))
    db.expire_all()

    assert (user.created_at, user.created_at.utcoffset()) == (moment, NOW.utcoffset())
    assert type(invoice.date) is date
    assert db.scalar(select(User.active).where(User.id == user.id)) is True


def test_O3_what_is_written_beside_the_objects_is_kept(app, db):
    """The transaction of a request would forget statements that bypass its session."""
    manager = TransactionManager(explicit=True)
    manager.begin()
    request = SimpleNamespace(
        registry=app.registry,
        only_reads=False,
        tm=manager,
        add_finished_callback=lambda _callback: None,
    )
    row = {"label": "Barter", "position": 1, "version": 1}
    row |= {"default": False, "active": True}
    request_session(request).execute(insert(PaymentMode.__table__).values(**row))
    manager.commit()

    found = select(PaymentMode.label).where(PaymentMode.label == "Barter")
    assert db.scalars(found).all() == ["Barter"]


def test_O3_the_number_of_a_row_that_has_gone_leads_to_no_other(db, login):
    """SQLite gives it to the next row: the version of the document tells."""
    browser = login(make_user(db, roles={"accountant"}))
    invoice = make_invoice(db, make_customer(db), status="valid")
    address = f"/invoices/{invoice.id}/"
    gone = pay(db, invoice, "10", reference="First")
    page = browser.get(f"{address}payments/{gone.id}/edit")
    button(browser.get(address), f"payments/{gone.id}/delete")
    pay(db, invoice, "20", reference="Second")

    answer = save(page, status="*", reference="Changed")

    assert answer.status_int in (404, 409)
    assert [one.reference for one in invoice.payments] == ["Second"]


def test_O3_the_tables_are_the_same(db):
    """Names, columns and what may be missing; the types are those of each database."""
    found = inspect(db.connection())
    for table in Base.metadata.sorted_tables:
        columns = found.get_columns(table.name)
        stored = {column["name"]: column["nullable"] for column in columns}
        assert stored == {one.name: bool(one.nullable) for one in table.columns}
        unique = found.get_unique_constraints(table.name)
        wanted = (one for one in table.constraints if isinstance(one, UniqueConstraint))
        assert {one["name"] for one in unique} == {str(one.name) for one in wanted}
