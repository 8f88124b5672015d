"""The tables, step by step: every installation is brought up to date by these.

A new step is written by ``alembic revision --autogenerate -m "what it adds"``.  Whether
there is anything to do is found out without Alembic: importing it would cost every
start half a second and 10 MB.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

from sqlalchemy import Engine, inspect, text

HERE = Path(__file__).parent
NAMED = re.compile(r"^(revision|down_revision) = [\"'](.+)[\"']$", re.MULTILINE)


def steps() -> dict[str, str | None]:
    """Return every step there is, with the one before it."""
    found = [
        dict(NAMED.findall(file.read_text())) for file in HERE.glob("versions/*.py")
    ]
    return {one["revision"]: one.get("down_revision") for one in found if one}


def head() -> str:
    """Return the last step: the one that no other follows."""
    known = steps()
    (last,) = known.keys() - set(known.values())
    return last


class BrokenReferences(Exception):
    """A step would have left rows that point at nothing; it was undone."""


def stored(engine: Engine) -> list[str]:
    """Return the step the database has come to; nothing if it has no tables of ours."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return []
        found = connection.scalars(text("SELECT version_num FROM alembic_version"))
        return list(found)


def is_current(engine: Engine) -> bool:
    """Tell whether the database has every step, and none that is not known here."""
    return stored(engine) == [head()]


def is_newer(engine: Engine) -> bool:
    """Tell whether the database has come to a step that is not known here."""
    return not steps().keys() >= set(stored(engine))


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at that address up to date, or leave it as it was."""
    import_module("endi_like.migrations.running").upgrade(url, revision)
