"""Every family of golden cases of sales is a test, or waits for what it is about."""

import json
import re
from pathlib import Path

TESTS = Path(__file__).parents[2]

WAITING = {
    "account_prefix": "the accounting export",
    "accounting_export": "the accounting export",
    "expense_km": "expense sheets",
    "expense_line": "expense sheets",
    "expense_sheet": "expense sheets",
    "supplier_invoice": "purchases",
}


def asked_for() -> set[str]:
    """Return the families that tests ask for."""
    calls = [
        call
        for path in (TESTS / "unit").rglob("test_*.py")
        for call in re.findall(r"\bcases\(([^)]*)\)", path.read_text("utf-8"))
    ]
    return {name for call in calls for name in re.findall(r'"(\w+)"', call)}


def test_every_family_of_cases_is_a_test_or_waits_for_its_subject() -> None:
    cases = json.loads((TESTS / "golden" / "sales.json").read_text("utf-8"))["cases"]
    families = {case["family"] for case in cases}
    assert families - asked_for() == WAITING.keys()
