"""Contacts brought into the directory: first all is checked, then all is stored."""

from __future__ import annotations

import datetime as dt
import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.organisation import Organisation
from endi_like.models.people import Company
from endi_like.services.contacts.codes import jump
from endi_like.services.contacts.duplicates.asking import compare_many_later
from endi_like.services.contacts.importing.building import Builder, Ground
from endi_like.services.contacts.importing.columns import File
from endi_like.services.contacts.importing.ending import Tables
from endi_like.services.contacts.importing.files import files
from endi_like.services.contacts.importing.folder import Progress, quiet
from endi_like.services.contacts.importing.staging import Staging
from endi_like.services.contacts.importing.storing import AT_ONCE, IN_ORDER, Store
from endi_like.services.contacts.own_company import OWN, own_company
from endi_like.services.organisation import founded

STORING = "storing"
OBJECTS = 50_000
"""After so many new objects, instead of 700; an import takes a seventh less time."""


class NoCompany(ValueError):
    """There is no company of the code; the argument is the sentence saying so."""


@dataclass(frozen=True)
class Target:
    """Where to contacts are brought: whose their accounts are, and what is usual."""

    company: str
    company_id: int | None
    files: Mapping[str, File]

    @classmethod
    def of(cls, db: Session, company: str = "") -> Target:
        """Return the target of a company's code; without one it is our own.

        Raises ``NoCompany``.
        """
        code = company or OWN
        company_id = db.scalar(select(Company.id).where(Company.code == code))
        if company and company_id is None:
            raise NoCompany(
                _("There is no company ${code}.", mapping={"code": company})
            )
        own = db.get(Organisation, 1) or Organisation(id=1, name="")
        return cls(company, company_id, files(ZoneInfo(own.time_zone)))


@contextmanager
def staging() -> Iterator[Staging]:
    """Give a place for what is read, which is gone afterwards."""
    found = Staging()
    try:
        yield found
    finally:
        found.close()


@contextmanager
def seldom_tidied() -> Iterator[None]:
    """Look for what points at itself less often: an import makes much, keeps little.

    It is for whoever imports, once at a time in a process.
    """
    usual = gc.get_threshold()
    gc.set_threshold(OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def store(
    db: Session,
    target: Target,
    staged: Staging,
    now: dt.datetime,
    progress: Progress = quiet,
) -> int:
    """Store what was found right, in the transaction of the session; return how many.

    Raises ``IntegrityError`` if somebody has taken a code or a number meanwhile.
    """
    own = founded(db)
    company_id = target.company_id or own_company(db).id
    ground = Ground(company_id, own.country, own.language, now)
    builder, storing = Builder(ground), Store(db, staged)
    contacts, total, done = staged.contacts(), staged.count(), 0
    with Tables(db.connection(), IN_ORDER, total).filled(progress):
        while batch := [builder.build(one) for one in islice(contacts, AT_ONCE)]:
            storing.write(batch)
            done += len(batch)
            progress(STORING, done, total)
        storing.point()
    jump(db)
    if done:
        compare_many_later(db, staged.ids(), now)
    return done
