"""How far each series of numbers has counted, and the numbers of a document."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.sorting import sign_by_sign


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


class NumberHolder:
    """A document with its numbers: the internal one of its draft, the official one.

    The internal one is made of ``company_index``, which counts the documents of its
    kind in its company; ``project_index`` counts those of the project it was written
    in.  They are given once, by ``services.naming``; documents from before have none.
    """

    company_index: Mapped[int | None]
    project_index: Mapped[int | None]
    internal_number: Mapped[str | None] = mapped_column(String(230))
    official_number: Mapped[str | None] = mapped_column(String(120), unique=True)
    number_key: Mapped[str] = mapped_column(sign_by_sign(400), default="")
