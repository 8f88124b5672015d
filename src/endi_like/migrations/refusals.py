"""What tables do not say of a step: triggers, and the indexes of the search.

Its statements are kept beside it, one per line and dialect.

A step must make what it made when it was written, whatever ``models.triggers`` says
today; so its statements are a copy.
"""

from __future__ import annotations

from pathlib import Path

from alembic import op

VERSIONS = Path(__file__).parent / "versions"


def file_of(revision: str, dialect: str) -> Path:
    """Return the file of a step's statements."""
    return VERSIONS / f"{revision}_{dialect}.sql"


def make_refusals(revision: str) -> None:
    """Make the triggers and indexes of the step."""
    connection = op.get_bind()
    for statement in file_of(revision, connection.dialect.name).read_text().split("\n"):
        if statement:
            connection.exec_driver_sql(statement.replace("%", "%%"))
