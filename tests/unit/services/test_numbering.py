"""Numbers are drawn without gap or double, in the order of the dates."""

from __future__ import annotations

from datetime import date

import pytest
import transaction
import zope.sqlalchemy
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from endi_like.db import make_engine
from endi_like.models.numbering import Counter
from endi_like.models.people import Company
from endi_like.models.sales import Task
from endi_like.numbers import (
    LARGEST,
    LONGEST,
    LONGEST_NUMBER,
    BadTemplate,
    sequences,
)
from endi_like.services.numbering import Numbering, OutOfOrder
from endi_like.translation import translator
from endi_like.workflow.errors import Refused
from tests.golden import cases

CASES = {case.id: case.values[0] for case in cases("numbering")}
SERIES = {"global": "{SEQGLOBAL}", "year": "{SEQYEAR}", "month": "{SEQMONTH}"}
DAY = date(2017, 2, 1)


@pytest.fixture
def drawn(db):
    """Return a function that draws from one series and gives back the count."""

    def drawn(sequence, on=DAY):
        day = date.fromisoformat(on) if isinstance(on, str) else on
        return drawn_from(db, sequence, day)

    return drawn


def drawn_from(db, sequence, day):
    """Draw from a series; templates that repeat show nothing but the count."""
    return int(Numbering(db).draw(SERIES[sequence], on=day, company_id=1, ana="A"))


GLOBAL_CASES = tuple(f"num-global{end}" for end in ("", "-2", "-init", "-init-ignored"))
STEP_CASES = ("num-year", "num-month")
OWN_CASES = ("num-month-init", "num-assign", "num-expense")


def test_every_golden_case_has_its_test():
    assert CASES.keys() == {*GLOBAL_CASES, *STEP_CASES, *OWN_CASES}


@pytest.mark.parametrize("name", GLOBAL_CASES)
def test_a_series_goes_on_after_what_was_used(name, db, drawn):
    given = CASES[name]["input"]
    for _ in range(given["existing_max"] or 0):
        drawn("global")
    if "init_value" in given:
        begins = Numbering(db).start("global", given["init_value"])
        assert begins is (given["existing_max"] is None)
    assert drawn("global") == CASES[name]["expect"]["next"]


@pytest.mark.parametrize("name", STEP_CASES)
def test_a_series_begins_again_with_its_period(name, drawn):
    case = CASES[name]["input"]
    found = [[day, drawn(case["sequence"], day)] for day, _count in case["steps"]]
    assert found == case["steps"]


def test_a_start_is_for_one_period_only(db, drawn):
    case = CASES["num-month-init"]
    first, second, _again = case["expect"]
    day = case["input"]["init_date"]
    Numbering(db).start(f"month:{day[:7]}", case["input"]["init_value"])
    assert drawn("month", first) == case["expect"][first] == 13
    assert drawn("month", second) == case["expect"][second] == 1
    while drawn("month", first) < 20:
        pass
    Numbering(db).start(f"month:{day[:7]}", case["input"]["init_value"])
    assert drawn("month", first) == case["expect"][f"{first} when max is 20"]


def test_documents_get_their_numbers_one_after_the_other(db):
    case = CASES["num-assign"]
    numbers = [
        Numbering(db).draw(
            case["input"]["template"], on=date(2017, 7, 1), company_id=1, ana="A"
        )
        for _document in case["input"]["documents"]
    ]
    assert numbers == case["expect"]["numbers"]


def test_a_family_of_documents_counts_for_itself(db, drawn):
    case = CASES["num-expense"]
    drawn("global")
    sheet = case["input"]["third_sheet"]
    period = date(sheet["year"], sheet["month"], 1)
    numbering = Numbering(db, family="expense")
    numbers = [
        numbering.draw(template, on=period, company_id=1, ana="A")
        for template in case["input"]["templates"]
    ]
    assert numbers == case["expect"]["numbers"]
    assert numbering.current(["global"]) == {"global": 3}
    assert Numbering(db).current(["global"]) == {"global": 1}


def test_every_sequence_of_a_template_is_drawn(db):
    template = "FC{SEQYEAR:0>4}-{YY}{MM}{SEQMONTHANA:0>3}-{ANA}"
    documents = [(1, 1, "A"), (1, 2, "B"), (2, 1, "A"), (2, 1, "A")]
    numbers = [
        Numbering(db).draw(template, on=date(2026, month, 1), company_id=id_, ana=code)
        for month, id_, code in documents
    ]
    assert numbers == [
        "FC0001-2601001-A",
        "FC0002-2601001-B",
        "FC0003-2602001-A",
        "FC0004-2602002-A",
    ]
    keys = ["year:2026", "month:2026-02:company:1", "month:2026-02:company:2"]
    assert Numbering(db).current(keys) == dict(zip(keys, [4, 2, 0], strict=True))


def test_a_bad_template_draws_nothing(db):
    with pytest.raises(BadTemplate):
        Numbering(db).draw("{SEQGLOBAL}{ANA.x}", on=DAY, company_id=1, ana="A")
    assert db.scalars(select(Counter)).all() == []


def test_what_is_rolled_back_is_drawn_again(db, drawn):
    drawn("global")
    db.commit()
    assert drawn("global") == 2
    db.rollback()
    assert drawn("global") == 2


def test_a_number_outlives_a_transaction_that_wrote_nothing_else(connection):
    manager = transaction.TransactionManager(explicit=True)
    for expected in ("1", "2"):
        manager.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        zope.sqlalchemy.register(
            session, initial_state="changed", transaction_manager=manager
        )
        numbering = Numbering(session)
        assert numbering.draw("{SEQGLOBAL}", on=DAY, company_id=1, ana="") == expected
        manager.commit()


def test_drawing_does_not_write_the_unfinished_document(db, drawn):
    # A document without its number may not be written: ``value`` is missing here.
    db.add(Counter(key="unfinished"))
    assert drawn("global") == 1
    assert Numbering(db).start("year:2018", 3)
    assert Numbering(db).current(["year:2018"]) == {"year:2018": 3}
    with pytest.raises(IntegrityError):
        db.flush()


# -- where a series begins


def test_a_series_that_has_begun_cannot_be_moved(db, drawn):
    drawn("global")
    assert not Numbering(db).start("global", 50)
    assert drawn("global") == 2


def test_a_start_is_never_lowered(db, drawn):
    numbering = Numbering(db)
    assert numbering.start("global", 12)
    assert not numbering.start("global", 11)
    assert numbering.start("global", 30)
    assert drawn("global") == 31


@pytest.mark.parametrize("last_used", [-1, LARGEST + 1])
def test_a_start_is_in_its_range(db, last_used):
    with pytest.raises(ValueError, match=str(last_used)):
        Numbering(db).start("global", last_used)


def test_keys_and_numbers_fit_where_they_are_stored():
    (sequence,) = sequences("{SEQMONTHANA}")
    family, key = "expense", sequence.key(date(2026, 1, 1), 2**31)
    assert len(f"{family}:{key}") <= Counter.key.type.length
    assert LONGEST["ANA"] == Company.code.type.length
    assert Task.official_number.type.length >= LONGEST_NUMBER


def test_a_counter_below_zero_is_refused_by_the_database(db):
    db.add(Counter(key="global", value=-1))
    with pytest.raises(IntegrityError):
        db.flush()


# -- the order of dates (T2)


def test_T2_an_earlier_date_is_refused_with_a_sentence(drawn):
    drawn("global", "2026-11-20")
    with pytest.raises(OutOfOrder) as refusal:
        drawn("global", "2026-11-19")
    assert isinstance(refusal.value, Refused)
    assert refusal.value.last_date == date(2026, 11, 20)
    assert translator("en")(refusal.value.args[0]) == (
        "A document of 20/11/2026 already has its number, so that one of 19/11/2026 "
        "cannot get the next: date this one 20/11/2026 or later."
    )


def test_T2_a_refusal_draws_from_no_series(db):
    numbering = Numbering(db)
    template = "{SEQGLOBAL}-{YYYY}-{SEQYEAR}"
    numbering.draw("{YYYY}-{SEQYEAR}", on=date(2026, 5, 2), company_id=1, ana="A")
    with pytest.raises(OutOfOrder):
        numbering.draw(template, on=date(2026, 5, 1), company_id=1, ana="A")
    db.commit()
    assert numbering.current(["global", "year:2026"]) == {"global": 0, "year:2026": 1}
    number = numbering.draw(template, on=date(2026, 5, 2), company_id=1, ana="A")
    assert number == "1-2026-2"


def test_T2_a_new_year_begins_at_one_and_the_old_one_can_go_on(drawn):
    days = ["2025-12-31", "2025-12-31", "2026-01-01", "2025-12-31"]
    assert [drawn("year", day) for day in days] == [1, 2, 1, 3]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(SERIES)),
            st.dates(date(2025, 12, 30), date(2026, 1, 2)),
            st.booleans(),
        ),
        max_size=25,
    )
)
def test_T2_number_order_is_date_order(attempts):
    engine = make_engine("sqlite://")
    Counter.__table__.create(engine)
    days = {}
    with Session(engine) as db:
        for sequence, day, kept in attempts:
            (counted,) = sequences(SERIES[sequence])
            earlier = days.setdefault(counted.key(day, 1), [])
            if earlier and day < earlier[-1]:
                with pytest.raises(OutOfOrder):
                    drawn_from(db, sequence, day)
                continue
            number = drawn_from(db, sequence, day)
            assert number == len(earlier) + 1
            if kept:
                db.commit()
                earlier.append(day)
            else:
                db.rollback()
    engine.dispose()
