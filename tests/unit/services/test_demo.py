"""The demonstration data is what the application itself would have stored."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from endi_like.db import Base, make_engine
from endi_like.models.catalogue import CatalogueItem
from endi_like.models.contacts import KINDS, CreditAccount, Entity
from endi_like.models.estimations import BALANCE, DEPOSIT, PART, Estimation
from endi_like.models.files import Paper
from endi_like.models.history import FieldChange, StatusLogEntry
from endi_like.models.jobs import Job
from endi_like.models.memos import Memo
from endi_like.models.options import VatRate
from endi_like.models.people import Company, User
from endi_like.models.projects import Business, Project
from endi_like.models.purchases import SupplierInvoice
from endi_like.models.sales import CancelInvoice, Invoice, Task
from endi_like.principals import ROLES
from endi_like.services import demo
from endi_like.services.businesses import figures, health
from endi_like.services.catalogue import price
from endi_like.services.demo.diary import at
from endi_like.services.effects import EFFECTS
from endi_like.services.invariants import invariants
from endi_like.services.invoicing import PROGRESS, way_of
from endi_like.services.passwords import matches
from endi_like.services.progress import left
from endi_like.services.transitions import Transitions
from endi_like.workflow.signature import SIGNATURE
from endi_like.workflow.validation import VALIDATION
from tests.conftest import own_database

TODAY = date(2026, 11, 20)


def loaded(url: str, today: date = TODAY) -> Engine:
    """Return an engine on a new database with the data of that day."""
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.info["mine"] = "kept"
        demo.load(session, today)
        assert session.info == {"mine": "kept"}
    return engine


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def engine(request, tmp_path_factory):
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.sqlite"
    else:
        url = own_database(request.getfixturevalue("postgres_url"), "demo")
    engine = loaded(url)
    yield engine
    engine.dispose()


@pytest.fixture
def db(engine):
    with Session(engine) as session:
        yield session


def count(db, kind):
    return len(db.scalars(select(kind)).all())


def test_there_is_enough_to_look_at(db):
    assert count(db, Company) == 3
    assert 48 <= count(db, Entity) <= 55
    assert 45 <= count(db, CreditAccount) <= 55
    assert count(db, Estimation) == 60
    assert 135 <= count(db, Invoice) <= 165
    assert count(db, CancelInvoice) == 6


def test_the_joiners_have_a_catalogue_that_costs_what_it_is_made_of(db):
    found = db.scalars(select(CatalogueItem)).all()
    kinds = Counter(one.kind for one in found)
    assert kinds == {"product": 26, "work": 3, "group": 2}
    assert {one.offer_status for one in found} == {"offered", "archived"}
    assert all(one.category for one in found if one.kind == "product")
    before = {one.id: one.cost for one in found}
    for one in found:
        price(one)
    assert {one.id: one.cost for one in found} == before
    assert all(before.values())


def test_there_are_projects_and_businesses_in_all_states(db):
    found = db.scalars(select(Project)).all()
    assert {one.archive_status for one in found} == {"open", "archived"}
    assert {one.company_id for one in found} == set(db.scalars(select(Company.id)))
    assert sum(len(one.phases) for one in found) > 10
    deals = db.scalars(select(Business)).all()
    assert {one.business_status for one in deals} == {"open", "closed"}
    goes = {health(figures(one.tasks, TODAY)).name for one in deals}
    assert goes == {"good", "attention", "late"}
    offers = db.scalars(select(Estimation)).all()
    assert {one.signed_status for one in offers} >= {"sent", "signed", "aborted"}
    placed = db.scalars(select(Task).where(Task.project_id.is_not(None))).all()
    assert len(placed) > 30
    assert all(one.phase is None or one.phase.project is one.project for one in placed)
    assert len([one for one in placed if one.phase]) > 20


def test_two_invoices_went_from_one_company_to_another(db):
    found = db.scalars(select(SupplierInvoice)).all()
    assert {one.reception_status for one in found} == {"received", "acknowledged"}
    assert all(one.company_id != one.issuer_id for one in found)
    assert all(one.tva == 0 < one.due for one in found)


def test_a_manager_can_validate_all_that_waits(db):
    waiting = db.scalars(select(Task).where(Task.validation_status == "wait"))
    moves = Transitions(db, actor_id=2, clock=lambda: at(TODAY, 9), effects=EFFECTS)

    found = waiting.all()
    for task in found:
        moves.run(task, "validate", allowed=lambda _permission: True)

    assert {task.type_ for task in found} == {"estimation", "invoice", "cancelinvoice"}
    assert len({task.official_number for task in found}) == len(found) >= 8
    db.rollback()


def test_everything_is_as_it_must_be(db):
    assert list(invariants(db)) == []


def test_there_are_invoices_in_all_states(db):
    invoices = db.scalars(select(Invoice)).all()
    validation = Counter(one.validation_status for one in invoices)
    assert all(validation[state] >= 3 for state in ("draft", "wait", "invalid"))
    valid = [one for one in invoices if one.validation_status == "valid"]
    paid = Counter((one.paid_status, one.closure_status) for one in valid)
    assert all(
        paid[state] >= 3
        for state in (
            ("waiting", "open"),
            ("paid", "open"),
            ("resulted", "open"),
            ("resulted", "closed"),
        )
    )
    late = [one for one in valid if one.to_pay > 0 and one.due_date < TODAY]
    assert len(late) >= 5


def test_there_are_estimations_in_all_states(db):
    estimations = db.scalars(select(Estimation)).all()
    validation = Counter(one.validation_status for one in estimations)
    assert all(validation[state] >= 2 for state in VALIDATION.states)
    valid = [one for one in estimations if one.validation_status == "valid"]
    signed = Counter(one.signed_status for one in valid)
    assert all(signed[state] >= 3 for state in SIGNATURE.states)
    given_up = [one for one in valid if one.signed_status == "aborted"]
    assert all(one.signed_status_comment for one in given_up)
    assert len({one.company_id for one in valid}) == 3


def test_estimations_are_invoiced_to_all_degrees(db):
    every = db.scalars(select(Estimation)).all()
    estimations = [one for one in every if way_of(db, one) != PROGRESS]
    asked = Counter(
        (len(one.invoices), len(one.invoices) == len(one.deadlines))
        for one in estimations
        if one.signed_status == "signed"
    )
    assert asked.keys() >= {(0, False), (1, False), (1, True), (2, False), (2, True)}
    assert any(many >= 3 for many, _all in asked)
    invoices = [one for estimation in estimations for one in estimation.invoices]
    paid = {(one.deadline.kind, one.paid_status) for one in invoices}
    assert paid >= {(kind, "resulted") for kind in (DEPOSIT, PART, BALANCE)}
    for one in estimations:
        if one.invoices and len(one.invoices) == len(one.deadlines):
            assert sum(invoice.due for invoice in one.invoices) == one.due


def test_estimations_are_invoiced_by_progress_to_all_degrees(db):
    every = db.scalars(select(Estimation)).all()
    found = [one for one in every if way_of(db, one) == PROGRESS]
    assert len(found) >= 4
    assert {len(one.invoices) for one in found} >= {1, 2, 3}
    whole = [one for one in found if not any(map(any, left(db, one)))]
    for one in found:
        asked = sum(invoice.due for invoice in one.invoices)
        assert (asked == one.due) if one in whole else (0 < asked < one.due)
        assert one.business.business_status == ("closed" if one in whole else "open")
    assert len(whole) == 1
    validated = {bool(made.official_number) for one in found for made in one.invoices}
    assert validated == {True, False}


def test_whatever_an_estimation_can_have_some_estimation_has(db):
    estimations = db.scalars(select(Estimation)).all()
    assert {one.mode for one in estimations} == {"ht", "ttc"}
    assert any(one.discounts for one in estimations)
    assert any(len(one.vat_totals) > 1 for one in estimations)
    deposits = {one.deposit for one in estimations}
    assert (min(deposits), max(deposits)) == (0, 50)
    assert {one.equal_parts for one in estimations} == {None, 1, 2, 3}
    agreed = [one for one in estimations if one.equal_parts is None]
    parts = [part for one in agreed for part in one.deadlines if part.kind == PART]
    assert parts
    assert all(part.label and part.date for part in parts)
    assert len({one.payment_display for one in estimations}) == 4
    assert len([one for one in estimations if one.phase]) > 10
    assert len([one for one in estimations if one.business and one.invoices]) > 15


def test_there_are_credit_notes_of_a_whole_and_of_a_part(db):
    notes = db.scalars(select(CancelInvoice)).all()
    assert {one.validation_status for one in notes} == {"draft", "wait", "valid"}
    valid = [one for one in notes if one.validation_status == "valid"]
    assert {bool(one.deductions) for one in valid} == {True, False}
    assert {one.invoice.paid_status for one in valid} == {"resulted"}


def test_numbers_are_given_in_the_order_of_dates(db):
    for kinds in (["estimation"], ["invoice", "cancelinvoice"]):
        numbered = Task.official_number.is_not(None), Task.type_.in_(kinds)
        found = db.scalars(select(Task).where(*numbered).order_by(Task.number_key))
        days = [one.date for one in found]
        assert days == sorted(days)


def test_whatever_an_invoice_can_have_some_invoice_has(db):
    invoices = db.scalars(select(Invoice)).all()
    assert any(len(one.groups) > 1 and one.groups[0].title for one in invoices)
    assert any(one.discounts for one in invoices)
    assert any(one.expenses_ht for one in invoices)
    assert any(one.post_tax_lines for one in invoices)
    assert any(one.mode == "ttc" for one in invoices)
    assert any(len(one.vat_totals) > 1 for one in invoices)
    used = {total.vat_id for one in invoices for total in one.vat_totals}
    rates = db.scalars(select(VatRate)).all()
    assert {rate.id for rate in rates} == used
    assert len([rate for rate in rates if rate.value < 0 and rate.mention]) == 2


def test_the_invoices_are_spread_over_two_years(db):
    days = [one.date for one in db.scalars(select(Invoice))]
    assert (min(days), max(days) < TODAY) == (date(2024, 11, 20), True)
    assert {day.year for day in days} == {2024, 2025, 2026}


def test_customers_speak_four_languages_and_have_accents_and_long_names(db):
    entities = db.scalars(select(Entity)).all()
    assert {one.language for one in entities} == {"fr", "en", "de", "nl"}
    assert {one.kind for one in entities} == set(KINDS)
    assert max(len(one.name) for one in entities) > 100
    assert sum(not one.name.isascii() for one in entities) > 20


def test_everybody_of_the_documentation_can_log_in_and_nobody_else(db):
    users = db.scalars(select(User)).all()
    able = {one.login for one in users if matches(one.password_hash, demo.PASSWORD)}
    assert able == set(demo.LOGINS)
    assert {one.login for one in users} - able == {"solene"}
    roles = {one.login: set(one.roles) for one in users if one.roles}
    assert roles == {role: {role} for role in ROLES}


def test_members_work_where_the_documentation_says(db):
    companies = {one.id: place for place, one in enumerate(db.scalars(BY_ID), 1)}
    found = {
        (user.login, companies[one.company_id], *sorted(one.rights), one.ceiling)
        for user in db.scalars(select(User))
        for one in user.memberships
        if user.login in demo.LOGINS
    }
    assert found == {
        ("member", 1, None),
        ("selfvalidator", 1, "self_validate", 1000),
        ("other", 2, None),
    }


BY_ID = select(Company).order_by(Company.id)


def test_it_has_a_history_of_moves_and_of_edits(db):
    assert count(db, StatusLogEntry) > 300
    assert count(db, FieldChange) > 100
    actors = set(db.scalars(select(StatusLogEntry.actor_id)))
    assert len(actors) >= 5


def test_people_have_written_memos_for_themselves_and_for_others(db):
    memos = db.scalars(select(Memo)).all()
    assert len(memos) > 20
    assert {one.private for one in memos} == {one.pinned for one in memos}


def test_who_validates_alone_keeps_to_the_ceiling(db):
    alone = db.scalar(select(User.id).where(User.login == "selfvalidator"))
    mine = select(Invoice).where(Invoice.validation_status_user_id == alone)
    amounts = [one.ht for one in db.scalars(mine)]
    assert amounts
    assert max(amounts) <= 1000


def test_what_is_printed_of_each_validated_document_is_fixed(db):
    valid = db.scalars(select(Task).where(Task.validation_status == "valid"))
    fixed = {one.node_id: one.content for one in db.scalars(select(Paper))}
    assert fixed.keys() == {task.id for task in valid}
    assert not db.scalars(
        select(FieldChange).where(FieldChange.field == "address")
    ).all()


def test_nothing_is_left_for_the_worker(db):
    assert count(db, Job) == 0


def test_the_database_is_not_empty_any_more(db):
    assert not demo.is_empty(db)


def contents(engine):
    with Session(engine) as db:
        tasks = db.scalars(select(Task).order_by(Task.id))
        return [
            (one.date, one.name, one.official_number, one.ttc, one.awaited)
            for one in tasks
        ]


def test_the_same_day_gives_the_same_data(engine, tmp_path):
    again = loaded(f"sqlite:///{tmp_path}/again.sqlite")
    assert contents(again) == contents(engine)
    again.dispose()


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2028, 2, 29)])
def test_it_can_be_loaded_on_any_day(tmp_path, today):
    engine = loaded(f"sqlite:///{tmp_path}/{today}.sqlite", today)
    with Session(engine) as db:
        assert list(invariants(db)) == []
        assert count(db, Invoice) > 130
        assert count(db, Estimation) == 60
    engine.dispose()
