"""Golden cases: internal numbers, and what documents are called by default."""

from datetime import date

import pytest

from endi_like.naming import default_name, internal_number
from endi_like.translation import translator
from tests.golden import cases

CASES = {case.id: case.values[0] for case in cases("naming")}


def named(kind, index, part=""):
    """Return a default name in French, with the apostrophe of a typewriter."""
    said = translator("fr")(default_name(kind, index, part))
    return said.replace("’", "'")


MADE = {
    "geninv-names": {
        "deposit": lambda given: named("invoice", given["project_index"], "deposit"),
        "balance": lambda given: named("invoice", given["project_index"], "balance"),
    },
    "num-internal": {
        "estimation company_index 5, date 1969-07": lambda given: internal_number(
            given["company"], date(1969, 7, 1), "estimation", 5
        ),
        "invoice 15, 2012-12": lambda given: internal_number(
            given["company"], date(2012, 12, 31), "invoice", 15
        ),
        "credit note 15, 2012-12": lambda given: internal_number(
            given["company"], date(2012, 12, 1), "cancelinvoice", 15
        ),
        "invoice name, project_index 1": lambda _given: named("invoice", 1),
        "credit note name, project_index 5": lambda _given: named("cancelinvoice", 5),
    },
}
"""How the application makes what each case expects."""


@pytest.mark.parametrize("name", CASES)
def test_documents_are_called_as_they_were(name):
    case = CASES[name]
    found = {what: make(case["input"]) for what, make in MADE[name].items()}
    assert found == case["expect"]
