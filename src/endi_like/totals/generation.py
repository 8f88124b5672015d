"""The invoices of an estimation: parts of it first, and at last the balance.

A part is an amount with tax, spread over the rates of the estimation.  The balance is
the estimation itself, less what all parts have asked for: so the invoices add up to
the estimation to the cent, before tax, tax and with tax, at each rate, whatever was
rounded in a part.  Lines after tax have no rate and belong to the balance.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

from endi_like.money import AMOUNT_EXPONENT, CENT, ZERO, allocate, exactly, to_cents
from endi_like.payments import spread
from endi_like.totals.compute import compute
from endi_like.totals.document import Deduction, Document, Line, Mode, RateTotal
from endi_like.totals.vat import VatRate, ht_of_ttc, tva_of_ht


def balance(document: Document, already: Iterable[RateTotal]) -> Document:
    """Return the last invoice of an estimation: its own lines, less what was invoiced.

    ``already`` are the breakdowns of the invoices made, and of their credit notes,
    whose amounts are negative: one deduction each, in that order.
    """
    settled = tuple(map(Deduction.of, already))
    return replace(document, deductions=document.deductions + settled)


@exactly
def part(
    document: Document, amount: Decimal, already: Iterable[RateTotal] = ()
) -> Document:
    """Return a deposit or intermediate invoice that comes to exactly an amount.

    ``amount`` is euros with tax, in whole cents, negative for an estimation that is.
    It is spread over the rates by what ``already``, the breakdowns of the invoices and
    credit notes made, has left of each, one line of quantity 1 per rate, and never
    more than is left unless the amount is more than all that is left.  Prices are in
    the estimation's mode; where no price before tax comes to the amount (of 0.03 at
    20 % there is none) they are with tax.  Raises ``ValueError`` when the amount is
    not in whole cents, or when the estimation has no line at any rate.
    """
    asked = {one.vat: one.ttc for one in compute(document).by_rate}
    remaining = compute(balance(document, already)).by_rate
    left = {one.vat: one.ttc for one in remaining}
    if amount and not left:
        raise ValueError("lines after tax alone cannot be asked for in parts")
    shares = _share(amount, left, asked)
    if document.mode == "ht":
        for wanted in _with_moved_cents(shares, left):
            found = _in_ht(wanted)
            if found and _asks(found, wanted):
                return found
    return _one_line_each("ttc", shares)


def _share(
    amount: Decimal, left: dict[VatRate, Decimal], asked: dict[VatRate, Decimal]
) -> dict[VatRate, Decimal]:
    """Spread an amount over what is left its way, and what is beyond over it all."""
    way = -1 if amount < 0 else 1
    open_ = {vat: max(way * ttc, ZERO) for vat, ttc in left.items()}
    most = sum(open_.values(), ZERO)
    if abs(amount) <= most:
        sizes = allocate(amount, list(open_.values()))
        return dict(zip(left, sizes, strict=True))
    beyond = spread(amount - way * most, {vat: asked.get(vat, ZERO) for vat in left})
    return {vat: way * open_[vat] + beyond[vat] for vat in left}


def _with_moved_cents(
    shares: dict[VatRate, Decimal], left: dict[VatRate, Decimal]
) -> Iterator[dict[VatRate, Decimal]]:
    """Yield the shares, then those with a cent moved to where there is room for it."""
    yield shares
    cent = -CENT if sum(shares.values()) < 0 else CENT
    for giver, taker in permutations(shares, 2):
        room = left[taker] - shares[taker]
        if shares[giver] * cent > 0 and room * cent > 0:
            yield shares | {
                giver: shares[giver] - cent,
                taker: shares[taker] + cent,
            }


def _in_ht(wanted: dict[VatRate, Decimal]) -> Document | None:
    """Return prices before tax as a document, None where a rate has no such price."""
    prices = {vat: _unit_price(ttc, vat.percent) for vat, ttc in wanted.items()}
    found = {vat: price for vat, price in prices.items() if price is not None}
    return _one_line_each("ht", found) if len(found) == len(prices) else None


def _unit_price(ttc: Decimal, percent: Decimal) -> Decimal | None:
    """Return the price before tax that comes to an amount, in cents where it can be.

    Otherwise it is the plain division, or a 10⁻⁵ beside it.
    """
    plain = ht_of_ttc(ttc, percent)
    step = AMOUNT_EXPONENT
    for price in (to_cents(plain), plain, plain - step, plain + step):
        if to_cents(price) + to_cents(tva_of_ht(price, percent)) == ttc:
            return price
    return None


def _one_line_each(mode: Mode, prices: dict[VatRate, Decimal]) -> Document:
    one = Decimal(1)
    return Document(
        mode, (tuple(Line(price, one, vat) for vat, price in prices.items() if price),)
    )


def _asks(document: Document, wanted: dict[VatRate, Decimal]) -> bool:
    """Tell whether lines come to what is wanted: rates are rounded together."""
    asked = {one.vat: one.ttc for one in compute(document).by_rate}
    return all(asked.get(vat, ZERO) == ttc for vat, ttc in wanted.items())
