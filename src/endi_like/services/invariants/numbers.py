"""Official numbers: on every validated document and on no other, none left out.

Internal ones: drawn, and given once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, distinct, func, or_, select
from sqlalchemy.orm import Session

from endi_like.models.numbering import Counter
from endi_like.models.sales import Task
from endi_like.numbers import SEQUENCES, Piece, parse, sequences
from endi_like.services import naming, official
from endi_like.services.contacts import codes
from endi_like.services.numbering import Numbering
from endi_like.services.sales import organisation

PATTERNS = {"YYYY": r"\d{4}", "YY": r"\d{2}", "MM": r"\d{2}", "ANA": ".+"}


@dataclass
class Series:
    """The numbers of one series: those that can be read, and how many cannot.

    A number that was made with an earlier template cannot be read with today's; it
    stands for any one that seems to be missing.
    """

    read: set[int] = field(default_factory=set)
    unread: int = 0

    def missing(self, counter: Counter) -> list[int]:
        """Return which numbers were drawn but are on no document."""
        drawn = range(counter.start + 1, counter.value + 1)
        gaps = [number for number in drawn if number not in self.read]
        return gaps if len(gaps) > self.unread else []

    def invented(self, counter: Counter) -> list[int]:
        """Return which numbers are on a document but were not drawn here."""
        return sorted(
            number
            for number in self.read
            if not counter.start < number <= counter.value
        )


def wrong_numbers(db: Session) -> Iterator[str]:
    """Yield a sentence for each document or series with a wrong number."""
    yield from misnumbered(db)
    yield from gaps(db)
    yield from miscounted(db)


def misnumbered(db: Session) -> Iterator[str]:
    """Yield a sentence for each document that should have a number, or should not."""
    valid = Task.validation_status == "valid"
    wrong = or_(
        and_(valid, or_(Task.official_number.is_(None), Task.official_number == "")),
        and_(~valid, Task.official_number.is_not(None)),
    )
    rows = select(Task.id, Task.type_, Task.official_number).where(wrong)
    for row in db.execute(rows.order_by(Task.id)):
        has = "has a number but" if row.official_number else "has no number but"
        yield f"{row.type_} {row.id} {has} its validation says otherwise"


def gaps(db: Session) -> Iterator[str]:
    """Yield a sentence for each series with a number too few or too many."""
    found = numbers_by_series(db)
    others = (f"{family}:" for family in (codes.FAMILY, naming.FAMILY))
    ours = select(Counter).where(*(~Counter.key.startswith(one) for one in others))
    counters = {one.key: one for one in db.scalars(ours)}
    for key in sorted(found.keys() | counters.keys()):
        counter = counters.get(key) or Counter(key=key, value=0, start=0)
        if missing := found[key].missing(counter):
            yield f"series {key}: number {missing[0]} is on no document"
        if invented := found[key].invented(counter):
            yield f"series {key}: number {invented[0]} was never drawn"


def miscounted(db: Session) -> Iterator[str]:
    """Yield a sentence where internal numbers are given twice, or were not drawn."""
    index = Task.company_index
    sums = func.count(index) - func.count(distinct(index)), func.max(index)
    query = select(Task.company_id, Task.type_, *sums).where(index.is_not(None))
    rows = db.execute(query.group_by(Task.company_id, Task.type_)).all()
    keys = [naming.series(row[0], row[1]) for row in rows]
    drawn = Numbering(db, family=naming.FAMILY).current(keys)
    for key, (*_whose, twice, last) in zip(keys, rows, strict=True):
        if twice:
            yield f"series {key}: an internal number is given twice"
        if last and last > drawn[key]:
            yield f"series {key}: internal number {last} was never drawn"


def numbers_by_series(db: Session) -> dict[str, Series]:
    """Return the numbers of all documents, each read with today's template."""
    templates = official.templates(organisation(db))
    families = {name: Family(name, template) for name, template in templates.items()}
    found: dict[str, Series] = defaultdict(Series)
    rows = select(Task.type_, Task.official_number, Task.date, Task.company_id)
    for kind, number, on, company_id in db.execute(
        rows.where(Task.official_number.is_not(None))
    ).yield_per(1000):
        family = families[official.family_of(kind)]
        match = family.pattern.fullmatch(number or "")
        for sequence in family.counting:
            key = family.prefix + sequence.key(on, company_id or 0)
            add(found[key], match, sequence.variable)
    return found


class Family:
    """Documents that are counted together: how their numbers are made and read."""

    def __init__(self, name: str, template: str) -> None:
        self.prefix = f"{name}:" if name else ""
        self.pattern = reading(parse(template))
        self.counting = sequences(template)


def add(series: Series, match: re.Match[str] | None, variable: str) -> None:
    """Count a document in a series."""
    if match:
        series.read.add(int(match[variable]))
    else:
        series.unread += 1


def reading(pieces: tuple[Piece, ...]) -> re.Pattern[str]:
    """Return the pattern of the numbers of a template; sequences are its groups."""
    seen: set[str] = set()
    return re.compile("".join(pattern_of(piece, seen) for piece in pieces))


def pattern_of(piece: Piece, seen: set[Any]) -> str:
    """Return the pattern of one piece; a sequence is captured where it comes first."""
    if piece.variable not in SEQUENCES:
        return PATTERNS.get(piece.variable) or re.escape(piece.text)
    again = piece.variable in seen
    seen.add(piece.variable)
    return r"\d+" if again else rf"(?P<{piece.variable}>\d+)"
