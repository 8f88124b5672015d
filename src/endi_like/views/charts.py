"""Charts drawn by the server: where the bars, ticks and lines of an SVG stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

from endi_like.reports.turnover import Month, Turnover

HEIGHT, TOP, BOTTOM, LEGEND = 220, 15, 195, 212
"""Pixels: of the picture, of its highest and lowest line, of the words below."""

LEFT, EACH, WIDTH, OVER = 13.0, 7.25, 4.7, 0.6
"""Percent of the width: before the bars, of a month, of a bar, of a tick beside it."""

MOST_LINES = 4
STEPS = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True)
class Line:
    """A line of the grid, and the amount it stands for."""

    y: float
    amount: Decimal


@dataclass(frozen=True)
class Bar:
    """A month: its bar, the tick of the year before; nothing where it is to come."""

    first: dt.date
    x: float
    y: float
    height: float
    tick: float
    kind: str

    @property
    def middle(self) -> float:
        """Return where its name stands."""
        return round(self.x + WIDTH / 2, 1)

    @property
    def ends(self) -> tuple[float, float]:
        """Return where the tick of the year before begins and ends."""
        return round(self.x - OVER, 1), round(self.x + WIDTH + OVER, 1)


@dataclass(frozen=True)
class Chart:
    """What is drawn."""

    lines: Sequence[Line]
    bars: Sequence[Bar]
    base: float
    height: int = HEIGHT
    legend: int = LEGEND
    width: float = WIDTH


@dataclass(frozen=True)
class Scale:
    """How amounts become heights: between a lowest and a highest line, in steps."""

    lowest: int
    highest: int
    step: Decimal

    @classmethod
    def over(cls, amounts: Sequence[Decimal]) -> Scale:
        """Return the scale that some amounts, and nothing, have room in."""
        low, high = min(*amounts, Decimal(0)), max(*amounts, Decimal(0))
        step = step_of(high - low)
        return cls(floor(low / step), ceil(high / step), step)

    @property
    def lines(self) -> list[Line]:
        """Return the lines of the grid."""
        marks = (self.step * n for n in range(self.lowest, self.highest + 1))
        return [Line(self.y(mark), mark) for mark in marks]

    def y(self, amount: Decimal) -> float:
        """Return how far from the top an amount is."""
        steps = float(amount / self.step) - self.lowest
        per_step = (BOTTOM - TOP) / ((self.highest - self.lowest) or 1)
        return round(BOTTOM - steps * per_step, 1)


def chart_of(turnover: Turnover, today: dt.date) -> Chart:
    """Return the chart of a year's turnover: months that went below zero hang down."""
    amounts = [one for month in turnover.months for one in (month.now, month.before)]
    scale = Scale.over(amounts)
    bars = [bar_of(n, month, today, scale) for n, month in enumerate(turnover.months)]
    return Chart(scale.lines, bars, scale.y(Decimal(0)))


def bar_of(number: int, month: Month, today: dt.date, scale: Scale) -> Bar:
    """Return the bar of a month; that of the present one is not finished."""
    end, base = scale.y(month.now), scale.y(Decimal(0))
    is_present = month.first == today.replace(day=1)
    return Bar(
        month.first,
        round(LEFT + EACH * number, 1),
        min(end, base),
        round(abs(base - end), 1),
        scale.y(month.before),
        "part" if is_present else "this",
    )


def step_of(span: Decimal) -> Decimal:
    """Return the round amount between two lines, of which there are few."""
    if span <= 0:
        return Decimal(1)
    wanted = span / MOST_LINES
    power = Decimal(10) ** wanted.adjusted()
    return next(power * one for one in STEPS if power * one >= wanted)
