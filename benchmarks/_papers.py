"""The papers of a made-up installation's validated invoices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from endi_like import totals
from endi_like.services.canonical import line
from endi_like.services.printed import (
    Letterhead,
    Printable,
    PrintedGroup,
    PrintedLine,
    PrintedRate,
    Recipient,
    Sender,
    Terms,
)

SENDER = Sender("Coopérative Horizon", "", "", "", "", "")
TERMS = Terms("30 jours", (), "")


def paper(
    node: Mapping[str, Any],
    task: Mapping[str, Any],
    lines: list[dict[str, Any]],
    found: totals.Totals,
) -> str:
    """Return what is printed of an invoice, as the application would fix it."""
    printed = tuple(printed_lines(lines, found))
    total = sum((one.total or Decimal(0) for one in printed), Decimal(0))
    return line(
        Printable(
            kind=node["type_"],
            number=task["official_number"],
            draft=False,
            language="fr",
            currency="EUR",
            subject=node["name"],
            date=task["date"],
            due_date=task["due_date"],
            workplace="",
            sender=SENDER,
            letterhead=Letterhead(
                f"Enseigne Menuiserie {node['company_id']}", "", (), ()
            ),
            recipient=Recipient(tuple(task["address"].splitlines()), "", "", True),
            with_tax=False,
            with_units=True,
            groups=(PrintedGroup("", "", printed, total),),
            discounts=(),
            expenses=None,
            rates=tuple(printed_rates(found)),
            ht=found.ht,
            tva=found.tva,
            ttc=found.ttc,
            post_tax=(),
            due=found.due,
            terms=TERMS,
        )
    )


def printed_lines(
    lines: list[dict[str, Any]], found: totals.Totals
) -> Iterator[PrintedLine]:
    """Yield the lines of the only group."""
    rates = {rate.vat.key: rate.vat for rate in found.by_rate}
    for one, amounts in zip(lines, found.lines[0], strict=True):
        yield PrintedLine(
            one["description"],
            one["cost"],
            one["quantity"],
            one["unit"],
            rates[one["vat_id"]].percent,
            amounts.ht,
        )


def printed_rates(found: totals.Totals) -> Iterator[PrintedRate]:
    """Yield what it comes to at each rate."""
    for rate in found.by_rate:
        percent = rate.vat.percent
        yield PrintedRate(percent, rate.ht, rate.tva, f"{percent} %", "")
