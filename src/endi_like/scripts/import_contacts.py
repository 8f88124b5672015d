"""``endi-like import-contacts``: contacts from CSV files into the directory."""

from __future__ import annotations

import sys
from argparse import Namespace
from itertools import count
from pathlib import Path

from sqlalchemy.exc import IntegrityError

from endi_like.clock import utcnow
from endi_like.db import take_time
from endi_like.scripts.errors import Unusable
from endi_like.scripts.installation import Installation, answering
from endi_like.scripts.progress import CLEAR, Bar
from endi_like.scripts.schema import require_current
from endi_like.services.contacts.importing.checking import Checking
from endi_like.services.contacts.importing.files import CONTACTS
from endi_like.services.contacts.importing.folder import Folder
from endi_like.services.contacts.importing.importer import (
    NoCompany,
    Target,
    seldom_tidied,
    staging,
    store,
)
from endi_like.services.contacts.importing.reading import UnusableFile
from endi_like.services.contacts.importing.refusing import Refusals
from endi_like.services.contacts.importing.staging import Staging
from endi_like.services.contacts.importing.taken import Taken
from endi_like.translation import Translator

MOST_TOLD = 100
in_english = Translator("en")
MEANWHILE = (
    "somebody has taken a control code, an account number or a login meanwhile: "
    "nothing was imported; run it again"
)


def run(arguments: Namespace) -> int:
    """Import a folder; status 1 when a row was refused."""
    installation = Installation.read(arguments.ini)
    folder = Path(arguments.folder)
    if not folder.is_dir():
        raise Unusable(f"there is no folder {folder}")
    with answering(installation), seldom_tidied(), staging() as staged:
        require_current(installation)
        try:
            with installation.snapshot() as db:
                target = Target.of(db, arguments.company)
            return bring(installation, arguments, target, staged)
        except (NoCompany, UnusableFile) as error:
            raise Unusable(in_english(error.args[0])) from error


def bring(
    installation: Installation, arguments: Namespace, target: Target, staged: Staging
) -> int:
    """Check the files, store what is right, and say what was done."""
    path = Path(arguments.folder)
    folder = Folder(path, target.files, Bar())
    refused = Refusals(
        None if arguments.dry_run else free_place(path), in_english, Told()
    )
    taken = Taken(installation.snapshot, target.company_id)
    checking = Checking(staged, refused, taken)
    try:
        folder.check(checking)
    finally:
        refused.close()
    for note in folder.notes:
        print(in_english(note))
    stored = not arguments.dry_run and not (arguments.all_or_nothing and refused.total)
    if stored:
        put(installation, target, staged)
    report(checking, target, arguments, stored=stored)
    return 1 if refused.total else 0


def put(installation: Installation, target: Target, staged: Staging) -> None:
    """Store what was found right."""
    try:
        with installation.session() as db:
            take_time(db.connection())
            store(db, target, staged, utcnow(), Bar())
    except IntegrityError as error:
        raise Unusable(MEANWHILE) from error


def report(
    checking: Checking, target: Target, arguments: Namespace, *, stored: bool
) -> None:
    """Say what was, or would be, imported, and where the refused rows are."""
    refused = checking.refusals
    for name in target.files:
        counts = f"{checking.kept[name]} right, {refused.counts[f'{name}.csv']} refused"
        print(f"{name}.csv: {counts}")
    if checking.stored_already and not checking.kept[CONTACTS]:
        print("All these contacts are in the directory already.")
    if refused.total and refused.folder:
        print(f"The refused rows and the reasons are in {refused.folder}.")
    if arguments.dry_run:
        print("Nothing was imported: this was a dry run.")
    elif not stored:
        print("Nothing was imported, as asked for when a row is refused.")
    else:
        print(f"Contacts imported: {checking.kept[CONTACTS]}.")


def free_place(folder: Path) -> Path:
    """Return where refused rows go: a folder beside that is not there yet."""
    name = folder.resolve()
    places = (name.with_name(f"{name.name}-refused-{n}") for n in count(1))
    return next(place for place in places if not place.exists())


class Told:
    """Tells of the first refused rows, and that there are more."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, sentence: str) -> None:
        """Tell of a row."""
        self.count += 1
        if self.count <= MOST_TOLD:
            start = CLEAR if sys.stderr.isatty() else ""
            print(f"{start}{sentence}", file=sys.stderr)
        elif self.count == MOST_TOLD + 1:
            print("… and more, which are not shown here", file=sys.stderr)
