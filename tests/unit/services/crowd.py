"""Many processes that number documents at the same moment, one in five in vain."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import date

from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    select,
)
from sqlalchemy.orm import Session

from endi_like.db import make_engine
from endi_like.models.numbering import Counter
from endi_like.services.numbering import Numbering
from tests.processes import NURSERY

PROCESSES = 8
PATIENCE = 120.0
DAY = date(2026, 11, 20)
TEMPLATE = "F{YYYY}-{SEQYEAR:0>4}-{MM}-{SEQMONTHANA}-{ANA}"
COMPANIES = {1: "A", 2: "B", 3: "C"}

given = Table(
    "given_number",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("number", String(60), nullable=False),
)


class Failed(Exception):
    """What comes after the draw went wrong: the PDF, the mail, the disk."""


def draw(db, company_id):
    """Draw as the application does."""
    return Numbering(db).draw(
        TEMPLATE, on=DAY, company_id=company_id, ana=COMPANIES[company_id]
    )


def draw_one_more_than_given(db, company_id):
    """Draw as the obvious code does: the highest that is there, and one more."""
    code = COMPANIES[company_id]
    found = [number.split("-") for number in db.scalars(select(given.c.number))]
    of_year = max((int(parts[1]) for parts in found), default=0)
    of_company = max((int(one[3]) for one in found if one[4] == code), default=0)
    return f"F{DAY:%Y}-{of_year + 1:04}-{DAY:%m}-{of_company + 1}-{code}"


def draw_apart(db, company_id):
    """Draw as a database's own sequence does: for good, whatever comes after."""
    with Session(db.get_bind()) as own, own.begin():
        number = draw(own, company_id)
    # SQLite lets one transaction write at a time: this one begins after the other.
    db.connection()
    return number


def plain_engine(url):
    """Return an engine as a driver gives it: it reads before it begins."""
    return create_engine(url)


def number_documents(url, engine_maker, drawer, share, barrier):
    """Commit a number for each of so many documents; this is one of the processes."""
    engine = engine_maker(url)
    with engine.connect():
        barrier.wait(PATIENCE)
    done = attempts = 0
    while done < share:
        attempts += 1
        company_id = 1 + attempts % len(COMPANIES)
        try:
            with Session(engine) as db, db.begin():
                number = drawer(db, company_id)
                time.sleep(0.001)  # the rest of a validation
                if attempts % 5 == 0:
                    raise Failed
                db.execute(given.insert().values(number=number))
        except Failed:
            continue
        done += 1
    engine.dispose()


def numbers_of_a_crowd(url, drawer, *, documents, engine_maker=make_engine):
    """Return the numbers that were given when all processes came at once."""
    engine = make_engine(url)
    for table in (given, Counter.__table__):
        table.drop(engine, checkfirst=True)
        table.create(engine)
    barrier = NURSERY.Barrier(PROCESSES)
    share = documents // PROCESSES
    processes = [
        NURSERY.Process(
            target=number_documents, args=(url, engine_maker, drawer, share, barrier)
        )
        for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
        process.kill()
    assert [process.exitcode for process in processes] == [0] * PROCESSES
    with engine.connect() as connection:
        numbers = list(connection.scalars(select(given.c.number)))
    engine.dispose()
    return numbers


def broken_series(numbers):
    """Return the series that are not exactly 1, 2, 3 … without gap or double."""
    series = defaultdict(list)
    for number in numbers:
        year, of_year, month, of_company, code = number.split("-")
        series[year].append(int(of_year))
        series[f"{year}-{month}-{code}"].append(int(of_company))
    return {
        name: sorted(counts)
        for name, counts in series.items()
        if sorted(counts) != list(range(1, len(counts) + 1))
    }
