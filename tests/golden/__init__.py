"""Cases with known results, read in public test suites of other programs.

Their amounts are whole numbers: 1 euro is 100 000 in sales documents and payments;
rates are percentages x 100.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

Case = dict[str, Any]


def cases(*families: str) -> list[Any]:
    """Return the cases of some families, each a parameter named as it is there."""
    text = Path(__file__).with_name("sales.json").read_text("utf-8")
    found = json.loads(text, parse_float=Decimal)["cases"]
    chosen = [case for case in found if case["family"] in families]
    missing = set(families) - {case["family"] for case in chosen}
    assert not missing, f"no cases for {missing}"
    return [pytest.param(case, id=case["id"]) for case in chosen]


def euros(units: int | Decimal) -> Decimal:
    """Return an amount of a sales document."""
    return Decimal(units).scaleb(-5)


def percent(value: int | str) -> Decimal:
    """Return a rate."""
    return Decimal(value).scaleb(-2)
