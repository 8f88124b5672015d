"""What time it is; business code is told, and never looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo

Clock: TypeAlias = Callable[[], datetime]


def utcnow() -> datetime:
    """Return the present moment, to the microsecond, in UTC."""
    return datetime.now(UTC)


def day_of(moment: datetime, time_zone: str) -> date:
    """Return the business date of a moment in the organisation's time zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
