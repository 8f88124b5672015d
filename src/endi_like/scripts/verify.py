"""``endi-like verify``: whether anything in the data is not as it must be."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from itertools import chain

from sqlalchemy.orm import Session

from endi_like.clock import utcnow
from endi_like.models.triggers import missing
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import require_current
from endi_like.services.invariants import invariants
from endi_like.services.seals import (
    all_lines,
    append_missing,
    differences,
    read_file,
    seal_log,
)


def run(arguments: Namespace) -> int:
    """Print the first finding of each kind; status 1 when there is any."""
    installation = Installation.read(arguments.ini)
    with answering(installation):
        require_current(installation)
        with installation.snapshot() as db:
            found = list(first_of_each_kind(findings(installation, db)))
        print("\n".join(found) or "All is as it was written.")
        if arguments.seal:
            seal(installation)
    return 1 if found else 0


def findings(installation: Installation, db: Session) -> Iterator[str]:
    """Yield everything that is wrong in the database, the files and the seals.

    A trigger that is gone has altered nothing yet, but somebody made it possible.
    """
    outside = read_file(installation.settings.data_folder)
    return chain(
        invariants(db, installation.vault),
        (f"seals: {one}" for one in differences(all_lines(db), outside)),
        (f"triggers: {name} is missing" for name in missing(db)),
    )


def first_of_each_kind(sentences: Iterator[str]) -> Iterator[str]:
    """Yield the first sentence of each kind, which is what stands before a colon."""
    seen = set()
    for sentence in sentences:
        kind = sentence.partition(":")[0]
        if kind not in seen:
            seen.add(kind)
            yield sentence


def seal(installation: Installation) -> None:
    """Write today's seal, in the database and then in the file beside it."""
    now = utcnow()
    with installation.session() as db:
        made = seal_log(db, day=now.date(), now=now)
        print(f"Sealed: {made.seal}" if made else "This day has its seal already.")
    with installation.snapshot() as db:
        append_missing(db, installation.settings.data_folder)
