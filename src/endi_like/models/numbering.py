"""How far each series of official numbers has counted."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base


class Counter(Base):
    """The last number of a series, and the date of the document that has it.

    Without a date the series has not begun: its value is where it will begin after.
    ``start`` keeps this value: the numbers given here are start + 1 to value.
    The row is what simultaneous validations wait for; ``services.numbering`` is the
    only one who writes it.
    """

    __tablename__ = "counter"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int] = mapped_column(CheckConstraint("value >= 0", "value"))
    start: Mapped[int] = mapped_column(default=0)
    last_date: Mapped[dt.date | None]
