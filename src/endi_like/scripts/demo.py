"""``endi-like demo``: load demonstration data into an empty database."""

from __future__ import annotations

from argparse import Namespace

from endi_like.clock import day_of, utcnow
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import require_current, update
from endi_like.services import demo


def run(arguments: Namespace) -> int:
    """Load the data; refuse when there is anybody already."""
    installation = Installation.read(arguments.ini)
    if installation.settings.production and not arguments.force:
        raise Unusable("these settings say production; --force loads it all the same")
    with answering(installation):
        if installation.embedded:
            update(installation)
        require_current(installation)
        if not load_into_empty(installation):
            raise Unusable("the database is not empty; nothing was loaded")
    print(f"Loaded. The password of {', '.join(demo.LOGINS)} is {demo.PASSWORD}.")
    return 0


def load_into_empty(installation: Installation) -> bool:
    """Load demonstration data unless somebody is there; tell whether it was done."""
    with installation.session() as db:
        if not demo.is_empty(db):
            return False
        demo.load(db, day_of(utcnow(), demo.TIME_ZONE))
    return True
