"""T1 and T2: official numbers through the whole application, whoever comes at once."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter as Count
from collections import defaultdict
from contextlib import contextmanager
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from endi_like.models.numbering import Counter
from endi_like.models.organisation import Organisation
from endi_like.models.sales import Invoice
from endi_like.services.effects import EFFECTS
from tests.app_fixtures import click
from tests.factories import TODAY, make_company, make_customer, make_invoice, make_user
from tests.processes import action, in_session, lay_out, logged_in, wrong

TEMPLATE = "F{YYYY}-{SEQYEAR:0>4}-{MM}-{SEQMONTHANA}-{ANA}"
NUMBER = re.compile(r"F(\d{4})-(\d{4})-(\d\d)-(\d+)-(\w+)")


def three_companies(db, documents):
    """Write so many invoices, in turn for each of three companies; log a manager in."""
    db.get_one(Organisation, 1).invoice_number_template = TEMPLATE
    customers = [make_customer(db, make_company(db, code=code)) for code in "ABC"]
    invoices = [
        make_invoice(
            db,
            customers[number % 3],
            status="wait",
            date=TODAY,
        )
        for number in range(documents)
    ]
    cookie = logged_in(db)
    return [action(cookie, invoice, "validate") for invoice in invoices]


def broken_series(numbers):
    """Return the series that are not exactly 1, 2, 3 … without gap or double."""
    series = defaultdict(list)
    for number in numbers:
        year, of_year, month, of_company, code = NUMBER.fullmatch(number).groups()
        series[year].append(int(of_year))
        series[f"{year}-{month}-{code}"].append(int(of_company))
    return {
        name: sorted(found)
        for name, found in series.items()
        if sorted(found) != list(range(1, len(found) + 1))
    }


def numbers(db):
    """Return every official number there is."""
    found = select(Invoice.official_number).where(Invoice.official_number.is_not(None))
    return list(db.scalars(found))


def test_T1_official_numbers_are_unique_and_gap_free(place, crowd):
    """Eight processes validate 400 invoices; nobody sees an error."""
    lay_out(place)
    presses = in_session(place, lambda db: three_companies(db, 400))
    answers = crowd.press(place, presses)
    assert Count(answer.status for answer in answers) == {303: 400}
    found = in_session(place, numbers)
    assert len(found) == 400
    assert broken_series(found) == {}
    assert wrong(place) == []


attempts = count(1)


class NoPrinter(Exception):
    """What comes after the number was drawn goes wrong."""


def fail_sometimes(_task, _change, _transitions):
    """Fail at every fifth validation, the last thing before the commit."""
    if next(attempts) % 5 == 0:
        raise NoPrinter


@contextmanager
def with_failures():
    """Have validations of this process fail at times, after the draw."""
    key = Invoice, "validate"
    before = EFFECTS[key]
    EFFECTS[key] = (*before, fail_sometimes)
    try:
        yield
    finally:
        EFFECTS[key] = before


def test_T1_validations_that_fail_after_the_draw_leave_no_gap(place, crowd):
    lay_out(place)
    presses = in_session(place, lambda db: three_companies(db, 160))
    answers = crowd.press(place, presses, around=with_failures, attempts=3)
    statuses = Count(answer.status for answer in answers)
    assert statuses[303] == 160
    assert statuses[500] >= 30
    assert set(statuses) == {303, 500}
    found = in_session(place, numbers)
    assert len(found) == 160
    assert broken_series(found) == {}
    assert wrong(place) == []


def set_template(db, template):
    """Have invoices numbered after a template."""
    db.get_one(Organisation, 1).invoice_number_template = template


def dated(db, days):
    """Write one invoice for each day before today; log a manager in."""
    set_template(db, "{SEQGLOBAL}")
    db.execute(delete(Counter))
    customer = make_customer(db)
    invoices = [
        make_invoice(db, customer, status="wait", date=TODAY - timedelta(days=ago))
        for ago in days
    ]
    cookie = logged_in(db)
    return [action(cookie, invoice, "validate") for invoice in invoices]


def numbered(db):
    """Return number and date of what has one, in the order of the numbers."""
    found = select(Invoice.official_number, Invoice.date).where(
        Invoice.official_number.is_not(None)
    )
    return sorted((int(number), date) for number, date in db.execute(found))


def test_T2_number_order_is_date_order_whoever_comes_at_once(place, crowd):
    lay_out(place)
    days = [(7 * number) % 10 for number in range(120)]
    presses = in_session(place, lambda db: dated(db, days))
    answers = crowd.press(place, presses)
    assert {answer.status for answer in answers} == {303}
    found = in_session(place, numbered)
    assert [number for number, _date in found] == list(range(1, len(found) + 1))
    dates = [date for _number, date in found]
    assert dates == sorted(dates)
    assert dates[-1] == TODAY
    assert len(dates) >= 12, "everybody of today has one"
    assert wrong(place) == []


def validate(browser, invoice):
    """Press the button; return the number, or the sentences that refuse it."""
    page = browser.get(f"/invoices/{invoice.id}/")
    answer = click(page, "Validate", action="validate")
    if invoice.official_number:
        return invoice.official_number
    return answer.follow().text


@pytest.fixture
def manager(db, login):
    """Return the browser of a manager."""
    return login(make_user(db, roles={"manager"}))


def test_T2_a_new_year_begins_its_series_at_midnight(db, login, customer, clock):
    """In the time zone of the organisation, to the second."""
    set_template(db, "{YYYY}-{SEQYEAR}")
    old_year, new_year = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
    invoices = [
        make_invoice(db, customer, status="wait", date=date)
        for date in (old_year, new_year, old_year, new_year, new_year)
    ]
    clock.now = dt.datetime(2026, 12, 31, 22, 59, 59, tzinfo=dt.UTC)
    manager = login(make_user(db, roles={"manager"}))
    assert validate(manager, invoices[0]) == "2026-1"
    assert "after today" in validate(manager, invoices[1])
    clock.advance(seconds=1)
    assert validate(manager, invoices[1]) == "2027-1"
    assert validate(manager, invoices[2]) == "2026-2"
    assert validate(manager, invoices[3]) == "2027-2"
    clock.advance(seconds=-1)
    assert "after today" in validate(manager, invoices[4])


def test_T2_a_clock_put_back_numbers_nothing_out_of_order(db, manager, customer, clock):
    set_template(db, "{SEQGLOBAL}")
    yesterday = TODAY - timedelta(days=1)
    first, second, third = (
        make_invoice(db, customer, status="wait", date=date)
        for date in (TODAY, yesterday, TODAY)
    )
    assert validate(manager, first) == "1"
    clock.advance(days=-1)
    assert "already has its number" in validate(manager, second)
    assert "after today" in validate(manager, third)
    clock.advance(days=1)
    assert validate(manager, third) == "2"


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(days=st.lists(st.integers(-1, 5), min_size=1, max_size=8))
def test_T2_number_order_is_date_order(db, manager, customer, days):
    """Whatever the days, in whatever order they come: it is numbered or refused."""
    with db.begin_nested() as undo:
        set_template(db, "{SEQGLOBAL}")
        db.execute(delete(Counter))
        last, expected = dt.date.min, 0
        for ago in days:
            date = TODAY - timedelta(days=ago)
            invoice = make_invoice(db, customer, status="wait", date=date)
            answer = validate(manager, invoice)
            if last <= date <= TODAY:
                last, expected = date, expected + 1
                assert answer == str(expected)
            else:
                assert "cannot get the next" in answer or "after today" in answer
        undo.rollback()
