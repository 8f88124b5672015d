"""``endi-like migrate``: make or update the tables."""

from __future__ import annotations

from argparse import Namespace

from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import update


def run(arguments: Namespace) -> int:
    """Bring the database up to date and say whether it was."""
    installation = Installation.read(arguments.ini)
    with answering(installation):
        changed = update(installation)
    print("The database is up to date now." if changed else "It was up to date.")
    return 0
