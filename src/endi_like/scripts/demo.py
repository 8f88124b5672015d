"""``endi-like demo``: load demonstration data into an empty database."""

from __future__ import annotations

from argparse import Namespace
from importlib import import_module

from endi_like.clock import day_of, utcnow
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.schema import require_current, update
from endi_like.services.demonstration import LOGINS, PASSWORD, is_empty


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
    print(f"Loaded. The password of {', '.join(LOGINS)} is {PASSWORD}.")
    return 0


def load_into_empty(installation: Installation) -> bool:
    """Load demonstration data unless somebody is there; tell whether it was done."""
    with installation.session() as db:
        if not is_empty(db):
            return False
        # Most starts do not need it.
        demo = import_module("endi_like.services.demo")
        demo.load(db, day_of(utcnow(), demo.TIME_ZONE))
    return True
