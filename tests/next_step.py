"""The step that might come next, made or taken back in a process of its own.

python -m tests.next_step DATABASE_URL REVISION
"""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command

from endi_like.migrations import HERE
from endi_like.migrations.running import (
    check_references,
    configuration,
    migrating_engine,
    prepare,
)

STEP = "0015"
NEXT = Path(__file__).parent / "data" / "next_step"


def move(url: str, revision: str) -> None:
    """Bring a database to a revision, up or down, as ``endi-like migrate`` does."""
    engine = migrating_engine(url)
    try:
        with engine.begin() as connection:
            prepare(connection)
            steps = configuration(connection)
            steps.set_main_option("path_separator", "newline")
            folders = (str(HERE / "versions"), str(NEXT))
            steps.set_main_option("version_locations", "\n".join(folders))
            up = revision == STEP
            (command.upgrade if up else command.downgrade)(steps, revision)
            check_references(connection)
    finally:
        engine.dispose()


if __name__ == "__main__":
    move(sys.argv[1], sys.argv[2])
