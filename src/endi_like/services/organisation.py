"""The organisation, and its numbers: where series begin, and which comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.numbering import Counter
from endi_like.models.organisation import Organisation
from endi_like.models.people import Company
from endi_like.numbers import SEQUENCES, render, sequences
from endi_like.services.numbering import Numbering
from endi_like.services.official import FAMILIES, is_taken, taken
from endi_like.services.refusals import WrongValues

NAMELESS = "Organisation"
STARTABLE = {"global": "SEQGLOBAL", "year": "SEQYEAR", "month": "SEQMONTH"}


@dataclass(frozen=True)
class Series:
    """How far a series has counted; ``begun`` when it has numbered a document."""

    key: str
    last: int
    begun: bool


@dataclass(frozen=True)
class Preview:
    """The number an invoice of today would get, and whose: of no company in ``""``."""

    number: str
    company: str


def founded(db: Session) -> Organisation:
    """Return the organisation; in a new installation it has no name of its own yet.

    Nearly everything needs it, so that it is there before anybody has logged in.
    """
    own = db.get(Organisation, 1)
    if own is None:
        own = Organisation(id=1, name=NAMELESS)
        db.add(own)
        db.flush()
    return own


def is_nameless(own: Organisation) -> bool:
    """Tell whether nobody has said yet who runs this installation."""
    return own.version == 1 and own.name == NAMELESS


def series(db: Session, today: date) -> dict[str, Series]:
    """Return the series that every company counts in: of all, this year, this month."""
    keys = {
        name: SEQUENCES[variable].key(today, 0) for name, variable in STARTABLE.items()
    }
    counters = db.execute(
        select(Counter.key, Counter.value, Counter.last_date).where(
            Counter.key.in_(keys.values())
        )
    )
    found = {row.key: (row.value, row.last_date is not None) for row in counters}
    return {
        name: Series(key, *found.get(key, (0, False))) for name, key in keys.items()
    }


def start(
    db: Session, today: date, lasts: Mapping[str, tuple[str, int | None]]
) -> None:
    """Have series begin after numbers given elsewhere: name → (field, last number).

    Raises ``WrongValues`` for a number below the one already said, and for a series
    that has begun meanwhile.
    """
    known = series(db, today)
    for name, (field, last) in lasts.items():
        if last is not None and (sentence := begin(db, known[name], last)):
            raise WrongValues(**{field: sentence})


def begin(db: Session, one: Series, last: int) -> str | None:
    """Have a series begin after a number; return the sentence if it cannot.

    What somebody saw of a series that has begun since is no wish to change it.
    """
    if last == one.last or (one.begun and last < one.last):
        return None
    if last < one.last:
        return _(
            "It can only be raised: the last number is ${last}.",
            mapping={"last": one.last},
        )
    if one.begun or not Numbering(db).start(one.key, last):
        return _("This series has begun to count.")
    return None


def preview(db: Session, template: str, today: date, family: str = "") -> Preview:
    """Return the number the next document of today gets; the template makes sense."""
    company = db.scalars(
        select(Company).where(Company.active).order_by(Company.id).limit(1)
    ).first()
    number = next_number(db, template, today, company, family)
    shown = company.name if company and depends(template) else ""
    return Preview(number, shown)


def next_number(
    db: Session,
    template: str,
    today: date,
    company: Company | None,
    family: str = "",
) -> str:
    """Return the number a company's next document of today gets."""
    used = sequences(template)
    by_key = {one.key(today, company.id if company else 0): one for one in used}
    counted = Numbering(db, family=family).current(by_key)
    drawn = {one: counted[key] + 1 for key, one in by_key.items()}
    code = company.code if company else "ANA"
    return render(template, today, ana=code, drawn=drawn)


def depends(template: str) -> bool:
    """Tell whether a template gives each company numbers of its own."""
    return "{ANA" in template or "SEQMONTHANA" in template


def expect_free(db: Session, name: str, template: str, today: date) -> None:
    """Raise ``WrongValues`` if the next number of a template is given already.

    ``name`` is the field of the organisation that holds the template.

    Looked at alone a template never repeats itself; a former one may have given the
    same numbers, and then nobody could validate anything any more.
    """
    every = select(Company).order_by(Company.id)
    companies = db.scalars(every).all() if depends(template) else (None,)
    for company in companies:
        number = next_number(db, template, today, company, FAMILIES[name])
        if is_taken(db, number):
            raise WrongValues(**{name: taken(number)})
