"""What happens to a test when this machine lacks what it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest

MARK = "left out: "


def leave_out(component: str, remedy: str) -> NoReturn:
    """Skip the test, saying how to have it run; fail it when nothing may be missing.

    ``REQUIRE_ALL=1`` in the environment is the promise that this machine has it all.
    """
    sentence = f"{MARK}{component} is missing; {remedy}"
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)
