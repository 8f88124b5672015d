"""What was invoiced, day by day: kept beside the documents it is made of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from endi_like.db import Base
from endi_like.models.types import Money


class DayTurnover(Base):
    """What a company's validated documents of a day come to, before tax.

    Invoices count for it and credit notes against it.  ``services.turnover`` writes it
    when one is validated, and ``services.invariants`` compares: a chart of two years
    reads some hundred rows, however many documents there are.
    """

    __tablename__ = "day_turnover"

    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), primary_key=True)
    date: Mapped[dt.date] = mapped_column(primary_key=True)
    ht: Mapped[Decimal] = mapped_column(Money)
