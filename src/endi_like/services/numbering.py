"""Official numbers: no gap, no double, in the order of the dates.

A number is drawn in the transaction that validates the document, from a row that
stays locked until this transaction ends.  Whoever comes at the same time waits; what
is rolled back gives its number to the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from endi_like.i18n import _
from endi_like.models.numbering import Counter
from endi_like.numbers import LARGEST, render, sequences
from endi_like.workflow.errors import Refused

Check: TypeAlias = Callable[[str], None]

INSERTS: dict[str, Any] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


class OutOfOrder(Refused):
    """The series has already numbered a later document; the sentence says so."""

    def __init__(self, on: date, last_date: date) -> None:
        super().__init__(
            _(
                "A document of ${last_date} already has its number, so that one of "
                "${date} cannot get the next: date this one ${last_date} or later.",
                mapping={"last_date": last_date, "date": on},
            )
        )
        self.last_date = last_date


class Numbering:
    """Draws the numbers of one family of documents.

    Families count for themselves: invoices and credit notes are one, expense sheets
    another.
    """

    def __init__(self, db: Session, *, family: str = "") -> None:
        self.db = db
        self.family = family

    def draw(
        self,
        template: str,
        *,
        on: date,
        company_id: int,
        ana: str,
        check: Check = lambda _number: None,
    ) -> str:
        """Return the next number, counted for good when the transaction commits.

        ``on`` is the date of the document; ``check`` may raise what is wrong with the
        number.  Raises ``BadTemplate``, or ``OutOfOrder`` when a series of the template
        already holds a later date.  Whatever is raised, nothing is drawn, and the
        transaction can go on.
        """
        # The session's own savepoint would flush the document, as in ``_execute``.
        with self.db.connection().begin_nested():
            # Every template locks its series in the same order: nobody waits for
            # somebody who waits for him.
            drawn = {
                sequence: self._next(sequence.key(on, company_id), on)
                for sequence in sequences(template)
            }
            number = render(template, on, ana=ana, drawn=drawn)
            check(number)
        return number

    def start(self, key: str, last_used: int) -> bool:
        """Have a series begin after a number that was given elsewhere.

        Returns whether it will: a series that has begun is left alone, and one that
        has not never begins earlier than was said before.
        """
        if not 0 <= last_used <= LARGEST:
            raise ValueError(f"not a last used number: {last_used}")
        insert = INSERTS[self._dialect](Counter).values(
            key=self._key(key), value=last_used, start=last_used
        )
        started = insert.on_conflict_do_update(
            index_elements=[Counter.key],
            set_={"value": insert.excluded.value, "start": insert.excluded.value},
            where=Counter.last_date.is_(None)
            & (Counter.value <= insert.excluded.value),
        )
        return self._execute(started.returning(Counter.value)) is not None

    def count(self, key: str, count: int = 1) -> int:
        """Return the next number of a series that knows no dates, or the last of some.

        What is rolled back may be given again; whoever counts at the same time waits.
        """
        first = {"key": self._key(key), "value": count, "start": 0, "last_date": None}
        found = self._execute(counting(self._dialect), first)
        return found or 0

    def current(self, keys: Iterable[str]) -> dict[str, int]:
        """Return the last number of each series, 0 for one that is unheard of."""
        stored = {self._key(key): key for key in keys}
        rows = self.db.connection().execute(
            select(Counter.key, Counter.value).where(Counter.key.in_(stored))
        )
        found = {stored[row.key]: row.value for row in rows}
        return {key: found.get(key, 0) for key in stored.values()}

    def _next(self, key: str, on: date) -> int:
        """Count one further, in a single statement: nobody can come in between."""
        first = {"key": self._key(key), "value": 1, "start": 0, "last_date": on}
        value = self._execute(counting(self._dialect), first)
        if value is None:
            raise OutOfOrder(on, self._last_date(key))
        return value

    def _last_date(self, key: str) -> Any:
        asked = select(Counter.last_date).where(Counter.key == self._key(key))
        return self.db.connection().execute(asked).scalar_one()

    @property
    def _dialect(self) -> str:
        return self.db.get_bind().dialect.name

    def _execute(
        self, statement: Any, values: dict[str, Any] | None = None
    ) -> int | None:
        """Return the number a statement wrote, or nothing if it wrote no row.

        It runs on the connection: a session would first flush the document, which is
        not complete before it has its number.
        """
        value: int | None = self.db.connection().scalar(statement, values)
        return value

    def _key(self, key: str) -> str:
        return f"{self.family}:{key}" if self.family else key


@cache
def counting(dialect: str) -> Any:
    """Return the statement that begins a series, or counts one further; made once."""
    begun = INSERTS[dialect](Counter.__table__)
    last_date = begun.excluded.last_date
    counted = begun.on_conflict_do_update(
        index_elements=[Counter.key],
        set_={"value": Counter.value + begun.excluded.value, "last_date": last_date},
        where=or_(Counter.last_date.is_(None), Counter.last_date <= last_date),
    )
    return counted.returning(Counter.value)
