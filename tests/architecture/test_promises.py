"""Every promise has a test that carries its name: test_T1_…"""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"test_([A-Z]+[0-9]+)_[a-z0-9_]+")
PROMISES = {
    "T1": "official numbers are unique and without gap",
    "T2": "the order of numbers is that of dates",
    "T3": "a transition is applied exactly once",
    "T4": "no edit is lost to another",
    "T5": "only the declared transitions exist",
    "T6": "money is exact",
    "E1": "the log shows that it was tampered with",
    "E2": "the log is complete",
    "E3": "a validated document cannot be altered",
    "E6": "a validated PDF never changes",
    "F1": "a kill loses nothing acknowledged",
    "F2": "a write that fails leaves nothing by halves",
    "F3": "a database that is away is 503, then all is well",
    "F4": "a database that is slow or silent takes nothing down",
    "F5": "a pool that is empty is 503, then all is well",
    "F6": "a disk that is full is said to be, and nothing is half written",
    "F7": "a mail leaves if and only if it was committed",
    "F8": "a mass mail reaches each once",
    "F9": "a job runs once for each time, whoever dies and whatever the clock does",
    "F10": "who is slow keeps nobody waiting",
    "F11": "large and malformed bodies are refused at once",
    "F12": "many at work are answered soon, and ten times as many wait",
    "F13": "nothing grows however long it runs",
    "F14": "no row breaks a page or a file",
    "I1": "what is typed is shown as text",
    "I2": "a question to a list is never a statement",
    "I3": "no text becomes a formula",
    "I4": "attached files stay in their place and are inert",
    "I5": "XML that somebody sends is never read",
    "I8": "nothing that is typed becomes a header",
    "I9": "no redirect leads to another site",
    "I10": "impossible values are refused and never stored",
    "I11": "only what a form offers is stored",
    "I12": "a field is sent once and of its kind",
    "I14": "what is typed into a template computes nothing",
    "I15": "no line of the log can be forged",
    "A1": "every view names who may and how it is asked",
    "A2": "every role may what is written down",
    "A3": "nothing of another company is to be had by any door",
    "A4": "what a role may not see or set it does not",
    "A5": "rights change at once",
    "A6": "a form counts only with its token",
    "A7": "sessions begin, change and end as they should",
    "A8": "guessing passwords does not pay and shuts nobody out",
    "A9": "which logins exist cannot be learnt",
    "A10": "a link to a new password works once, for a while, for one",
    "A11": "every answer carries the headers that protect it",
    "A12": "a token may what it was made for, is kept as a hash, and is in no URL",
    "A13": "no secret is in a log, a page or an error",
    "O1": "a backup under load restores to a consistent and complete state",
    "O2": "a migration loses nothing",
    "O3": "the two databases behave alike",
    "O4": "a bad configuration is one clear line",
    "O5": "a stop cuts no request",
    "O6": "what is installed is locked and hashed",
}


def functions():
    """Return the name of every test there is."""
    return [
        node.name
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


@pytest.fixture(scope="module")
def kept():
    """Return the promises that tests are named after."""
    return {found[1] for name in functions() if (found := NAMED.fullmatch(name))}


@pytest.mark.parametrize("promise", PROMISES)
def test_every_promise_has_a_test_named_after_it(kept, promise):
    assert promise in kept, PROMISES[promise]


def test_no_test_writes_a_promise_in_another_way():
    """``test_t1_…`` would not be found by the name of the promise."""
    small = re.compile(r"test_[aefiot][0-9]+_")
    assert list(filter(small.match, functions())) == []
