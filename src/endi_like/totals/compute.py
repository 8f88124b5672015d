"""From the lines of a document to every figure of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from endi_like.money import ZERO, exactly, percent_of, round_together, to_cents
from endi_like.totals.document import (
    Amounts,
    Deduction,
    Discount,
    Document,
    Line,
    Mode,
    RateTotal,
    Totals,
    add,
)
from endi_like.totals.vat import VatRate, unit_ht


@exactly
def compute(document: Document) -> Totals:
    """Return every figure of a document."""
    price = PRICES[document.mode]
    lines = tuple(
        tuple(price(line.cost, line.quantity, line.vat.percent) for line in group)
        for group in document.groups
    )
    discounts = [
        price(one.amount, Decimal(1), one.vat.percent) for one in document.discounts
    ]
    charges = _charges(document, lines, discounts)
    by_rate = BREAKDOWNS[document.mode](_by_rate(charges))
    deducted = add(one.amounts for one in document.deductions)
    whole = add(amounts for _, amounts in charges)
    return Totals(
        mode=document.mode,
        lines=lines,
        groups=tuple(add(group) for group in lines),
        discount=add(discounts),
        by_rate=tuple(_less(by_rate, document.deductions)),
        unrounded=whole.ht if document.mode == "ht" else whole.ttc,
        line_by_line=add((*(amounts.in_cents() for _, amounts in charges), -deducted)),
        post_tax=to_cents(sum(document.post_tax, ZERO)),
        deducted=deducted,
    )


@exactly
def percent_discount(
    groups: Iterable[Sequence[Line]], percent: Decimal
) -> tuple[Discount, ...]:
    """Turn a percentage of all lines into one discount per rate, in cents.

    The discounts add up to that percentage of the whole, rounded once.
    """
    typed: dict[VatRate, Decimal] = {}
    for line in (line for group in groups for line in group):
        typed[line.vat] = typed.get(line.vat, ZERO) + line.cost * line.quantity
    rates = _in_order(typed)
    exact = [percent_of(typed[vat], percent) for vat in rates]
    amounts = round_together(exact, to_cents(sum(exact, ZERO)))
    return tuple(map(Discount, amounts, rates))


def _price_ht(cost: Decimal, quantity: Decimal, percent: Decimal) -> Amounts:
    ht = ZERO + cost * quantity
    tva = ht * percent.scaleb(-2)
    return Amounts(ht, tva, ht + tva)


def _price_ttc(cost: Decimal, quantity: Decimal, percent: Decimal) -> Amounts:
    ttc = ZERO + cost * quantity
    ht = ZERO + unit_ht(cost, percent) * quantity
    return Amounts(ht, ttc - ht, ttc)


PRICES: dict[Mode, Callable[[Decimal, Decimal, Decimal], Amounts]] = {
    "ht": _price_ht,
    "ttc": _price_ttc,
}


def _charges(
    document: Document,
    lines: Sequence[Sequence[Amounts]],
    discounts: Sequence[Amounts],
) -> list[tuple[VatRate, Amounts]]:
    """Return all that counts before tax lines, each with its rate."""
    found = [
        (line.vat, amounts)
        for group, priced in zip(document.groups, lines, strict=True)
        for line, amounts in zip(group, priced, strict=True)
    ]
    found += [
        (one.vat, -amounts)
        for one, amounts in zip(document.discounts, discounts, strict=True)
    ]
    if flat := document.expenses:
        found.append((flat.vat, _price_ht(flat.amount, Decimal(1), flat.vat.percent)))
    return found


def _by_rate(charges: Iterable[tuple[VatRate, Amounts]]) -> dict[VatRate, Amounts]:
    found: dict[VatRate, list[Amounts]] = {}
    for vat, amounts in charges:
        found.setdefault(vat, []).append(amounts)
    return {vat: add(found[vat]) for vat in _in_order(found)}


def _in_order(vats: Iterable[VatRate]) -> list[VatRate]:
    """Sort rates, highest first: the order of lines must not move a cent."""
    return sorted(vats, key=lambda vat: (-vat.value, str(vat.key)))


def _breakdown_ht(sums: dict[VatRate, Amounts]) -> list[RateTotal]:
    exact = [amounts.ht for amounts in sums.values()]
    hts = round_together(exact, to_cents(sum(exact, ZERO)))
    tvas = [to_cents(amounts.tva) for amounts in sums.values()]
    return [
        RateTotal(vat, ht, tva, ht + tva)
        for vat, ht, tva in zip(sums, hts, tvas, strict=True)
    ]


def _breakdown_ttc(sums: dict[VatRate, Amounts]) -> list[RateTotal]:
    whole = add(sums.values())
    ttc = to_cents(whole.ttc)
    ttcs = round_together([amounts.ttc for amounts in sums.values()], ttc)
    tvas = [to_cents(amounts.tva) for amounts in sums.values()]
    missing = ttc - to_cents(whole.ht) - sum(tvas, ZERO)
    for index, amounts in enumerate(sums.values()):
        if amounts.tva:
            tvas[index] += missing
            break
    return [
        RateTotal(vat, ttc - tva, tva, ttc)
        for vat, ttc, tva in zip(sums, ttcs, tvas, strict=True)
    ]


BREAKDOWNS: dict[Mode, Callable[[dict[VatRate, Amounts]], list[RateTotal]]] = {
    "ht": _breakdown_ht,
    "ttc": _breakdown_ttc,
}


def _less(
    by_rate: Iterable[RateTotal], deductions: Iterable[Deduction]
) -> list[RateTotal]:
    """Take deductions off a breakdown: both are in cents, so nothing is rounded.

    A rate that only a deduction knows is listed too, with what it gives back.
    """
    parts = [(total.vat, total.amounts) for total in by_rate]
    parts += [(one.vat, -one.amounts) for one in deductions]
    return [
        RateTotal(vat, left.ht, left.tva, left.ttc)
        for vat, left in _by_rate(parts).items()
    ]
