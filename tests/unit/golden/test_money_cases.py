"""Golden cases: rounding, percentages, amounts as whole numbers and as text."""

from decimal import Decimal

import pytest

from endi_like.formats import BLANK, NARROW_BLANK, amount, parse_decimal
from endi_like.money import (
    percent_of,
    percent_of_total,
    round_to,
    to_integer,
    truncate,
)
from tests.golden import Case, cases

ROUND = {"half_up": round_to, "down": truncate}
UNITS = {1: Decimal(1), 1000: Decimal("0.01")}


@pytest.mark.parametrize("case", cases("rounding"))
def test_rounding_is_half_up_and_old_documents_cut(case: Case) -> None:
    given = case["input"]
    scale = 5 if given["unit"] == 1000 else 0
    value = Decimal(given["value"]).scaleb(-scale)
    result = ROUND[given["mode"]](value, UNITS[given["unit"]])
    assert result == Decimal(case["expect"]["result"]).scaleb(-scale)


@pytest.mark.parametrize("case", cases("to_integer_amount"))
def test_an_amount_as_a_whole_number_is_rounded(case: Case) -> None:
    given = case["input"]
    result = to_integer(Decimal(given["euros"]), given["precision"])
    assert result == case["expect"]["result"]


@pytest.mark.parametrize("case", cases("unit_conversion"))
def test_what_is_typed_becomes_whole_numbers(case: Case) -> None:
    typed = case["input"]["form"]
    stored = {
        name: to_integer(parse_decimal(text, "fr")) for name, text in typed.items()
    }
    assert stored == case["expect"]["stored"]


@pytest.mark.parametrize("case", cases("percent_of_total"))
def test_a_part_is_a_percentage_of_the_total(case: Case) -> None:
    given = {name: Decimal(value) for name, value in case["input"].items()}
    decimals = int(given.pop("decimals", 2))
    assert percent_of_total(decimals=decimals, **given) == case["expect"]["result"]


@pytest.mark.parametrize("case", cases("apply_percentage_truncating"))
def test_a_percentage_can_be_cut(case: Case) -> None:
    value, percent = Decimal(case["input"]["value"]), Decimal(case["input"]["percent"])
    assert truncate(percent_of(value, percent), Decimal(1)) == case["expect"]["result"]


@pytest.mark.parametrize("case", cases("format_amount"))
def test_an_amount_is_written(case: Case) -> None:
    given = case["input"]
    if given["value"] is None:
        assert amount(None, "fr") == case["expect"]["text"]
        return
    precision = given["precision"]
    value = Decimal(given["value"]).scaleb(-precision)
    text = amount(
        value,
        "fr",
        up_to=2 if given.get("trim", True) else precision,
        grouping=given["grouping"],
    )
    assert text == case["expect"]["text"].replace("&nbsp;", BLANK)


def test_a_number_is_written_rounded_half_up() -> None:
    (case,) = (parameter.values[0] for parameter in cases("format_float"))
    texts = [amount(value, "fr") for value in case["input"].values()]
    expected = case["expect"]["texts"]
    # That program groups with a narrow blank here, with a wide one elsewhere.
    assert texts == [text.replace(NARROW_BLANK, BLANK) for text in expected]
