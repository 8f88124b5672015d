"""Promise T6: what is settled elsewhere is taken off to the cent, rate by rate."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endi_like.totals import Deduction, Document, Line, Mode, compute
from tests.unit.test_totals import (
    A_THOUSAND_TIMES,
    DOCUMENTS,
    MODES,
    NORMAL,
    RATES,
    REDUCED,
    breakdown,
)

CENTS = st.decimals(-100000, 100000, places=2)
DEDUCTIONS = st.lists(
    st.builds(
        lambda vat, ht, tva: Deduction(vat, ht, tva, ht + tva), RATES, CENTS, CENTS
    ),
    max_size=6,
).map(tuple)


def deduction(ht: str, tva: str, vat=NORMAL) -> Deduction:
    return Deduction(vat, Decimal(ht), Decimal(tva), Decimal(ht) + Decimal(tva))


@A_THOUSAND_TIMES
@given(DOCUMENTS, DEDUCTIONS)
def test_T6_a_document_with_deductions_is_what_it_was_less_what_is_deducted(
    document: Document, deductions: tuple[Deduction, ...]
) -> None:
    whole = compute(document)
    left = compute(replace(document, deductions=deductions))
    taken = [(one.ht, one.tva, one.ttc) for one in deductions]
    sums = [sum(amounts) for amounts in zip(*taken, strict=True)] or [0, 0, 0]
    assert [left.ht, left.tva, left.ttc, left.due] == [
        whole.ht - sums[0],
        whole.tva - sums[1],
        whole.ttc - sums[2],
        whole.due - sums[2],
    ]
    assert [left.deducted.ht, left.deducted.tva, left.deducted.ttc] == sums
    for vat in {one.vat for one in (*whole.by_rate, *deductions)}:
        before = breakdown(whole).get(vat, (0, 0, 0))
        mine = [(one.ht, one.tva, one.ttc) for one in deductions if one.vat == vat]
        assert breakdown(left)[vat] == tuple(
            amount - sum(one[index] for one in mine)
            for index, amount in enumerate(before)
        )


@given(DOCUMENTS, DEDUCTIONS)
def test_deductions_leave_the_lines_and_what_rounding_each_would_move(
    document: Document, deductions: tuple[Deduction, ...]
) -> None:
    whole = compute(document)
    left = compute(replace(document, deductions=deductions))
    assert (left.lines, left.groups, left.discount, left.unrounded) == (
        whole.lines,
        whole.groups,
        whole.discount,
        whole.unrounded,
    )
    for name in ("ht", "tva", "ttc"):
        moved = getattr(whole.line_by_line, name) - getattr(whole, name)
        assert getattr(left.line_by_line, name) - getattr(left, name) == moved


@A_THOUSAND_TIMES
@given(DOCUMENTS)
def test_T6_what_is_deducted_whole_leaves_nothing(document: Document) -> None:
    whole = compute(document)
    settled = tuple(map(Deduction.of, whole.by_rate))
    left = compute(replace(document, deductions=settled))
    assert set(breakdown(left).values()) <= {(0, 0, 0)}
    assert left.due == left.post_tax


@pytest.mark.parametrize("mode", MODES)
def test_a_rate_that_only_a_deduction_knows_is_in_the_breakdown(mode: Mode) -> None:
    lines = ((Line(Decimal(12), Decimal(1), REDUCED),),)
    found = compute(Document(mode, lines, deductions=(deduction("10.00", "2.00"),)))
    assert [one.vat for one in found.by_rate] == [NORMAL, REDUCED]
    assert breakdown(found)[NORMAL] == (-10, -2, -12)


@pytest.mark.parametrize(
    ("ht", "tva", "ttc"),
    [("10.005", "2.00", "12.005"), ("10.00", "2.001", "12.001"), ("10", "2", "12.01")],
)
def test_a_deduction_is_whole_cents_that_add_up(ht: str, tva: str, ttc: str) -> None:
    with pytest.raises(ValueError, match=r"whole cents|do not make"):
        Deduction(NORMAL, Decimal(ht), Decimal(tva), Decimal(ttc))
