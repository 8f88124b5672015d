"""Turnover: what was invoiced before tax, month by month, beside the year before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from endi_like.models.turnover import DayTurnover
from endi_like.money import round_to

DAY = DayTurnover.__table__.c
MONTHS = range(1, 13)
NOTHING = Decimal(0)

# Made once: to build it takes longer than to run it.
QUERY = (
    select(DAY.date, func.sum(DAY.ht).label("ht"))
    .where(
        DAY.company_id.in_(bindparam("companies", expanding=True)),
        DAY.date.between(bindparam("first"), bindparam("last")),
    )
    .group_by(DAY.date)
)


@dataclass(frozen=True)
class Month:
    """What a month came to, and the same month a year before."""

    first: dt.date
    now: Decimal
    before: Decimal


@dataclass(frozen=True)
class Turnover:
    """Twelve months; what came from 1 January to today, and to this day last year."""

    year: int
    months: Sequence[Month]
    so_far: Decimal
    so_far_before: Decimal

    @property
    def growth(self) -> Decimal | None:
        """Return by how many percent it is more; nothing without a year before."""
        if self.so_far_before <= 0:
            return None
        more = self.so_far - self.so_far_before
        return round_to(more * 100 / self.so_far_before, Decimal("0.1"))


def turnover(db: Session, companies: Sequence[int], today: dt.date) -> Turnover | None:
    """Return the turnover of some companies this year; nothing when there is none.

    Credit notes count against it in the month they are dated.
    """
    year = today.year
    values = {
        "companies": list(companies),
        "first": dt.date(year - 1, 1, 1),
        "last": dt.date(year, 12, 31),
    }
    rows = db.connection().execute(QUERY, values)
    found: dict[dt.date, Decimal] = {row.date: row.ht for row in rows}
    if not found:
        return None
    months = [
        Month(dt.date(year, n, 1), total(found, year, n), total(found, year - 1, n))
        for n in MONTHS
    ]
    return Turnover(
        year, months, until(found, today), until(found, a_year_before(today))
    )


def total(found: Mapping[dt.date, Decimal], year: int, month: int) -> Decimal:
    """Return what the days of a month come to."""
    days = (day for day in found if (day.year, day.month) == (year, month))
    return sum((found[day] for day in days), NOTHING)


def until(found: Mapping[dt.date, Decimal], last: dt.date) -> Decimal:
    """Return what the days from 1 January to a day come to."""
    days = (day for day in found if day.year == last.year and day <= last)
    return sum((found[day] for day in days), NOTHING)


def a_year_before(day: dt.date) -> dt.date:
    """Return the same day of the year before; of 29 February the last one before."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
