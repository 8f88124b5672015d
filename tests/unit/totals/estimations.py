"""Random documents to invoice: several rates, small amounts that round every way."""

from decimal import Decimal

from hypothesis import strategies as st

from endi_like.totals import Discount, Document, Expenses, Line, RateTotal, Totals
from tests.unit.test_totals import EXPORT, MODES, NORMAL, REDUCED, TRAINING, VatRate

MIDDLE = VatRate(6, Decimal("10.00"))
OTHER_NORMAL = VatRate(7, Decimal("20.00"))
OLD = VatRate(8, Decimal("19.60"))
RATES = st.sampled_from([NORMAL, REDUCED, EXPORT, TRAINING, MIDDLE, OTHER_NORMAL, OLD])


def numbers(least: int, most: int, places: int) -> st.SearchStrategy[Decimal]:
    """Draw decimals as whole numbers: much faster, and as varied."""
    scale = 10**places
    whole = st.integers(least * scale, most * scale)
    return whole.map(lambda number: Decimal(number).scaleb(-places))


COSTS = numbers(0, 30, 5) | numbers(-500, 5000, 2)
QUANTITIES = st.sampled_from([Decimal(1)]) | numbers(0, 20, 2)
LINES = st.builds(Line, COSTS, QUANTITIES, RATES)
GROUPS = st.lists(
    st.lists(LINES, min_size=1, max_size=3).map(tuple), min_size=1, max_size=2
).map(tuple)
ESTIMATIONS = st.builds(
    Document,
    st.sampled_from(MODES),
    GROUPS,
    st.lists(st.builds(Discount, numbers(0, 50, 2), RATES), max_size=2).map(tuple),
    st.none() | st.builds(Expenses, numbers(0, 100, 2), RATES),
    st.lists(numbers(-100, 100, 2), max_size=1).map(tuple),
)


def sums(*several: Totals) -> tuple[Decimal, ...]:
    """Return what documents come to together: before tax, tax, with tax, due."""
    return tuple(
        sum((getattr(one, name) for one in several), Decimal(0))
        for name in ("ht", "tva", "ttc", "due")
    )


def sums_by_rate(*several: Totals) -> dict[VatRate, tuple[Decimal, ...]]:
    """Return what documents come to together at each rate; zeros are left out."""
    found: dict[VatRate, list[RateTotal]] = {}
    for one in (one for totals in several for one in totals.by_rate):
        found.setdefault(one.vat, []).append(one)
    added = {
        vat: tuple(
            sum((getattr(one, name) for one in parts), Decimal(0))
            for name in ("ht", "tva", "ttc")
        )
        for vat, parts in found.items()
    }
    return {vat: amounts for vat, amounts in added.items() if any(amounts)}
