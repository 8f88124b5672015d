"""The search of the directory finds what the oracle finds, whatever the data.

``tests/golden/contacts`` holds the rules as a program that reads the files themselves,
what makes files of any size, and searches.  More searches are drawn from the data.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from endi_like.grids.contacts import ContactGrid
from endi_like.models.contacts import Entity
from endi_like.services.rights.sight import EVERYTHING
from tests.directory import asked, bring, codes_of
from tests.factories import TODAY
from tests.golden.contacts import spec_oracle

GOLDEN = Path(spec_oracle.__file__).parent
SEARCHES = [one["q"] for one in json.loads((GOLDEN / "searches.json").read_text())]
SIGNS = [
    {"name": "%"},
    {"name": "o'neil"},
    {"name": "a_b"},
    {"name": "100%"},
    {"name": "(europe) c"},
    {"notes": "%"},
    {"notes": "_"},
    {"notes": "'"},
    {"email": "_"},
    {"email": "\\"},
    {"contact": "#"},
    {"address": "("},
    {"class": "Lead"},
    {"class": "Customer"},
    {"country": "czech republic"},
    {"country": "Nowhere"},
    {"active_from": "2024-01-01"},
    {"active_to": "2010-12-31"},
    {"active_from": "2012-01-01", "active_to": "2012-12-31"},
    {"city": "pa", "country": "FR", "postal_code": "7"},
]
DRAWN = 80
NIGHTLY = [pytest.mark.nightly]


def drawn(data, count):
    """Return searches whose terms are parts of the data, one or two fields each."""
    chance = random.Random(7)  # noqa: S311  no secret

    def piece(value, least=1):
        start = chance.randrange(max(len(value) - least, 0) + 1)
        return value[start : start + chance.randint(least, 8)]

    def first(value):
        return value[: chance.randint(1, 6)]

    def word(value):
        return first(chance.choice(value.split() or [""]))

    fields = {
        "name": lambda k: " ".join(word(name) for name in data.names[k][:2]),
        "control_code": lambda k: first(data.code[k]).upper(),
        "account_number": lambda k: [first(a[1]) for a in data.accounts[k]],
        "email": lambda k: [piece(v, 2) for t, v in data.items[k] if t == "email"],
        "phone": lambda k: [piece(v, 7) for t, v in data.items[k] if t == "phone"],
        "contact": lambda k: [piece(v, 2) for t, v in data.items[k] if t == "other"],
        "notes": lambda k: [piece(note, 2) for note in data.notes[k]],
        "address": lambda k: [word(a[0][0]) for a in data.addr[k] if a[0]],
        "city": lambda k: [first(a[1]) for a in data.addr[k]],
        "state": lambda k: [first(a[2]) for a in data.addr[k]],
        "postal_code": lambda k: [first(a[3]) for a in data.addr[k]],
        "country": lambda k: sorted(data.country[k]),
    }
    found = []
    while len(found) < count:
        who, search = chance.choice(data.contacts), {}
        for name in chance.sample(sorted(fields), chance.choice([1, 1, 2, 3])):
            values = fields[name](who)
            value = values if isinstance(values, str) else chance.choice(values or [""])
            if value.strip():
                search[name] = value
        if search:
            found.append(search)
    return found


def expected(data, search):
    """Return who the oracle finds; one account must run from day to day."""
    left = dict(search)
    days = left.pop("active_from", ""), left.pop("active_to", "9999")
    found = data.search(left)
    if len(left) == len(search):
        return set(found)

    def runs(account):
        started = not account[2] or account[2] <= days[1]
        return started and (not account[3] or account[3] >= days[0])

    return {
        key
        for key in found
        if not data.accounts[key] or any(map(runs, data.accounts[key]))
    }


@pytest.mark.parametrize(
    ("count", "seed"), [(4_000, 4), pytest.param(100_000, 20250101, marks=NIGHTLY)]
)
def test_what_is_found_is_what_the_oracle_finds(db, tmp_path, count, seed):
    size = ("--count", str(count), "--seed", str(seed), "--out", str(tmp_path))
    subprocess.run([sys.executable, GOLDEN / "gen_contacts.py", *size], check=True)
    bring(db, tmp_path)
    db.execute(text("ANALYZE"))
    data, codes = spec_oracle.Data(tmp_path), codes_of(tmp_path)

    wrong = []
    for search in [*SEARCHES, *SIGNS, *drawn(data, DRAWN)]:
        grid = ContactGrid(~Entity.confidential, TODAY, EVERYTHING)
        wanted = {codes[key] for key in expected(data, search)}
        page = grid.run(db, asked(search))
        found = [row.values[1] for row in grid.every(db, asked(search))]
        if sorted(found) != sorted(wanted) or page.count != min(len(wanted), 1001):
            wrong.append((search, sorted(wanted ^ set(found))[:3], page.count))
        if [row.values[1] for row in page.rows] != found[: grid.size]:
            wrong.append((search, "page"))
    assert wrong == []
