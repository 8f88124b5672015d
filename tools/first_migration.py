"""Write the first migration anew from the models, until the first release.

    .venv/bin/python tools/first_migration.py

Afterwards what is released stays: changes are steps of their own (see CONTRIBUTING).
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

from endi_like.migrations.refusals import VERSIONS, file_of
from endi_like.migrations.running import configuration, migrating_engine
from endi_like.models.triggers import DIALECTS, statements

REVISION = "0001"
RUFF = {
    "hooks": "ruff",
    "ruff.type": "exec",
    "ruff.executable": str(Path(sys.executable).with_name("ruff")),
    "ruff.options": "format REVISION_SCRIPT_FILENAME",
}


def main() -> None:
    """Replace the files of the first migration."""
    for old in VERSIONS.glob(f"{REVISION}_*"):
        old.unlink()
    for dialect in DIALECTS:
        lines = "".join(f"{statement}\n" for statement in statements(dialect))
        file_of(REVISION, dialect).write_text(lines)
    with TemporaryDirectory() as folder:
        engine = migrating_engine(f"sqlite:///{folder}/empty.sqlite")
        with engine.begin() as connection:
            write_tables(configuration(connection))
        engine.dispose()


def write_tables(config: Config) -> None:
    """Write the Python file: all tables, then the triggers."""
    for name, value in RUFF.items():
        config.set_section_option("post_write_hooks", name, value)
    script = command.revision(
        config, message="ground floor", autogenerate=True, rev_id=REVISION
    )
    path = Path(script.path)  # type: ignore[union-attr]
    whole = path.read_text().replace(
        "\n\n\ndef downgrade",
        f'\n    make_refusals("{REVISION}")\n\n\ndef downgrade',
    )
    whole = whole.replace(
        "from alembic import op\n",
        "from alembic import op\n\n"
        "from endi_like.migrations.refusals import make_refusals\n",
    )
    path.write_text(whole)


if __name__ == "__main__":
    main()
