"""Where lines that are loaded go, in a form as it was posted."""

import pytest

from endi_like.forms.sales.loading import joined

BLANK = {"id": "", "description": "", "cost": "", "quantity": "1", "product": ""}
OAK = {**BLANK, "description": "Oak"}
STORED = {**BLANK, "id": "7"}
ASH = {**BLANK, "description": "Ash"}


def group(*lines, title=""):
    return {"id": "", "title": title, "description": "", "lines": list(lines)}


LOADED = group(ASH, title="Floor")


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        ([], [LOADED]),
        (None, [LOADED]),
        ("nonsense", [LOADED]),
        ([group(BLANK)], [group(ASH)]),
        ([group(OAK, BLANK)], [group(OAK, ASH)]),
        ([group(STORED)], [group(STORED, ASH)]),
        ([group(OAK), group(BLANK)], [group(OAK), group(ASH)]),
        (["nonsense"], ["nonsense", LOADED]),
        ([{"title": "x"}], [{"title": "x", "lines": [ASH]}]),
    ],
)
def test_lines_go_behind_those_of_the_last_group(posted, expected):
    assert joined(posted, LOADED, is_group=False) == expected


@pytest.mark.parametrize(
    ("posted", "expected"),
    [
        ([], [LOADED]),
        ([group(BLANK)], [LOADED]),
        ([group(BLANK, title="x")], [group(BLANK, title="x"), LOADED]),
        ([group(OAK)], [group(OAK), LOADED]),
        ([group(STORED)], [group(STORED), LOADED]),
        (["nonsense"], ["nonsense", LOADED]),
    ],
)
def test_a_group_takes_the_place_of_an_empty_one_alone(posted, expected):
    assert joined(posted, LOADED, is_group=True) == expected
