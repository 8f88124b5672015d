"""What of a document is settled elsewhere, as rows: one for each rate of tax."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from endi_like import totals
from endi_like.models.options import VatRate
from endi_like.models.sales import Deduction, Task
from endi_like.services.sales import breakdown


def asked_by(task: Task) -> Iterator[Deduction]:
    """Yield what another document asks for; of a credit note that is less than 0."""
    for stored, amounts in zip(task.vat_totals, breakdown(task), strict=True):
        yield deduction(amounts, stored.vat, "", task.date, task)


def deduction(
    amounts: totals.RateTotal,
    vat: VatRate,
    label: str,
    date: dt.date | None,
    source: Task | None = None,
) -> Deduction:
    """Return the row of what is settled at one rate, by a document or otherwise."""
    return Deduction(
        label=label,
        date=date,
        source=source,
        source_id=source.id if source else None,
        vat=vat,
        vat_id=vat.id,
        ht=amounts.ht,
        tva=amounts.tva,
        ttc=amounts.ttc,
    )


def in_order(rows: Iterable[Deduction]) -> list[Deduction]:
    """Return rows with their positions."""
    found = list(rows)
    for position, one in enumerate(found):
        one.position = position
    return found
