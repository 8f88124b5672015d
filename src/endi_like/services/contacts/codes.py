"""Control codes: one for each entity, from a counter unless somebody chooses it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import TypeAlias

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from endi_like.models.contacts import Entity
from endi_like.services.numbering import Numbering

FAMILY = "entity"
SERIES = "control_code"
MOST_AT_ONCE = 1000

Reserved: TypeAlias = Callable[[Collection[str]], Collection[str]]
"""Says which of some codes, without case, may not be drawn either."""


def next_code(db: Session) -> str:
    """Return a control code that nobody has yet: "E-000123"."""
    return next_codes(db, 1)[0]


def next_codes(
    db: Session, count: int, reserved: Reserved = lambda _codes: ()
) -> list[str]:
    """Return so many control codes that nobody has yet.

    The counter jumps over those that were chosen, so that it meets them once.
    """
    numbering = Numbering(db, family=FAMILY)
    last = numbering.count(SERIES, count)
    free = list(islice(free_after(db, last - count, count, reserved), count))
    if free[-1] > last:
        numbering.start(SERIES, free[-1])
    return [code_of(number) for number in free]


def jump(db: Session) -> None:
    """Have the counter jump over what was brought in: whoever comes next is quick."""
    numbering = Numbering(db, family=FAMILY)
    last = numbering.current([SERIES])[SERIES]
    free = next(free_after(db, last, 1))
    if free > last + 1:
        numbering.start(SERIES, free - 1)


def free_after(
    db: Session, last: int, at_once: int, reserved: Reserved = lambda _codes: ()
) -> Iterator[int]:
    """Yield numbers nobody has a code of, looking at more at once from time to time."""
    while True:
        codes = {
            code_of(one).casefold(): one for one in range(last + 1, last + at_once + 1)
        }
        query = select(Entity.code_key).where(Entity.code_key.in_(codes))
        taken = {*db.scalars(query), *reserved(codes)}
        yield from (one for code, one in codes.items() if code not in taken)
        last += at_once
        at_once = min(2 * at_once, MOST_AT_ONCE)


def code_of(number: int) -> str:
    """Return the control code of a number of the counter."""
    return f"E-{number:06}"


def is_taken(db: Session, code: str, *, but: int | None = None) -> bool:
    """Tell whether an entity, other than ``but``, has the control code."""
    query = exists().where(Entity.code_key == code.casefold(), Entity.id != (but or 0))
    return bool(db.scalar(select(query)))
