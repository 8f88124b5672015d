"""Column types: exact amounts, instants with their zone, sets of names; and indexes."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, String, text
from sqlalchemy.types import TypeDecorator


class Scaled(TypeDecorator[Decimal]):
    """A decimal stored as a whole number: both databases add it up exactly.

    Raises ``ValueError`` for a value with more digits than ``places``: rounding is
    the business of ``money``, never of a column.
    """

    impl = BigInteger
    cache_ok = True
    places = 5

    @property
    def python_type(self) -> type[Decimal]:
        """Return what Python sees."""
        return Decimal

    def process_bind_param(self, value: Decimal | None, dialect: Any) -> int | None:
        """Return the whole number of 10⁻ⁿ units."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != (whole := int(scaled)):
            raise ValueError(f"{value} has more than {self.places} decimals")
        return whole

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Return what makes the decimal; a sum comes from a database as a decimal."""
        places = Decimal(-self.places)
        return lambda value: None if value is None else Decimal(value).scaleb(places)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Compare with amounts, not with their scaled form."""
        return self


class Money(Scaled):
    """An amount of the organisation's currency, to 10⁻⁵."""

    cache_ok = True


class Quantity(Scaled):
    """How many of a unit, to 10⁻⁵."""

    cache_ok = True


class Percent(Scaled):
    """A percentage, to 10⁻²: 19.6 is 19.6 %."""

    cache_ok = True
    places = 2


class Instant(TypeDecorator[datetime]):
    """A moment, always with its zone, always UTC.  Raises for one without."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """Return what Python sees."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        """Refuse a moment without a zone, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value


class Names(TypeDecorator[frozenset[str]]):
    """A few known names in one column, sorted and separated by blanks."""

    impl = String(200)
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str:
        """Join the names."""
        return " ".join(sorted(value or ()))

    def process_result_value(self, value: Any, dialect: Any) -> frozenset[str]:
        """Split the names."""
        return frozenset((value or "").split())


def where(condition: str) -> dict[str, Any]:
    """Return what limits an index to some rows, on both databases."""
    return dict.fromkeys(("postgresql_where", "sqlite_where"), text(condition))
