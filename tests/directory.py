"""The directory filled from files, as the command does it, and who is found in it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from endi_like.db import take_time
from endi_like.services.contacts.importing.checking import Checking
from endi_like.services.contacts.importing.folder import Folder
from endi_like.services.contacts.importing.importer import Target, staging, store
from endi_like.services.contacts.importing.refusing import Refusals
from endi_like.services.contacts.importing.taken import Taken
from endi_like.translation import Translator
from tests.factories import NOW


def bring(db: Session, folder: Path) -> None:
    """Import a folder of files, none of whose rows may be refused."""
    take_time(db.connection())

    @contextmanager
    def look() -> Iterator[Session]:
        yield db

    with staging() as staged:
        target = Target.of(db)
        refused = Refusals(None, Translator("en"))
        checking = Checking(staged, refused, Taken(look, target.company_id))
        Folder(folder, target.files).check(checking)
        assert not refused.counts, refused.counts
        store(db, target, staged, NOW)


def codes_of(folder: Path) -> Mapping[int, str]:
    """Return the control code of each contact, by its key in the files."""
    with (folder / "contacts.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {int(row["contact_key"]): row["control_code"] for row in rows}


def asked(search: Mapping[str, Any]) -> dict[str, str]:
    """Return the parameters of a search, as an address has them."""
    return {name: str(value) for name, value in search.items()}
