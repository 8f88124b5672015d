"""Charts: all that is drawn is within the picture, and of the right height."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endi_like.reports.turnover import Month, Turnover, a_year_before
from endi_like.views.charts import BOTTOM, MOST_LINES, TOP, chart_of, step_of

AMOUNTS = st.decimals(-(10**9), 10**9, places=2)
TODAY = dt.date(2026, 11, 20)


def year_of(amounts):
    months = [
        Month(dt.date(2026, n, 1), now, before)
        for n, (now, before) in enumerate(amounts, 1)
    ]
    return Turnover(2026, months, Decimal(0), Decimal(0))


@settings(deadline=None)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=12, max_size=12))
def test_everything_is_drawn_within_the_picture(amounts):
    chart = chart_of(year_of(amounts), TODAY)
    heights = [bar.y for bar in chart.bars] + [bar.tick for bar in chart.bars]
    heights += [bar.y + bar.height for bar in chart.bars]
    assert all(TOP - 0.2 <= one <= BOTTOM + 0.2 for one in heights)
    assert len(chart.lines) <= MOST_LINES + 2
    assert any(line.amount == 0 and line.y == chart.base for line in chart.lines)


@settings(deadline=None)
@given(st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=12, max_size=12))
def test_bars_rise_above_the_base_for_gains_and_hang_below_it_for_losses(amounts):
    chart = chart_of(year_of(amounts), TODAY)
    for bar, (now, _before) in zip(chart.bars, amounts, strict=True):
        edge = bar.y + bar.height if now >= 0 else bar.y
        assert edge == pytest.approx(chart.base, abs=0.2)


def test_the_present_month_is_drawn_as_not_finished():
    chart = chart_of(year_of([(Decimal(1), Decimal(1))] * 12), TODAY)
    assert [bar.first.month for bar in chart.bars if bar.kind == "part"] == [11]


@pytest.mark.parametrize(
    ("span", "step"),
    [("0", "1"), ("3", "1"), ("4", "1"), ("5", "2"), ("77000", "20000"), ("1.5", ".5")],
)
def test_lines_stand_at_round_amounts(span, step):
    assert step_of(Decimal(span)) == Decimal(step)


def test_a_year_before_the_leap_day_is_the_last_of_february():
    assert a_year_before(dt.date(2024, 2, 29)) == dt.date(2023, 2, 28)
    assert a_year_before(TODAY) == dt.date(2025, 11, 20)
