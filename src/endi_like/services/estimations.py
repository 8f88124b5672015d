"""The payment schedule of an estimation: it always adds up to what is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from endi_like import totals
from endi_like.i18n import _
from endi_like.models.estimations import (
    BALANCE,
    DEPOSIT,
    PART,
    Estimation,
    PaymentDeadline,
)
from endi_like.services.parts import merge, put_plain, read
from endi_like.workflow.errors import Refused

ZERO = Decimal(0)
DEADLINE = ("kind", "label", "amount", "date")
INSTALMENT = ("label", "amount", "date")


def schedule_of(estimation: Estimation) -> dict[str, Any]:
    """Return the schedule as the form has it: the parts only where they are agreed."""
    agreed = estimation.equal_parts is None
    return {
        "equal_parts": estimation.equal_parts or 0,
        "instalments": [
            read(one, INSTALMENT)
            for one in estimation.deadlines
            if agreed and one.kind == PART
        ],
    }


def schedule(
    estimation: Estimation, equal_parts: int, instalments: Sequence[Mapping[str, Any]]
) -> None:
    """Write the schedule of a computed estimation.

    Raises ``Refused`` when the parts agreed come to more than what is due, or all that
    is asked for before the balance to more than what is taxed.
    """
    estimation.equal_parts = equal_parts or None
    amounts = amounts_of(estimation, [one["amount"] for one in instalments])
    before = amounts.total - amounts.balance
    check_taxed(before, [one.ttc for one in estimation.vat_totals], estimation.way)
    wanted = list(deadlines(amounts, () if equal_parts else instalments))
    known = {(one.kind, one.position): one.id for one in estimation.deadlines}
    for position, one in enumerate(wanted):
        one["id"] = known.get((one["kind"], position))
    estimation.deadlines = merge(
        estimation.deadlines, wanted, PaymentDeadline, put_plain(DEADLINE)
    )


def amounts_of(estimation: Estimation, agreed: Sequence[Decimal]) -> totals.Schedule:
    """Return the amounts of the schedule; raise ``Refused`` when they are too much."""
    due, percent = estimation.due, estimation.deposit
    if estimation.equal_parts:
        return totals.equal_schedule(due, percent, estimation.equal_parts)
    try:
        return totals.manual_schedule(due, percent, agreed)
    except totals.TooMuch as error:
        raise Refused(
            _(
                "The deposit and the instalments come to ${amount} more than the "
                "total.",
                mapping={"amount": error.amount},
            )
        ) from error


def check_taxed(amount: Decimal, of_rates: Iterable[Decimal], way: int) -> None:
    """Refuse to ask for more than what is taxed before the balance."""
    if more := beyond_taxed(amount, of_rates, way):
        raise Refused(
            _(
                "The deposit and the instalments come to ${amount} more than what is "
                "taxed: what is added after tax is asked for by the balance.",
                mapping={"amount": more},
            )
        )


def beyond_taxed(amount: Decimal, of_rates: Iterable[Decimal], way: int) -> Decimal:
    """Return how much of an amount is more than what is taxed.

    ``of_rates`` is what there is with tax at each rate; ``way`` is that of the
    estimation.  Lines after tax have no rate, so that no part can ask for them.
    """
    taxed = sum((max(way * one, ZERO) for one in of_rates), ZERO)
    return max(way * amount - taxed, ZERO)


def deadlines(
    amounts: totals.Schedule, agreed: Sequence[Mapping[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Yield the whole schedule; what was said of the parts stays with them.

    Where there are fewer cents than equal parts, those of nothing are left out.
    """
    if amounts.deposit:
        yield deadline(DEPOSIT, amounts.deposit)
    for at, amount in enumerate(amounts.instalments):
        said = agreed[at] if agreed else {}
        if amount or said:
            yield deadline(PART, amount, said.get("label", ""), said.get("date"))
    yield deadline(BALANCE, amounts.balance)


def deadline(
    kind: str, amount: Decimal, label: str = "", date: Any = None
) -> dict[str, Any]:
    """Return the values of a deadline."""
    return {"kind": kind, "label": label, "amount": amount, "date": date}
