"""``endi-like restore``: what a backup holds, put into an empty place and verified."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from endi_like.scripts.backup import belongings, interruptible, reason, say
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import update
from endi_like.scripts.verify import findings, first_of_each_kind
from endi_like.services.backups import BadBackup, restore
from endi_like.services.files import StorageFault


def run(arguments: Namespace) -> int:
    """Restore; status 1 if what came back is not as it must be."""
    installation = Installation.read(arguments.ini)
    where, path = belongings(installation), Path(arguments.file)
    try:
        with interruptible():
            found = restore(path, where, say=say)
    except (BadBackup, StorageFault, OSError) as error:
        raise Unusable(f"{path} was not restored: {reason(error)}") from error
    say(f"restored: version {found.version} of {found.made_at}")
    with answering(installation):
        if update(installation):
            say("the tables were brought up to date")
        with installation.snapshot() as db:
            wrong = list(first_of_each_kind(findings(installation, db)))
    print("\n".join(wrong) or "All is as it was written.")
    return 1 if wrong else 0
